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

export interface Desk {
  show(notice: DeskNotice): Promise<void>
  close(): Promise<void>
}

/** An idle subscriber must say something, or its socket timeout ends it. */
const PING_MS = 4_000

/** From workers to the web servers that hold the screens. What nobody hears is not receipted, and the next channel is tried. */
export const openDesk = async ({ redis, keys, url, log, heard }: { readonly redis: Redis; readonly keys: Keys; readonly url: string; readonly log: Logger; readonly heard?: (notice: DeskNotice) => void }): Promise<Desk> => {
  const subscriber = heard === undefined ? null : await connect({ url, name: 'desk', log, kind: 'blocking' })
  await subscriber?.subscribe(keys.desk, (text) => heard?.(JSON.parse(text) as DeskNotice))
  const beat = subscriber === null ? null : setInterval(() => void subscriber.ping().catch(() => undefined), PING_MS).unref()
  return {
    show: async (notice) => void (await redis.publish(keys.desk, JSON.stringify(notice))),
    close: async () => {
      if (beat !== null) clearInterval(beat)
      if (subscriber?.isOpen === true) subscriber.destroy()
    },
  }
}
