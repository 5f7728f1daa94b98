import { randomBytes } from 'node:crypto'
import type { Instant } from '../server/domain/time.ts'
import type { Logger } from '../server/log.ts'
import { writeLines, type LineWriter } from '../server/redis/archive-files.ts'
import type { RecomputeRows } from '../server/redis/recompute-rows.ts'
import { encodeFigures, fieldOf } from '../server/redis/row-codec.ts'
import { siteDay } from './keeper/archive-day.ts'
import type { BookDay } from './keeper/day-book.ts'
import { eachDay } from './keeper/each-day.ts'
import { foldDays, type FoldDaysDependencies } from './keeper/fold-days.ts'

export interface RunRecomputeDeps extends FoldDaysDependencies {
  readonly rows: RecomputeRows
  readonly logger: Logger
  /** False: stop after the day that is being measured. */
  readonly running: () => boolean
}

const daysOf = (sites: RunRecomputeDeps['sites'], site: string, { from, to }: { readonly from: Instant; readonly to: Instant }): readonly BookDay[] => {
  const days: BookDay[] = []
  for (let day = siteDay(sites, site, from); day.from < to; day = siteDay(sites, site, day.to)) days.push(day)
  return days
}

/** Stretches of days that follow each other: what an interruption or a correction left to be done. */
const stretchesOf = (days: readonly BookDay[]): readonly (readonly BookDay[])[] => {
  const stretches: BookDay[][] = []
  for (const day of days) {
    const last = stretches.at(-1)
    if (last?.at(-1)?.to === day.from) last.push(day)
    else stretches.push([day])
  }
  return stretches
}

/** Measures closed days again by the settings of the row, into series of their own: rows and books of those days stay as they are. Days that have one are passed over. */
export const runRecompute = async (deps: RunRecomputeDeps, site: string, id: string): Promise<void> => {
  const { rows, manifest, sites, archiveDir, logger, running } = deps
  const row = await rows.get(site, id)
  if (row === null || row.state === 'done' || row.state === 'failed') return
  const done = new Set((await manifest.recomputed(site)).filter(({ recompute }) => recompute === id).map(({ day }) => day))
  const all = daysOf(sites, site, row)
  const told = () => rows.put(site, { ...row, state: 'running', doneDays: done.size })
  await told()
  // Its version is its own: whatever base and log bring, these hold.
  const settings = () => ({ held: row.settings, later: [] })

  for (const stretch of stretchesOf(all.filter(({ day }) => !done.has(day)))) {
    const [first, last] = [stretch[0], stretch.at(-1)]
    if (first === undefined || last === undefined) continue
    const days = eachDay<LineWriter>({
      days: stretch,
      // Each making has a file of its own: a reader may still be in the one before.
      open: ({ day }) => writeLines(archiveDir, `${site}/${day}/recomputed-${id}-${randomBytes(4).toString('hex')}.ndjson.gz`),
      write: async (file, { rows: found }) => {
        for (const one of found) await file.write(JSON.stringify([fieldOf(one), encodeFigures(one)]))
      },
      settle: async (day, file) => {
        await manifest.addRecomputed(site, { ...day, recompute: id, rows: await file.finish() })
        done.add(day.day)
        await told()
        return running()
      },
      abandon: (file) => file.abandon(),
    })
    try {
      const whole = await foldDays(deps, { site, range: { from: first.from, to: last.to }, settings, overruled: true, holds: running, take: days.take })
      if (!whole && running()) throw new Error('days changed while they were measured again')
    } finally {
      await days.close()
    }
    if (!running()) return
  }
  await rows.put(site, { ...row, state: 'done', doneDays: done.size })
  logger.info({ site, recompute: id, days: done.size }, 'days were measured again, beside what they came to')
}
