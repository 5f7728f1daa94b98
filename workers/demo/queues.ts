import type { Channel } from '../../server/domain/platform-events.ts'

/** A demo queue; rates and handle times are those of 10:38, the anchor of the day's curve. */
export interface DemoQueue {
  readonly id: string
  readonly name: string
  readonly channel: Channel
  readonly perHour: number
  /** Talk plus hold plus after-call work. */
  readonly ahtMs: number
  readonly acwMs: number
  readonly target: { readonly percent: number; readonly withinMs: number }
  /** Mean patience of a waiting customer, and its coefficient of variation: hardly anybody gives up in the first seconds. */
  readonly patienceMs: number
  readonly patienceSpread: number
  /** People on the queue at 10:38. */
  readonly people: number
  readonly openAllNight: boolean
}

export const demoQueues: readonly DemoQueue[] = [
  { id: 'power-loss', name: 'Power loss', channel: 'voice', perHour: 18, ahtMs: 210_000, acwMs: 25_000, target: { percent: 0.9, withinMs: 10_000 }, patienceMs: 300_000, patienceSpread: 0.6, people: 5, openAllNight: true },
  { id: 'billing', name: 'Billing', channel: 'voice', perHour: 108, ahtMs: 330_000, acwMs: 45_000, target: { percent: 0.8, withinMs: 30_000 }, patienceMs: 300_000, patienceSpread: 0.8, people: 12, openAllNight: false },
  { id: 'support', name: 'Support', channel: 'voice', perHour: 96, ahtMs: 420_000, acwMs: 60_000, target: { percent: 0.8, withinMs: 20_000 }, patienceMs: 300_000, patienceSpread: 0.8, people: 14, openAllNight: false },
  { id: 'moving-home', name: 'Moving home', channel: 'voice', perHour: 30, ahtMs: 510_000, acwMs: 80_000, target: { percent: 0.8, withinMs: 20_000 }, patienceMs: 330_000, patienceSpread: 0.8, people: 7, openAllNight: false },
  { id: 'chat', name: 'Chat', channel: 'chat', perHour: 66, ahtMs: 240_000, acwMs: 20_000, target: { percent: 0.8, withinMs: 45_000 }, patienceMs: 270_000, patienceSpread: 0.8, people: 6, openAllNight: false },
]

/** Share of the 10:38 rate by minute of the site's day: two humps, a lunch dip, a thin night. Piecewise linear between these. */
const knots: readonly (readonly [minute: number, share: number])[] = [
  [0, 0.04], [300, 0.03], [420, 0.12], [480, 0.55], [540, 0.82], [600, 0.97], [638, 1], [675, 1.04], [720, 0.88], [765, 0.72], [810, 0.8], [870, 1.02], [930, 1.08], [990, 0.9], [1050, 0.6], [1110, 0.3], [1200, 0.14], [1320, 0.08], [1440, 0.04],
]
/** Monday is heaviest, Sunday almost empty; ISO weekday 1 to 7. */
const weekdays = [1.12, 1.02, 1, 0.98, 0.96, 0.45, 0.25]

const shareAt = (minute: number): number => {
  const next = knots.findIndex(([at]) => at > minute)
  const after = knots[next] ?? knots[knots.length - 1]
  const before = knots[next - 1] ?? knots[0]
  if (!after || !before || after[0] === before[0]) return before?.[1] ?? 0
  return before[1] + ((minute - before[0]) / (after[0] - before[0])) * (after[1] - before[1])
}

const opens = 480
const closes = 1_200

/** Contacts an hour. `weekday` null: an anchor day, so that the live floor always meets the stated rates. */
export const rateAt = (queue: DemoQueue, minute: number, weekday: number | null): number => {
  if (!queue.openAllNight && (minute < opens || minute >= closes)) return 0
  return queue.perHour * shareAt(minute) * (weekday === null ? 1 : weekdays[weekday - 1] ?? 1)
}

export const isOpen = (queue: DemoQueue, minute: number): boolean => queue.openAllNight || (minute >= opens && minute < closes)
