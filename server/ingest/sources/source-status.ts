import type { Rejection } from '../../contract/events.ts'
import type { SourceStatus } from '../../domain/log-entry.ts'
import type { Instant } from '../../domain/time.ts'
import type { FloorLog } from '../../redis/floor-log.ts'
import type { Logger } from '../../log.ts'

/** Tells the log when a dialled source comes and goes; its heartbeats stay out of it. */
export interface StatusReport {
  readonly up: () => void
  /** `lastAliveAt`: when the source was last heard. `detail`: words for people, never a secret. */
  readonly down: (detail: string, lastAliveAt?: Instant) => void
  /** What of its events was refused, or null after a batch of which nothing was: the source is there, and not all of it arrives. */
  readonly refused: (first: Pick<Rejection, 'code' | 'detail'> | null) => void
  /** All that was said since then has been read; said once for each time the source comes. */
  readonly whole: (since: Instant) => void
  readonly isUp: () => boolean
  /** Resolves when what was said is in the log or given up. */
  readonly settled: () => Promise<void>
}

export interface StatusDeps {
  readonly floorLog: Pick<FloorLog, 'append'>
  readonly log: Logger
  readonly now: () => Instant
}

/** A source of which nothing was refused for so long has all its events taken again. */
const CLEAN_MS = 60_000
/** Waits between tries to write a change that the log refused. */
const AGAIN_MS = 1_000

export const openStatus = ({ floorLog, log, now }: StatusDeps, { site, source, platform, beatMs }: { readonly site: string; readonly source: string; readonly platform: string; readonly beatMs: number }): StatusReport => {
  let said: { readonly connected: boolean; readonly detail: string | null; readonly whole: boolean } | null = null
  let lastAliveAt = now()
  let refusal: { readonly code: string; readonly words: string; readonly at: Instant } | null = null
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
  const say = (connected: boolean, detail: string | null, wholeSince: Instant | null = null) => {
    const known = said !== null && said.connected === connected && said.detail === detail
    if (known && (wholeSince === null || said?.whole === true)) return
    said = { connected, detail, whole: connected && (wholeSince !== null || said?.whole === true) }
    if (!known) log[connected && detail === null ? 'info' : 'warn']({ site, source, platform, ...(detail === null ? {} : { detail }) }, connected ? (detail === null ? 'source is live' : 'source is live, events of it are refused') : 'source is not connected')
    const status: SourceStatus = { source, platform, connected, beatMs, lastAliveAt, detail, ...(wholeSince === null ? {} : { wholeSince }) }
    writing = writing.then(() => write(status))
  }
  const up = () => {
    lastAliveAt = now()
    say(true, refusal?.words ?? null)
  }
  return {
    up,
    refused: (first) => {
      if (first === null && (refusal === null || now() - refusal.at < CLEAN_MS)) return
      // The words of one code stay: each event has others, and the log is not for them.
      refusal = first === null ? null : { code: first.code, words: refusal?.code === first.code ? refusal.words : `events are refused (${first.code}): ${first.detail}`, at: now() }
      if (said?.connected === true) up()
    },
    down: (detail, alive) => {
      if (alive !== undefined) lastAliveAt = alive
      say(false, detail)
    },
    whole: (since) => {
      // What was refused is missing.
      if (said?.connected === true && refusal === null) say(true, null, since)
    },
    isUp: () => said?.connected ?? false,
    settled: () => writing,
  }
}
