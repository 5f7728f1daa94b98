import type { Activity } from '../../server/domain/plan/adherence.ts'
import { DAY, HOUR, instantOf, MINUTE, type Instant } from '../../server/domain/time.ts'
import type { Logger } from '../../server/log.ts'
import type { Plans } from '../../server/redis/plans.ts'
import type { Sealed } from '../../server/redis/sealed.ts'
import type { OpenPart } from '../keeper/keeper.ts'
import { repeat } from '../keeper/repeat.ts'
import { breaksOn, type Seat, seats, worksAtWeekend } from './seats.ts'
import { weekdayOf } from './simulation.ts'
import type { DemoState } from './state.ts'

/** Whoever is late on the live day comes at 10:52: half an hour after this, beyond which one is no longer late but absent. */
const LATE_SHIFT_FROM = 622

/** What a seat's day looks like in the plan: work, cut by its breaks. Nothing on a weekend that others share. */
export const shiftOn = (seat: Seat, place: number, { midnight, live, weekday }: { readonly midnight: number; readonly live: boolean; readonly weekday: number }): readonly Activity[] => {
  if (!seat.allHours && weekday >= 6 && !worksAtWeekend(place, weekday)) return []
  const at = (minute: number): Instant => instantOf(midnight + minute * MINUTE)
  const from = live && seat.trait === 'late' ? LATE_SHIFT_FROM : seat.shift.from
  const pauses = breaksOn(seat, live).filter((pause) => pause.at >= from && pause.at + pause.minutes <= seat.shift.to)
  const edges = [from, ...pauses.flatMap((pause) => [pause.at, pause.at + pause.minutes]), seat.shift.to]
  return edges.slice(1).flatMap((to, index): readonly Activity[] => {
    const begins = edges[index] ?? to
    return begins >= to ? [] : [{ activity: index % 2 === 0 ? 'work' : (pauses[(index - 1) / 2]?.reason ?? 'break').toLowerCase(), from: at(begins), to: at(to) }]
  })
}

/** A week behind the live day, for adherence, and two at a time ahead. */
const BEHIND_DAYS = 7
const AHEAD_DAYS = 14

export interface KeepShiftsDeps {
  readonly site: string
  readonly midnight: number
  readonly plans: Pick<Plans, 'putSchedule'>
  readonly sealed: Pick<Sealed, 'agents'>
  readonly state: Pick<DemoState, 'plannedTo' | 'setPlannedTo'>
  readonly now: () => Instant
  readonly log: Logger
}

/** Plans the demo's seats ahead of its days; what people change in a day that is planned stays. */
export const keepShifts = ({ site, midnight, plans, sealed, state, now, log }: KeepShiftsDeps): OpenPart => {
  const plan = async () => {
    const known = await state.plannedTo()
    if (known !== null && known > now() + 2 * DAY) return
    // A plan is kept by UTC days and replaced by them, so the last day that was planned, still ahead, is planned again with those after it.
    const from = known === null ? midnight - BEHIND_DAYS * DAY : known - DAY
    const to = Math.max(from, midnight + Math.floor((now() - midnight) / DAY) * DAY) + AHEAD_DAYS * DAY
    const numbers = await sealed.agents.numbersOf(site, seats.map(({ id, name }) => ({ id, name })))
    const days = Array.from({ length: (to - from) / DAY }, (_, day) => from + day * DAY)
    await plans.putSchedule(site, seats.flatMap((seat, place) => {
      const agent = numbers[place] ?? null
      return agent === null ? [] : days.flatMap((day) => shiftOn(seat, place, { midnight: day, live: day === midnight, weekday: weekdayOf((day - midnight) / DAY) }).map((activity) => ({ agent, ...activity })))
    }))
    await state.setPlannedTo(to)
  }
  return repeat(() => plan().catch((error: unknown) => log.warn({ site, reason: error instanceof Error ? error.message : String(error) }, 'the shifts of the demo could not be planned; tried again in an hour')), HOUR)
}
