import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from '../log.ts'
import { connect } from '../redis/connect.ts'
import { readEntry, type ReadEntry } from '../redis/floor-log.ts'
import type { Redis } from '../redis/plain-client.ts'

/** A stream that a reader follows. */
export interface Followed {
  readonly key: string
  readonly after: () => string
  /** Called before the first read and before reading on over a new connection; may move `after`. */
  readonly check: () => Promise<void>
  readonly take: (entries: readonly ReadEntry[]) => Promise<void>
  /** Each time Redis said that it has nothing newer, or gave something. */
  readonly heard: () => void
}

export interface Reader {
  readonly follow: (stream: Followed) => void
  readonly leave: (stream: Followed) => void
  readonly size: () => number
  readonly close: () => Promise<void>
}

const BLOCK_MS = 5_000
const COUNT = 100

type Reply = readonly { readonly name: string; readonly messages: readonly { readonly id: string; readonly message: Record<string, string> }[] }[] | null

/** One connection that waits for entries of up to 50 streams (PERFORMANCE 4.10: XREAD by id, no groups). */
export const openReader = async ({ url, name, log, control }: { readonly url: string; readonly name: string; readonly log: Logger; readonly control: Redis }): Promise<Reader> => {
  const streams = new Set<Followed>()
  const unchecked = new Set<Followed>()
  const redis = await connect({ url, name, log, kind: 'reader' })
  const ownId = async () => String(await redis.sendCommand(['CLIENT', 'ID']))
  let clientId = await ownId().catch((error: unknown) => {
    redis.destroy()
    throw error
  })
  let open = true
  let wake: () => void = () => undefined

  const distrust = () => {
    for (const stream of streams) unchecked.add(stream)
  }
  redis.on('ready', () => {
    distrust()
    ownId().then((id) => (clientId = id), () => undefined)
  })
  // Sentinel and Cluster clients change the node under us without a new connection of ours.
  redis.on('topology-change', distrust)

  /** Ends the read that waits, so that a new stream is heard at once. */
  const interrupt = async () => {
    wake()
    // Where it does not reach the reader's node (Cluster), the read ends by itself within its 5 s.
    await control.sendCommand(['CLIENT', 'UNBLOCK', clientId]).catch(() => 0)
  }

  const readOnce = async () => {
    for (const stream of [...unchecked]) {
      unchecked.delete(stream)
      try {
        await stream.check()
      } catch (error) {
        unchecked.add(stream)
        throw error
      }
    }
    const asked = [...streams]
    if (unchecked.size > 0) return
    if (asked.length === 0) return new Promise<void>((resolve) => (wake = resolve))
    const reply = (await redis.xRead(asked.map(({ key, after }) => ({ key, id: after() })), { BLOCK: BLOCK_MS, COUNT })) as Reply
    for (const { name: key, messages } of reply ?? []) {
      const stream = asked.find((followed) => followed.key === key)
      if (stream && streams.has(stream)) await stream.take(messages.map(readEntry))
    }
    for (const stream of asked) stream.heard()
  }

  const reading = (async () => {
    while (open) {
      try {
        await readOnce()
      } catch (error) {
        if (!open) return
        distrust()
        log.warn({ connection: name, reason: error instanceof Error ? error.message : String(error) }, 'reading the log was interrupted')
        await sleep(100)
      }
    }
  })()

  return {
    follow: (stream) => {
      streams.add(stream)
      unchecked.add(stream)
      void interrupt()
    },
    leave: (stream) => {
      streams.delete(stream)
      unchecked.delete(stream)
      void interrupt()
    },
    size: () => streams.size,
    close: async () => {
      open = false
      wake()
      redis.destroy()
      await reading
    },
  }
}
