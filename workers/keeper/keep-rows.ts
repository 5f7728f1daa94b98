import { setImmediate as breathe } from 'node:timers/promises'
import type { Floor, IntervalFigures } from '../../server/domain/floor.ts'
import { HOUR, type Instant, instantOf, isoOf, QUARTER_HOUR } from '../../server/domain/time.ts'
import type { Logger } from '../../server/log.ts'
import type { FloorLog } from '../../server/redis/floor-log.ts'
import type { History } from '../../server/redis/history.ts'
import type { Manifest } from '../../server/redis/manifest.ts'
import { encodeFigures, fieldOf } from '../../server/redis/row-codec.ts'
import { dayOf } from '../../server/redis/seen.ts'
import type { Sites } from '../../server/redis/sites.ts'
import { asUnavailable, RedisUnavailable } from '../../server/redis/unavailable.ts'
import { siteDay } from './archive-day.ts'
import type { Kept, KeeperPart } from './keeper.ts'

/** How far back the live floor may still change a closed row: later facts come as imports, and their days are folded from the archive. */
const HOT_MS = 48 * HOUR
/** A revision is looked at a moment after its fact: the floor still has those rows. */
const REVISED_MS = 50 * HOUR
/** Shorter gaps are closed by comparing with the live floor. */
const MISSED_MS = 46 * HOUR
/** Rows in one call: about 100 kB, a few milliseconds of Redis. */
const BATCH = 400
/** After a refusal or an outage the same comparison is tried again. */
const RETRY_MS = 1_000
/** A late fact changes a closed row at once on the screens, and here with the next round. */
const ROUND_MS = 5_000

const bases = ['outcome', 'arrival'] as const

/**
 * Keeps the closed rows in Redis equal to the floor's: when a quarter hour closes, and when late facts revise closed ones. It compares
 * with what it wrote, so after a take-over it writes exactly what its predecessor had not.
 */
export interface KeepRowsDependencies {
  readonly history: History
  readonly manifest: Manifest
  readonly floorLog: FloorLog
  readonly sites: Pick<Sites, 'get'>
  readonly log: Logger
  readonly roundMs?: number
}

export const keepRows = ({ history, manifest, floorLog, sites, log, roundMs = ROUND_MS }: KeepRowsDependencies): KeeperPart => async (kept: Kept) => {
  const { site, replica, fence } = kept
  const written = new Map<string, string>()
  /** From where on a queue's rows may have changed: a late end changes what was pending in every later row. */
  const dirty = new Map<string, number>()
  let closedTo = instantOf(0)
  let working: Promise<void> | null = null
  let timer: NodeJS.Timeout | undefined
  let closing = false

  const learn = async () => {
    written.clear()
    const { asOf } = replica.floor
    for (let at = asOf - HOT_MS; dayOf(at) <= dayOf(asOf); at += 24 * HOUR) {
      for (const [field, text] of Object.entries(await history.storedRows(site, dayOf(at)))) written.set(field, text)
    }
  }
  /** Nobody kept rows for so long that the live floor cannot give all of them any more: those days are folded again from the archive and the log. */
  const askForMissed = async (since: Instant) => {
    const { asOf } = replica.floor
    if (asOf - since < MISSED_MS) return
    const days: string[] = []
    for (let { day, to } = siteDay(sites, site, instantOf(since - HOT_MS)); ; { day, to } = siteDay(sites, site, to)) {
      days.push(day)
      if (to >= asOf - HOT_MS) break
    }
    log.warn({ site, days: days.length, since: isoOf(since) }, 'rows were not kept for some time; their days are folded again')
    await manifest.ask(site, fence, days, `missed:${fence}:${asOf}`)
  }
  const changedRows = (floor: Floor, queue: string, from: number, to: Instant): readonly IntervalFigures[] =>
    bases.flatMap((basis) => floor.intervals({ from: instantOf(Math.max(from, floor.asOf - REVISED_MS)), to, basis, queue }).filter((row) => row.to <= to && written.get(fieldOf(row)) !== encodeFigures(row)))

  const write = async (rows: readonly IntervalFigures[]): Promise<'written' | 'refused' | 'older'> => {
    for (let i = 0; i < rows.length; i += BATCH) {
      if (!kept.holds()) return 'refused'
      const batch = rows.slice(i, i + BATCH)
      const outcome = await history.writeRows(site, { fence, epoch: replica.epoch, through: replica.position().entry, at: replica.floor.asOf, rows: batch })
      if (outcome !== 'written') {
        log.warn({ site, fence, outcome }, 'rows of an older keeper were refused')
        return outcome === 'older' ? 'older' : 'refused'
      }
      for (const row of batch) written.set(fieldOf(row), encodeFigures(row))
    }
    return 'written'
  }
  const forgetOld = (before: number) => {
    for (const field of written.keys()) if (Number(field.slice(0, field.indexOf('|'))) < before) written.delete(field)
  }
  const mark = (queue: string, from: number) => void dirty.set(queue, Math.min(dirty.get(queue) ?? from, from))
  const round = async () => {
    const { floor } = replica
    const to = instantOf(Math.floor(floor.asOf / QUARTER_HOUR) * QUARTER_HOUR)
    // A process that was held up for days has the same gap as one that was not there.
    if (closedTo > 0) await askForMissed(closedTo)
    const taken = new Map(dirty)
    dirty.clear()
    if (to > closedTo) for (const queue of floor.queueIds()) taken.set(queue, Math.min(taken.get(queue) ?? closedTo, Math.max(closedTo, floor.asOf - HOT_MS)))
    const put = () => taken.forEach((from, queue) => mark(queue, from))
    for (const [queue, from] of taken) {
      const written = await write(changedRows(replica.floor, queue, from, to)).catch((error: unknown) => asUnavailable(error))
      if (written === 'written') {
        taken.delete(queue)
        await breathe()
        continue
      }
      put()
      if (written === 'refused') return
      if (written === 'older') return plan(RETRY_MS)
      if (!(written instanceof RedisUnavailable)) throw written
      log.warn({ site, reason: written.message }, 'rows could not be written; tried again')
      return plan(RETRY_MS)
    }
    if (to > closedTo) forgetOld(to - HOT_MS - 24 * HOUR)
    closedTo = to
  }
  const run = (): Promise<void> => (working ??= round().finally(() => (working = null)))
  const plan = (ms: number) => {
    if (timer || closing) return
    timer = setTimeout(() => {
      timer = undefined
      void run().catch((error: unknown) => log.error({ site, reason: error instanceof Error ? error.message : String(error) }, 'rows could not be kept'))
    }, ms)
  }

  const quiet = replica.onChange((changes) => {
    for (const { queue, from } of changes.intervals) mark(queue, from)
    const closes = replica.floor.asOf >= closedTo + QUARTER_HOUR
    if (closes || dirty.size > 0) plan(closes ? 0 : roundMs)
  })
  const unwatch = replica.onReload(() => {
    closedTo = instantOf(0)
    void learn().then(() => plan(0), () => plan(RETRY_MS))
  })
  await askForMissed((await history.foldedAt(site)) ?? (await floorLog.read(site, '0-0', 1))[0]?.entry?.at ?? replica.floor.asOf)
  await learn()
  await run()

  return {
    close: async () => {
      closing = true
      quiet()
      unwatch()
      clearTimeout(timer)
      await working
      if (kept.holds()) await round()
    },
  }
}
