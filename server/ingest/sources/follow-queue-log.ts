import type { CanonicalEvent } from '../../contract/events.ts'
import { HOT_MS } from '../../domain/hot-hours.ts'
import { instantOf, type Instant } from '../../domain/time.ts'
import type { Logger } from '../../log.ts'
import type { Redis } from '../../redis/connect.ts'
import type { FloorLog } from '../../redis/floor-log.ts'
import type { Keys } from '../../redis/keys.ts'
import type { Pipeline } from '../pipeline.ts'
import type { AcwRule } from './asterisk-members.ts'
import { openQueueLog, type QueueLogReader, type SavedQueueLog } from './asterisk-queue-log.ts'
import { openDeliver } from './deliver-events.ts'
import type { FilePosition } from './file-position.ts'
import { fileRefused } from './source-files.ts'
import { openStatus } from './source-status.ts'
import { openTail, type Piece } from './tail-file.ts'

/** Follows one queue_log: reads, delivers, and only then keeps its place together with what the reader knows. */

export interface FollowDeps {
  readonly redis: Redis
  readonly keys: Keys
  readonly pipeline: Pick<Pipeline, 'acceptEvents'>
  readonly floorLog: Pick<FloorLog, 'append'>
  readonly log: Logger
  readonly now: () => Instant
  /** Folders whose files may be followed (`SOURCE_DIRS`). */
  readonly sourceDirs: readonly string[]
}

export interface FollowOptions {
  readonly site: string
  readonly source: string
  readonly file: string
  readonly acw: AcwRule
}

export interface RunningSource {
  readonly close: () => Promise<void>
}

interface Saved {
  readonly file: string
  readonly position: FilePosition
  readonly reader: SavedQueueLog
}

const POLL_MS = 200
/** The follower's own beat: a file that is there and can be read. */
const BEAT_MS = 1_000
/** The state of a large floor's calls is a megabyte; what comes after it is read again and known. */
const SAVE_EVERY_MS = 2_000

export const followQueueLog = (deps: FollowDeps, { site, source, file, acw }: FollowOptions): RunningSource => {
  const { redis, keys, log, now } = deps
  const key = keys.site(site).follower(source)
  const status = openStatus(deps, { site, source, platform: 'asterisk-queue-log', beatMs: BEAT_MS })
  let running = true
  let wake: () => void = () => undefined
  const deliver = openDeliver({ ...deps, running: () => running, refused: status.refused }, site, source)
  const pause = (ms: number) =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms)
      wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })

  const load = async (): Promise<Saved | null> => {
    const stored = await redis.get(key)
    const saved = stored === null ? null : (JSON.parse(stored) as Saved)
    return saved?.file === file ? saved : null
  }

  const eventsOf = (reader: QueueLogReader, { lines, gap }: Piece): readonly CanonicalEvent[] => {
    if (gap) log.warn({ site, source }, 'the file was cut and no copy holds the rest: lines may be missing')
    const since = now() - HOT_MS
    let [rejected, old] = [0, 0]
    const events = lines.flatMap((line) => {
      const result = line.trim() === '' ? { kind: 'ignored' as const } : reader.read(line)
      if (result.kind === 'rejected') rejected += 1
      return result.kind === 'events' ? result.events : []
    })
    const live = events.filter((event) => Date.parse(event.occurredAt) >= since || (old += 1) === 0)
    if (rejected + old > 0) log.info({ site, source, rejected, old }, 'lines of a followed file left out')
    return live
  }

  const follow = async (saved: Saved | null): Promise<void> => {
    const reader = openQueueLog({ source, acw }, saved?.reader)
    const tail = openTail(file, saved?.position ?? null)
    // The first place is kept at once, however young the process is.
    let savedAt = Number.NEGATIVE_INFINITY
    let kept = saved?.position ?? null
    let reached: FilePosition | null = kept
    let wholeSince = instantOf(0)
    const save = async () => {
      if (reached === null || (kept !== null && kept.inode === reached.inode && kept.offset === reached.offset && kept.mark === reached.mark)) return
      await redis.set(key, JSON.stringify({ file, position: reached, reader: reader.save() } satisfies Saved))
      kept = reached
      savedAt = performance.now()
    }
    try {
      while (running) {
        const piece = await tail.next()
        if (piece === null) {
          status.down('file not found')
          await pause(BEAT_MS)
          continue
        }
        status.up()
        if (piece.gap) wholeSince = now()
        const events = eventsOf(reader, piece)
        // A quiet file: what was announced comes about by the clock, a second late lest ours runs ahead of the platform's.
        await deliver(piece.atEnd ? [...events, ...reader.tick(now() / 1_000 - 1)] : events)
        reached = piece.position
        if (performance.now() - savedAt > SAVE_EVERY_MS) await save()
        if (!piece.atEnd) continue
        status.whole(wholeSince)
        await pause(POLL_MS)
      }
      await save()
    } finally {
      await tail.close()
    }
  }

  /** A fault of the disk or of Redis ends one round, never the follower. */
  const run = async () => {
    while (running) {
      try {
        const refused = await fileRefused(file, deps.sourceDirs)
        if (refused === null) await follow(await load())
        else {
          status.down(refused)
          await pause(5_000)
        }
      } catch (error) {
        if (!running) break
        const code = error instanceof Error && 'code' in error ? String(error.code) : ''
        status.down(code === 'EACCES' ? 'the file may not be read by this user' : 'the file or the log could not be reached')
        log.warn({ site, source, reason: error instanceof Error ? error.message : String(error) }, 'following a file was interrupted')
        await pause(BEAT_MS)
      }
    }
    await status.settled()
  }
  const done = run()

  return {
    close: async () => {
      running = false
      wake()
      await done
    },
  }
}
