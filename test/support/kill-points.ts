import { createHash } from 'node:crypto'
import { scriptText } from '../../server/redis/script.ts'
import type { Random } from './seeded.ts'
import type { Mark } from './watched-wire.ts'

export type Victim = 'workers' | 'web' | 'redis'

/** A moment between two steps at which a process is killed, seen from outside: on a wire to Redis, or at the receiver of messages. */
export interface KillPoint {
  readonly name: string
  readonly victim: Victim
  readonly at: { readonly wire: 'workers' | 'web'; readonly mark: Mark } | 'the receiver'
  /** A message was claimed and has no receipt: it comes again when its lease of 30 s is over. */
  readonly leased: boolean
}

const digest = (script: string): string => createHash('sha1').update(scriptText(script)).digest('hex')
const event = (type: string): string => `"type":"${type}"`
const DONE = '$2\r\nok\r\n'

const ofWorker: readonly Omit<KillPoint, 'victim'>[] = [
  { name: 'before the claim', at: { wire: 'workers', mark: { asked: digest('incident-claim') } }, leased: false },
  { name: 'after the claim', at: { wire: 'workers', mark: { asked: digest('incident-claim'), answered: '/ownership' } }, leased: false },
  { name: 'before the firing is written', at: { wire: 'workers', mark: { asked: event('level-fired') } }, leased: false },
  { name: 'after the firing is written', at: { wire: 'workers', mark: { asked: event('level-fired'), answered: DONE } }, leased: false },
  { name: 'after the message is claimed', at: { wire: 'workers', mark: { asked: digest('incident-outbox-claim'), answered: '"attempts":' } }, leased: true },
  { name: 'while the message is with its receiver', at: 'the receiver', leased: true },
  { name: 'before the receipt is written', at: { wire: 'workers', mark: { asked: event('delivered') } }, leased: true },
  { name: 'after the receipt is written', at: { wire: 'workers', mark: { asked: event('delivered'), answered: DONE } }, leased: false },
]
const ofWeb: readonly Omit<KillPoint, 'victim'>[] = [
  { name: 'before the opening is written', at: { wire: 'web', mark: { asked: event('opened') } }, leased: false },
  { name: 'after the opening is written', at: { wire: 'web', mark: { asked: event('opened'), answered: DONE } }, leased: false },
  { name: 'before the acknowledgement is written', at: { wire: 'web', mark: { asked: event('acknowledged') } }, leased: false },
  { name: 'after the acknowledgement is written', at: { wire: 'web', mark: { asked: event('acknowledged'), answered: DONE } }, leased: false },
]

/** Twenty: worker and Redis between every two steps of a level, the web server between every two of a command. */
export const killPoints: readonly KillPoint[] = [
  ...ofWorker.flatMap((point): readonly KillPoint[] => [{ ...point, victim: 'workers' }, { ...point, victim: 'redis' }]),
  ...ofWeb.map((point): KillPoint => ({ ...point, victim: 'web' })),
]

/**
 * So many points, spread evenly: every point comes once before any comes again. A part of a round has its share of each victim, and those
 * that leave a lease behind come first in it, so that it runs out meanwhile.
 */
export const spread = (kills: number, random: Random): readonly KillPoint[] => {
  const rounds = Array.from({ length: Math.ceil(kills / killPoints.length) }, () => random.shuffle(killPoints))
  const last = rounds.at(-1) ?? []
  const left = kills - (rounds.length - 1) * killPoints.length
  if (left === killPoints.length) return rounds.flat()
  const share = (victim: Victim): readonly KillPoint[] => {
    const own = last.filter((point) => point.victim === victim)
    return own.slice(0, Math.round((left * own.length) / killPoints.length))
  }
  const part = [...share('workers'), ...share('redis'), ...share('web')]
  const missing = last.filter((point) => !part.includes(point)).slice(0, left - part.length)
  return [...rounds.slice(0, -1).flat(), ...[...part, ...missing].slice(0, left).sort((a, b) => Number(b.leased) - Number(a.leased))]
}
