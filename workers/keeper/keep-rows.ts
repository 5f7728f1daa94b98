import { setImmediate as breathe } from 'node:timers/promises'
import type { Floor, IntervalFigures } from '../../server/domain/floor.ts'
import { HOUR, type Instant, instantOf, QUARTER_HOUR } from '../../server/domain/time.ts'
import type { Logger } from '../../server/log.ts'
import type { History } from '../../server/redis/history.ts'
import { encodeFigures, fieldOf } from '../../server/redis/row-codec.ts'
import { dayOf } from '../../server/redis/seen.ts'
import { asUnavailable, RedisUnavailable } from '../../server/redis/unavailable.ts'
import type { Kept, KeeperPart } from './keeper.ts'

/** How far back the live floor may still change a closed row: later facts come as imports, and their days are folded from the archive. */
const HOT_MS = 48 * HOUR
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
export const keepRows = ({ history, log, roundMs = ROUND_MS }: { readonly history: History; readonly log: Logger; readonly roundMs?: number }): KeeperPart => async (kept: Kept) => {
  const { site, replica, fence } = kept
  const written = new Map<string, string>()
  const dirty = new Set<string>()
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
  const changedRows = (floor: Floor, queue: string, to: Instant): readonly IntervalFigures[] =>
    bases.flatMap((basis) => floor.intervals({ from: instantOf(floor.asOf - HOT_MS), to, basis, queue }).filter((row) => row.to <= to && written.get(fieldOf(row)) !== encodeFigures(row)))

  const write = async (rows: readonly IntervalFigures[]): Promise<boolean> => {
    for (let i = 0; i < rows.length; i += BATCH) {
      if (!kept.holds()) return false
      const batch = rows.slice(i, i + BATCH)
      const outcome = await history.writeRows(site, { fence, epoch: replica.epoch, through: replica.position().entry, rows: batch })
      if (outcome !== 'written') {
        log.warn({ site, fence, outcome }, 'rows of an older keeper were refused')
        return false
      }
      for (const row of batch) written.set(fieldOf(row), encodeFigures(row))
    }
    return true
  }
  const forgetOld = (before: number) => {
    for (const field of written.keys()) if (Number(field.slice(0, field.indexOf('|'))) < before) written.delete(field)
  }
  const round = async () => {
    const { floor } = replica
    const to = instantOf(Math.floor(floor.asOf / QUARTER_HOUR) * QUARTER_HOUR)
    const queues = to > closedTo ? [...floor.queueIds()] : [...dirty]
    const taken = new Set(dirty)
    dirty.clear()
    try {
      for (const queue of queues) {
        if (!(await write(changedRows(replica.floor, queue, to)))) throw new Error('refused')
        taken.delete(queue)
        await breathe()
      }
      if (to > closedTo) forgetOld(to - HOT_MS - 24 * HOUR)
      closedTo = to
    } catch (error) {
      for (const queue of taken) dirty.add(queue)
      if (error instanceof Error && error.message === 'refused') return
      const cause = asUnavailable(error)
      if (!(cause instanceof RedisUnavailable)) throw error
      log.warn({ site, reason: cause.message }, 'rows could not be written; tried again')
      plan(RETRY_MS)
    }
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
    for (const { queue } of changes.intervals) dirty.add(queue)
    const closes = replica.floor.asOf >= closedTo + QUARTER_HOUR
    if (closes || dirty.size > 0) plan(closes ? 0 : roundMs)
  })
  const unwatch = replica.onReload(() => {
    closedTo = instantOf(0)
    void learn().then(() => plan(0), () => plan(RETRY_MS))
  })
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
