import { lostFeedOf } from '../../server/domain/breach/lost-feed.ts'
import type { SourceFigures } from '../../server/domain/floor.ts'
import { between, instantOf, isoOf, type Instant } from '../../server/domain/time.ts'
import type { Caller, Commands } from '../../server/incidents/handle-command.ts'
import type { Logger } from '../../server/log.ts'
import type { Breaches, OpenBreach } from '../../server/redis/breaches.ts'
import type { KeeperPart } from './keeper.ts'

/** A cut link must not look like a quiet hour: after its time somebody is told, and the incident goes when the source is heard again. */
export interface WatchFeedsDependencies {
  readonly breaches: Breaches
  readonly incidents: Pick<Commands, 'create' | 'command'>
  /** Whether this is a working hour of the site: at night a lost feed has a little longer to come back. */
  openAt(site: string, at: Instant): Promise<boolean>
  readonly now: () => Instant
  readonly log: Logger
}

const caller: Caller = { credentialId: 'breach-rules', person: { id: 'system', name: 'Floorwatch' }, role: 'system' }
const RULE = 'feed-lost'
/** Silence has no events: it is looked at by the clock, however long it takes until it counts. */
const LOOK_MS = 15_000
const minutes = (ms: number): string => `${Math.max(1, Math.round(ms / 60_000))} min`

export const watchFeeds = ({ breaches, incidents, openAt, now, log }: WatchFeedsDependencies): KeeperPart => async ({ site, replica, holds }) => {
  const open = new Map((await breaches.list(site)).filter(({ rule }) => rule === RULE).map((breach) => [breach.queue, breach]))
  let alarm: ReturnType<typeof setTimeout> | undefined
  let looking: Promise<void> = Promise.resolve()
  let closed = false

  const raise = async ({ source, platform, detail }: SourceFigures, since: Instant, at: Instant): Promise<void> => {
    const nature = `Nothing was heard of ${source} (${platform}) since ${isoOf(since)}${detail === null ? '' : `: ${detail}`}. Its figures stand still and may hide a queue that fills; deadlines that are known run on.`
    const input = { type: 'incident' as const, title: `${source}: no data for ${minutes(between(since, at))}`, nature, channel: 'monitoring' as const, location: source, service: source, reporter: caller.person.name, callerId: 'withheld', callerSafe: null, category: 'technology', impact: 2 as const, urgency: 1 as const }
    const made = await incidents.create(site, input, caller, `${RULE}/${source}/${since}`)
    if (made.kind !== 'done') throw new Error(`source ${source} could not be told of: ${made.kind}`)
    const breach: OpenBreach = { rule: RULE, queue: source, state: { state: 'open', since, openedAt: at }, ref: made.record.ref }
    await breaches.put(site, breach)
    open.set(source, breach)
  }
  /** Nobody's incident closes with its cause; somebody's is told, and stays theirs. */
  const settle = async (breach: OpenBreach): Promise<void> => {
    const text = replica.floor.sources().some(({ source }) => source === breach.queue) ? `${breach.queue} is heard again.` : `${breach.queue} is no source of this site any more.`
    const record = breach.ref === null ? null : replica.floor.incident(breach.ref)
    const free = record !== null && record.state === 'open' && record.owner === null
    if (breach.ref !== null && !(free && (await incidents.command(site, breach.ref, { type: 'cancel', reason: text }, caller)).kind === 'done')) await incidents.command(site, breach.ref, { type: 'note', text }, caller)
    await breaches.drop(site, breach)
    open.delete(breach.queue)
  }
  const look = async (): Promise<void> => {
    const sources = replica.floor.sources()
    for (const breach of [...open.values()]) {
      const source = sources.find((one) => one.source === breach.queue)
      const lost = source === undefined ? null : lostFeedOf(source, { open: true })
      if (holds() && (lost === null || lost.since > breach.state.since)) await settle(breach)
    }
    for (const source of sources) {
      if (open.has(source.source) || lostFeedOf(source, { open: true }) === null) continue
      const at = instantOf(Math.max(replica.floor.asOf, now()))
      const lost = lostFeedOf(source, { open: await openAt(site, at) })
      if (holds() && lost !== null && at >= lost.alertAt) await raise(source, lost.since, at)
    }
  }
  const again = (): void => {
    looking = looking.then(look).catch((error: unknown) => log.error({ site, reason: error instanceof Error ? error.message : String(error) }, 'a lost feed could not be acted on; it is tried again'))
    clearTimeout(alarm)
    if (!closed) alarm = setTimeout(again, LOOK_MS)
  }
  const end = replica.onChange((changes) => {
    // A source that the settings dropped is no more among the floor's.
    if (changes.sources.some((source) => open.has(source)) || changes.sources.some((source) => replica.floor.sources().some((one) => one.source === source && !one.connected))) again()
  })
  again()

  return {
    close: async () => {
      closed = true
      end()
      clearTimeout(alarm)
      await looking
    },
  }
}
