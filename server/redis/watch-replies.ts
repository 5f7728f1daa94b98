import type { Logger } from '../log.ts'

interface Watched {
  readonly isOpen: boolean
  readonly isReady: boolean
  ping(): Promise<unknown>
  connect(): Promise<unknown>
  destroy(): void
  on(event: 'ready', listener: () => void): unknown
}

const BEAT_MS = 1_000
const SILENCE_MS = 3_000

/**
 * Drops a connection whose replies have stopped. The library's `socketTimeout` is put off by every write, so a frozen Redis
 * under load would hold all callers for ever; and an idle connection must say something, or that same timeout ends it.
 */
export const watchReplies = (client: Watched, { name, log }: { readonly name: string; readonly log: Logger }): void => {
  let askedAt: number | null = null
  let timer: NodeJS.Timeout | null = null

  const stop = () => {
    if (timer) clearInterval(timer)
    timer = null
  }
  const reconnect = () => {
    log.warn({ connection: name, silentMs: SILENCE_MS }, 'redis does not answer; connecting again')
    askedAt = null
    client.destroy()
    client.connect().catch((error: Error) => log.warn({ connection: name, reason: error.message }, 'redis connection closed'))
  }
  const beat = () => {
    if (!client.isOpen) return stop()
    if (askedAt !== null) return performance.now() - askedAt >= SILENCE_MS ? reconnect() : undefined
    if (!client.isReady) return
    askedAt = performance.now()
    client.ping().then(
      () => (askedAt = null),
      () => (askedAt = null),
    )
  }
  client.on('ready', () => {
    askedAt = null
    timer ??= setInterval(beat, BEAT_MS).unref()
  })
}
