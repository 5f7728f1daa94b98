import type { IntervalRow, QueueRow } from '../../server/contract/rows.ts'
import { shareOf } from '../../server/domain/kpi/service-level.ts'
import { levelIn, targetIn } from './report-figures.ts'
import { addDays, localDate, localMinute } from '../format/local-days.ts'
import type { Range } from './report-range.ts'

export interface LevelCell {
  readonly level: number | null
  readonly offered: number
  /** How many contacts the level is of. */
  readonly n: number
  /** Of so few that one contact more or less would move it by ten points: it is hatched and has no colour. */
  readonly thin: boolean
  /** What the level is held against: the target of its time. */
  readonly target: number
  readonly from: string
  readonly to: string
  /** The clock repeats this half hour: no one stretch of time is behind it. */
  readonly repeated: boolean
}

export interface LevelGrid {
  /** Every day of the range: one without contacts is a column of dashes, not a column that is missing. */
  readonly dates: readonly string[]
  /** Half hours since the local midnight in which anything happened on any day, and those between. */
  readonly minutes: readonly number[]
  /** The targets of all that is judged: several where they were changed in the range. */
  readonly targets: readonly number[]
  readonly at: (date: string, minute: number) => LevelCell | null
}

const HALF_HOUR = 30
/** As the server's heat map. */
const THIN = 10

const cellOf = (group: readonly IntervalRow[], target: QueueRow['target']): LevelCell => {
  const ratio = levelIn(group, target.variant)
  const level = shareOf(ratio)
  const from = group.map((row) => row.from).sort()[0] ?? ''
  const to = group.map((row) => row.to).sort().at(-1) ?? ''
  return { level, offered: group.reduce((sum, row) => sum + row.offered, 0), n: ratio.denominator, thin: level !== null && ratio.denominator < THIN, target: targetIn(group, target.percent) ?? target.percent, from, to, repeated: Date.parse(to) - Date.parse(from) > HALF_HOUR * 60_000 }
}

/** Half hours of one queue by local day; an hour that the clock repeats is one line, counted once. */
export const levelGrid = (rows: readonly IntervalRow[], zone: string, { first, last }: Pick<Range, 'first' | 'last'>, target: QueueRow['target']): LevelGrid => {
  const cells = new Map<string, IntervalRow[]>()
  for (const row of rows) {
    const at = Date.parse(row.from)
    const minute = Math.floor(localMinute(at, zone) / HALF_HOUR) * HALF_HOUR
    const key = `${localDate(at, zone)} ${minute}`
    cells.set(key, [...(cells.get(key) ?? []), row])
  }
  const kept = new Map([...cells].map(([key, group]) => [key, cellOf(group, target)]))
  const keys = [...cells.keys()].map((key) => key.split(' '))
  const minutes = keys.map(([, minute]) => Number(minute))
  const days = Math.max(0, Math.round((Date.parse(last) - Date.parse(first)) / 86_400_000))
  const [low, high] = [Math.min(...minutes), Math.max(...minutes)]
  return {
    dates: Array.from({ length: days + 1 }, (_, index) => addDays(first, index)),
    minutes: minutes.length === 0 ? [] : Array.from({ length: (high - low) / HALF_HOUR + 1 }, (_, index) => low + index * HALF_HOUR),
    targets: [...new Set([...kept.values()].filter(({ level }) => level !== null).map((cell) => cell.target))],
    at: (date, minute) => kept.get(`${date} ${minute}`) ?? null,
  }
}

export type Shade = 0 | 1 | 2 | 3 | 'thin' | 'none'

/** 0 on target, 1 up to five points below, 2 up to fifteen, 3 beyond; thin where too few are behind it, none where nothing is to be judged. */
export const shadeOf = (cell: Pick<LevelCell, 'level' | 'target' | 'thin'> | null): Shade => {
  if (cell === null || cell.level === null) return 'none'
  if (cell.thin) return 'thin'
  const gap = cell.target - cell.level
  return gap <= 0 ? 0 : gap <= 0.05 + 1e-9 ? 1 : gap <= 0.15 + 1e-9 ? 2 : 3
}
