import { DAY, HOUR, type Instant, instantOf, MINUTE } from '../../server/domain/time.ts'
import type { Logger } from '../../server/log.ts'
import { readFloor } from '../../server/redis/archive-files.ts'
import type { Redis } from '../../server/redis/connect.ts'
import type { Keys } from '../../server/redis/keys.ts'
import type { ArchivedDay, Manifest } from '../../server/redis/manifest.ts'
import { openScript } from '../../server/redis/script.ts'
import { type ArchiveDayDependencies, archiveNextDay } from './archive-day.ts'
import type { Kept, KeeperPart } from './keeper.ts'
import { repeat } from './repeat.ts'

export interface ArchiveDependencies extends ArchiveDayDependencies {
  readonly redis: Redis
  readonly keys: Keys
  readonly manifest: Manifest
  readonly logger: Logger
  /** What stays in Redis: 48 h of late facts and a margin. */
  readonly hotMs?: number
  readonly everyMs?: number
}

const HOT_MS = 50 * HOUR
const EVERY_MS = MINUTE
/** Counts and shards of days whose ids are no longer remembered. */
const SEQUENCES_KEPT_MS = 10 * DAY

const trim = openScript('trim-log')

/** Closes each business day into a file and lets go of what is older than the hot log; both refused to a keeper whose fence has passed on. */
export const keepArchive = (dependencies: ArchiveDependencies): KeeperPart => async (kept: Kept) => {
  const { log, manifest, snapshots, redis, keys, logger, archiveDir, hotMs = HOT_MS, everyMs = EVERY_MS } = dependencies
  const { site, replica, fence } = kept
  const siteKeys = keys.site(site)

  const closeDays = async () => {
    for (;;) {
      const archived = await manifest.days(site)
      const day = kept.holds() ? await archiveNextDay(dependencies, { site, asOf: replica.floor.asOf, archived, holds: kept.holds }) : null
      if (!day || !(await manifest.addDay(site, fence, day))) return
      logger.info({ site, day: day.day, entries: day.entries, bytes: day.log.bytes }, 'a day was archived')
    }
  }

  /** The base moves to the end of the newest day that is wholly older than the hot log; only then are its entries let go. */
  const letGo = async () => {
    const keepFrom = replica.floor.asOf - hotMs
    const days = await manifest.days(site)
    const last: ArchivedDay | undefined = days.filter(({ to }) => to <= keepFrom).at(-1)
    if (!last || !kept.holds()) return
    const before = await snapshots.baseMeta(site)
    if (before?.entry !== last.last) {
      const first = (await log.read(site, last.last, 1))[0]?.id
      if (first === undefined) return
      const base = await readFloor(archiveDir, last.after)
      if (!(await snapshots.saveBase(site, fence, base, { entry: last.last, hash: last.lastHash, at: base.at, first }))) return
    }
    const first = (await snapshots.baseMeta(site))?.first
    if (first === undefined || !kept.holds()) return
    const removed = Number(await trim.run(redis, { keys: [siteKeys.log, siteKeys.fence], arguments: [String(fence), first] }))
    if (removed > 0) logger.info({ site, removed, first }, 'the hot log was trimmed')
  }

  const forgetSequences = async (now: Instant) => {
    const old = (await redis.hKeys(siteKeys.sequences)).filter((field) => /^(count|shards):\d{4}-\d{2}-\d{2}$/.test(field) && Date.parse(field.slice(field.indexOf(':') + 1)) < now - SEQUENCES_KEPT_MS)
    if (old.length > 0) await redis.hDel(siteKeys.sequences, old)
  }

  const work = async () => {
    try {
      await closeDays()
      await letGo()
      await forgetSequences(instantOf(replica.floor.asOf))
    } catch (error) {
      logger.error({ site, reason: error instanceof Error ? error.message : String(error) }, 'the archive could not be kept; tried again in a minute')
    }
  }
  return repeat(work, everyMs)
}
