import { setImmediate as breathe } from 'node:timers/promises'
import type { Floor } from '../../server/domain/floor.ts'
import type { IntervalFigures } from '../../server/domain/queue-figures.ts'
import { HOT_MS } from '../../server/domain/hot-hours.ts'
import { HOUR, type Instant, instantOf, isoOf, QUARTER_HOUR } from '../../server/domain/time.ts'
import type { Logger } from '../../server/log.ts'
import type { FloorLog } from '../../server/redis/floor-log.ts'
import type { History } from '../../server/redis/history.ts'
import type { Manifest } from '../../server/redis/manifest.ts'
import { correctionText, type CorrectionText } from '../../server/redis/corrections.ts'
import { completeIn, encodeFigures, fieldOf, partsOf } from '../../server/redis/row-codec.ts'
import { dayOf } from '../../server/redis/seen.ts'
import type { Sites } from '../../server/redis/sites.ts'
import { siteDays } from './archive-day.ts'
import type { Kept, KeeperPart } from './keeper.ts'
import { openLateCauses } from './late-causes.ts'

/** How far back the floor still has whole rows. */
const REMEMBERED_MS = 50 * HOUR
/** Rows in one call: about 100 kB, a few milliseconds of Redis. */
const BATCH = 400
/** After a refusal or an outage the same comparison is tried again. */
const RETRY_MS = 1_000
/** A late fact changes a closed row at once on the screens, and here with the next round. */
const ROUND_MS = 5_000

const bases = ['outcome', 'arrival'] as const
const quarterOf = (at: number): Instant => instantOf(Math.floor(at / QUARTER_HOUR) * QUARTER_HOUR)

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

interface Changed {
  readonly rows: readonly IntervalFigures[]
  readonly gone: readonly string[]
  readonly corrections: readonly CorrectionText[]
}

export const keepRows = ({ history, manifest, floorLog, sites, log, roundMs = ROUND_MS }: KeepRowsDependencies): KeeperPart => async (kept: Kept) => {
  const { site, replica, fence } = kept
  /** Of each queue what is stored, by field. */
  const written = new Map<string, Map<string, string>>()
  const writtenOf = (queue: string): Map<string, string> => {
    const known = written.get(queue) ?? new Map<string, string>()
    written.set(queue, known)
    return known
  }
  /** From where on a queue's rows may have changed: a late end changes what was pending in every later row. */
  const dirty = new Map<string, number>()
  /** Rows that began before this were compared with the floor; null until the floor has an entry. */
  let closedTo: Instant | null = null
  const causes = openLateCauses()
  let working: Promise<void> | null = null
  let timer: NodeJS.Timeout | undefined
  let closing = false

  const learn = async () => {
    written.clear()
    const { asOf } = replica.floor
    for (let at = asOf - HOT_MS; dayOf(at) <= dayOf(asOf); at += 24 * HOUR) {
      for (const [field, text] of Object.entries(await history.storedRows(site, dayOf(at)))) writtenOf(partsOf(field).queue).set(field, text)
    }
  }
  const mark = (queue: string, from: number) => void dirty.set(queue, Math.min(dirty.get(queue) ?? from, from))
  /** Nobody looked since then: facts that came meanwhile may have revised rows of two days before. */
  const doubtSince = (since: Instant) => {
    causes.doubt()
    for (const queue of replica.floor.queueIds()) mark(queue, since - HOT_MS)
    closedTo = quarterOf(Math.min(since, replica.floor.asOf))
  }
  const begin = async () => {
    const since = (await history.foldedAt(site)) ?? (await floorLog.read(site, '0-0', 1))[0]?.entry?.at ?? null
    if (since !== null) doubtSince(since)
  }
  /** What changed so long ago that the floor cannot give it any more: those days are folded again from the archive and the log. */
  const askForMissed = async (from: number, oldest: number, asked: Set<string>) => {
    const days = siteDays(sites, site, instantOf(from), instantOf(oldest))
    if (asked.has(days.join())) return
    asked.add(days.join())
    log.warn({ site, days: days.length, from: isoOf(instantOf(from)) }, 'rows were not kept for some time; their days are folded again')
    await manifest.ask(site, fence, days, `missed:${fence}:${oldest}`)
  }
  /** Rows to be written, and those to be taken away: a late end may leave nothing of a row that stood for a contact still pending. */
  const changed = (floor: Floor, queue: string, from: number, to: Instant, comparedTo: Instant): Changed => {
    const stored = writtenOf(queue)
    const there = new Set<string>()
    const rows: IntervalFigures[] = []
    const corrections: CorrectionText[] = []
    const cause = causes.of(queue, floor.asOf)
    const correct = (field: string, after: string) => corrections.push(...[correctionText(field, stored.get(field) ?? '', after, cause)].flatMap((one) => one ?? []))
    for (const basis of bases) {
      for (const row of floor.intervals({ from: instantOf(from), to, basis, queue })) {
        if (row.to > to) continue
        there.add(fieldOf(row))
        const [field, text] = [fieldOf(row), encodeFigures(row)]
        if (stored.get(field) === text) continue
        rows.push(row)
        // Outcomes complete rows of arrivals in their own time: that corrects nothing; whether all was heard does.
        if ((row.revised || completeIn(stored.get(field) ?? '') !== completeIn(text)) && row.from < comparedTo) correct(field, text)
      }
    }
    // Older rows may be of an import that the live floor never took.
    const own = Math.max(from, floor.asOf - HOT_MS)
    const gone = [...stored.keys()].filter((field) => !there.has(field) && partsOf(field).from >= own && partsOf(field).from < to)
    for (const field of gone) correct(field, '')
    return { rows, gone, corrections }
  }

  const write = async ({ rows, gone, corrections }: Changed, keptTo: Instant | null): Promise<boolean> => {
    if (!kept.holds()) return false
    const outcome = await history.writeRows(site, { fence, epoch: replica.epoch, through: replica.position().entry, at: keptTo, rows, gone, corrections })
    if (outcome === 'written') {
      for (const row of rows) writtenOf(row.queue).set(fieldOf(row), encodeFigures(row))
      for (const field of gone) writtenOf(partsOf(field).queue).delete(field)
    } else log.warn({ site, fence, outcome }, 'rows of an older keeper were refused')
    return outcome === 'written'
  }
  const forgetOld = (before: number) => {
    for (const stored of written.values()) for (const field of stored.keys()) if (Number(field.slice(0, field.indexOf('|'))) < before) stored.delete(field)
  }
  /** Rows of some queues from where each may have changed; the last call says how far they are kept now, also when it has no rows. */
  const writeAll = async (froms: ReadonlyMap<string, number>, comparedTo: Instant, to: Instant): Promise<boolean> => {
    const keptTo = replica.floor.asOf
    const asked = new Set<string>()
    const waiting: IntervalFigures[] = []
    const gone: string[] = []
    const corrections: CorrectionText[] = []
    for (const [queue, from] of froms) {
      const oldest = replica.floor.asOf - REMEMBERED_MS
      const found = changed(replica.floor, queue, Math.max(from, oldest), to, comparedTo)
      waiting.push(...found.rows)
      gone.push(...found.gone)
      corrections.push(...found.corrections)
      if (from < oldest) await askForMissed(from, oldest, asked)
      while (waiting.length + gone.length > BATCH) if (!(await write({ rows: waiting.splice(0, BATCH), gone: gone.splice(0, BATCH), corrections: corrections.splice(0, BATCH) }, null))) return false
      await breathe()
    }
    return waiting.length === 0 && gone.length === 0 && to <= comparedTo ? true : write({ rows: waiting, gone, corrections }, keptTo)
  }
  const round = async () => {
    if (closedTo === null) await begin()
    const before = closedTo
    if (before === null) return
    const to = quarterOf(replica.floor.asOf)
    const taken = new Map(dirty)
    dirty.clear()
    if (to > before) for (const queue of replica.floor.queueIds()) taken.set(queue, Math.min(taken.get(queue) ?? before, before))
    let done = false
    try {
      done = await writeAll(taken, before, to)
    } finally {
      if (done) causes.forget(taken.keys())
      else taken.forEach((from, queue) => mark(queue, from))
    }
    if (!done) return plan(RETRY_MS)
    if (to > before) forgetOld(to - HOT_MS - 24 * HOUR)
    // A floor that was loaded again meanwhile begins from its own place.
    if (closedTo === before) closedTo = to
  }
  const run = (): Promise<void> =>
    (working ??= round()
      .catch((error: unknown) => {
        log.warn({ site, reason: error instanceof Error ? error.message : String(error) }, 'rows could not be written; tried again')
        plan(RETRY_MS)
      })
      .finally(() => {
        working = null
        // What changed in the meantime found a round under way.
        planNext()
      }))
  const plan = (ms: number) => {
    if (timer || closing) return
    timer = setTimeout(() => {
      timer = undefined
      void run()
    }, ms)
  }
  const planNext = () => {
    const closes = replica.floor.asOf >= (closedTo ?? 0) + QUARTER_HOUR
    if (closes || dirty.size > 0) plan(closes ? 0 : roundMs)
  }

  const quiet = replica.onChange((changes, _revision, { at }, entries) => {
    causes.note(changes.intervals, at, entries)
    for (const { queue, from } of changes.intervals) mark(queue, from)
    planNext()
  })
  const unwatch = replica.onReload(() => {
    if (closedTo !== null) doubtSince(closedTo)
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
