import type { QueueRow } from '../../server/contract/rows.ts'

export type QueueStatus = 'breached' | 'at-risk' | 'watch' | 'on-target' | 'quiet' | 'unknown'

export interface StatusReason {
  readonly status: QueueStatus
  /** Which rule spoke; a key of the catalogue under `why`. */
  readonly why: 'longWait' | 'serviceLevel' | 'nearTarget' | 'abandons' | 'waitOverTarget' | 'nobody' | 'fine' | 'quiet' | 'noData'
}

/** Below this many finished contacts a rate has no colour. */
const MINIMUM = 10
const MARGIN = 0.05

const finished = ({ now }: QueueRow): number => now.answered + now.abandoned - now.shortAbandoned
const waitedMs = (row: QueueRow, at: number): number => (row.oldestWaitingSince === null ? 0 : Math.max(0, at - Date.parse(row.oldestWaitingSince)))

/**
 * A queue's mark. The breaches are the default breach rules (oldest wait over 2 T with five waiting, service level R30 below
 * target or abandons above 5 %, each from ten contacts on); the lighter states are the warning limits of the metrics table.
 */
export const queueStatus = (row: QueueRow, at: number): StatusReason => {
  const { percent, withinMs } = row.target
  const waited = waitedMs(row, at)
  const enough = finished(row) >= MINIMUM
  const level = row.now.serviceLevel
  const abandons = row.now.abandonRate
  if (row.waiting >= 5 && waited > 2 * withinMs) return { status: 'breached', why: 'longWait' }
  if (enough && level !== null && level < percent) return { status: 'breached', why: 'serviceLevel' }
  if (enough && abandons !== null && abandons > 0.05) return { status: 'breached', why: 'abandons' }
  if (row.waiting > 0 && row.staffed === 0) return { status: 'at-risk', why: 'nobody' }
  if (row.waiting >= 2 && waited > 2 * withinMs) return { status: 'at-risk', why: 'longWait' }
  if (enough && level !== null && level < percent + MARGIN) return { status: 'watch', why: 'nearTarget' }
  if (enough && abandons !== null && abandons > 0.03) return { status: 'watch', why: 'abandons' }
  if (row.waiting > 0 && waited > withinMs) return { status: 'watch', why: 'waitOverTarget' }
  if (row.waiting === 0 && row.inProgress === 0 && finished(row) === 0) return { status: 'quiet', why: 'quiet' }
  return { status: 'on-target', why: 'fine' }
}

const severity: Readonly<Record<QueueStatus, number>> = { breached: 0, 'at-risk': 1, watch: 2, unknown: 3, 'on-target': 4, quiet: 5 }

/** Worst first: the mark, then how long somebody waits, then how far below target; the name decides the rest so that rows hold still. */
export const worstFirst = (rows: readonly QueueRow[], at: number): readonly QueueRow[] => {
  const keys = new Map(rows.map((row) => [row, { rank: severity[queueStatus(row, at).status], waited: waitedMs(row, at), short: (row.now.serviceLevel ?? 1) - row.target.percent }]))
  const of = (row: QueueRow) => keys.get(row) ?? { rank: 9, waited: 0, short: 0 }
  return [...rows].sort((a, b) => of(a).rank - of(b).rank || of(b).waited - of(a).waited || of(a).short - of(b).short || a.name.localeCompare(b.name))
}

/** The floor is worth saying only when what already waits too long pulls the figure down by three points or more. */
export const floorWorthSaying = (row: QueueRow): number | null =>
  row.serviceLevelFloor !== null && row.today.serviceLevel !== null && row.today.serviceLevel - row.serviceLevelFloor >= 0.03 - 1e-9 ? row.serviceLevelFloor : null

/** "80/20 V3": which service level this is. */
export const targetText = ({ target }: QueueRow): string => `${Math.round(target.percent * 100)}/${Math.round(target.withinMs / 1000)} ${target.variant}`
