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
  let beating: NodeJS.Timeout | null = null
  let patience: NodeJS.Timeout | null = null

  const answered = () => {
    if (patience !== null) clearTimeout(patience)
    patience = null
  }
  const stop = () => {
    if (beating !== null) clearInterval(beating)
    beating = null
    answered()
  }
  const reconnect = () => {
    patience = null
    if (!client.isOpen) return
    log.warn({ connection: name, silentMs: SILENCE_MS }, 'redis does not answer; connecting again')
    client.destroy()
    client.connect().catch((error: Error) => log.warn({ connection: name, reason: error.message }, 'redis connection closed'))
  }
  const beat = () => {
    if (!client.isOpen) return stop()
    if (patience !== null || !client.isReady) return
    patience = setTimeout(reconnect, SILENCE_MS).unref()
    client.ping().then(answered, answered)
  }
  client.on('ready', () => {
    answered()
    beating ??= setInterval(beat, BEAT_MS).unref()
  })
}
