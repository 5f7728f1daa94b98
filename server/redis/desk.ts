import type { Logger } from '../log.ts'
import { connect } from './connect.ts'
import type { Keys } from './keys.ts'
import type { Redis } from './plain-client.ts'

/** What a signed-in person's screens show, and say that they have shown. */
export interface DeskNotice {
  readonly site: string
  readonly person: string
  /** Key of the delivery: the receipt names it. */
  readonly delivery: string
  readonly ref: string
  readonly priority: string | null
  readonly subject: string
  readonly lines: readonly string[]
  readonly urgent: boolean
}

/** Numbered for its person: a screen that has shown it knows it again. */
export interface NumberedNotice extends DeskNotice {
  readonly number: number
}

/** What is kept of a notice until a screen shows it: no word of it, which would lie in clear. */
export interface Unshown extends Pick<NumberedNotice, 'site' | 'person' | 'delivery' | 'ref' | 'number'> {
  readonly at: number
}

export interface Desk {
  show(notice: DeskNotice): Promise<void>
  /** What no screen of the person has shown, oldest first. */
  unshown(person: string): Promise<readonly Unshown[]>
  /** A screen shows it, or it is not so any more. */
  done(notice: Pick<DeskNotice, 'person' | 'delivery'>): Promise<void>
  close(): Promise<void>
}

/** An idle subscriber must say something, or its socket timeout ends it. */
const PING_MS = 4_000

/** What a screen missed is shown when it comes back within this; afterwards it is no news. */
const KEPT_MS = 600_000

/** From workers to the web servers that hold the screens. What nobody hears is not receipted, and the next channel is tried; a screen that comes back is shown it all the same. */
export const openDesk = async ({ redis, keys, url, log, heard }: { readonly redis: Redis; readonly keys: Keys; readonly url: string; readonly log: Logger; readonly heard?: (notice: NumberedNotice) => void }): Promise<Desk> => {
  const subscriber = heard === undefined ? null : await connect({ url, name: 'desk', log, kind: 'blocking' })
  await subscriber?.subscribe(keys.desk, (text) => heard?.(JSON.parse(text) as NumberedNotice))
  const beat = subscriber === null ? null : setInterval(() => void subscriber.ping().catch(() => undefined), PING_MS).unref()
  return {
    show: async (notice) => {
      const number = await redis.incr(keys.deskNumber(notice.person))
      const { site, person, delivery, ref } = notice
      const kept: Unshown = { site, person, delivery, ref, number, at: Date.now() }
      const unshown = keys.deskUnshown(person)
      await redis.multi().hSet(unshown, delivery, JSON.stringify(kept)).pExpire(unshown, KEPT_MS).publish(keys.desk, JSON.stringify({ ...notice, number } satisfies NumberedNotice)).exec()
    },
    unshown: async (person) => {
      const kept = Object.values(await redis.hGetAll(keys.deskUnshown(person))).map((text) => JSON.parse(String(text)) as Unshown)
      return kept.filter(({ at }) => Date.now() - at < KEPT_MS).sort((a, b) => a.number - b.number)
    },
    done: async ({ person, delivery }) => void (await redis.hDel(keys.deskUnshown(person), delivery)),
    close: async () => {
      if (beat !== null) clearInterval(beat)
      if (subscriber?.isOpen === true) subscriber.destroy()
    },
  }
}
