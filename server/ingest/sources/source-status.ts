import type { SourceStatus } from '../../domain/log-entry.ts'
import type { Instant } from '../../domain/time.ts'
import type { FloorLog } from '../../redis/floor-log.ts'
import type { Logger } from '../../log.ts'

/** Tells the log when a dialled source comes and goes; its heartbeats stay out of it. */
export interface StatusReport {
  readonly up: () => void
  /** `lastAliveAt`: when the source was last heard. `detail`: words for people, never a secret. */
  readonly down: (detail: string, lastAliveAt?: Instant) => void
  readonly isUp: () => boolean
  /** Resolves when what was said is in the log or given up. */
  readonly settled: () => Promise<void>
}

export interface StatusDeps {
  readonly floorLog: Pick<FloorLog, 'append'>
  readonly log: Logger
  readonly now: () => Instant
}

/** Waits between tries to write a change that the log refused. */
const AGAIN_MS = 1_000

export const openStatus = ({ floorLog, log, now }: StatusDeps, { site, source, platform, beatMs }: { readonly site: string; readonly source: string; readonly platform: string; readonly beatMs: number }): StatusReport => {
  let said: { readonly connected: boolean; readonly detail: string | null } | null = null
  let lastAliveAt = now()
  let writing = Promise.resolve()

  const write = async (status: SourceStatus): Promise<void> => {
    for (let left = 30; left > 0; left -= 1) {
      try {
        await floorLog.append(site, { kind: 'source', status })
        return
      } catch (error) {
        log.warn({ site, source, reason: error instanceof Error ? error.message : String(error) }, 'state of a source could not be written')
        await new Promise((resolve) => setTimeout(resolve, AGAIN_MS).unref())
      }
    }
  }
  const say = (connected: boolean, detail: string | null) => {
    if (said && said.connected === connected && said.detail === detail) return
    said = { connected, detail }
    log[connected ? 'info' : 'warn']({ site, source, platform, ...(detail === null ? {} : { detail }) }, connected ? 'source is live' : 'source is not connected')
    const status: SourceStatus = { source, platform, connected, beatMs, lastAliveAt, detail }
    writing = writing.then(() => write(status))
  }
  return {
    up: () => {
      lastAliveAt = now()
      say(true, null)
    },
    down: (detail, alive) => {
      if (alive !== undefined) lastAliveAt = alive
      say(false, detail)
    },
    isUp: () => said?.connected ?? false,
    settled: () => writing,
  }
}
