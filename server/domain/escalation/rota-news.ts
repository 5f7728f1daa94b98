import { DAY, later, type Instant } from '../time.ts'
import type { ContactPlan } from './contact-plan.ts'
import { endOfQuiet } from './contact-plan.ts'
import type { Delivery, DeliveryType } from './delivery.ts'
import { SCAN_DAYS } from './rota-gaps.ts'
import type { Rota } from './rota.ts'

/** What people of a rota are told about it: that they are on call now, that they are no more, that their turns are others. */

/** Somebody else is on call from `at` on; names are keys of people in the settings. */
export interface Turn {
  readonly at: Instant
  readonly comes: string | null
  readonly goes: string | null
}

/** Turns within (from, to]. A shift that only has another reason is no turn. */
export const turnsBetween = (rota: Rota, from: Instant, to: Instant): readonly Turn[] =>
  rota.shifts(from, later(to, 1)).flatMap((shift, index, all) => {
    const before = all[index - 1]
    return before === undefined || before.person === shift.person ? [] : [{ at: shift.from, comes: shift.person, goes: before.person }]
  })

/** When a person is on call within the coming days; shifts that touch are one. */
export const shiftsOf = (rota: Rota, person: string, now: Instant): readonly { readonly from: Instant; readonly to: Instant }[] =>
  rota.shifts(now, later(now, SCAN_DAYS * DAY)).reduce<readonly { readonly from: Instant; readonly to: Instant }[]>((own, shift) => {
    if (shift.person !== person) return own
    const last = own.at(-1)
    return last?.to === shift.from ? [...own.slice(0, -1), { from: last.from, to: shift.to }] : [...own, { from: shift.from, to: shift.to }]
  }, [])

const peopleOf = (rota: Rota | undefined, now: Instant): readonly string[] => (rota === undefined ? [] : rota.shifts(now, later(now, SCAN_DAYS * DAY)).flatMap(({ person }) => person ?? []))

/** Whose turns of the coming days are others than they were. */
export const changedFor = (before: Rota | undefined, after: Rota | undefined, now: Instant): readonly string[] => {
  const text = (rota: Rota | undefined, person: string): string => (rota === undefined ? '[]' : JSON.stringify(shiftsOf(rota, person, now)))
  return [...new Set([...peopleOf(before, now), ...peopleOf(after, now)])].filter((person) => text(before, person) !== text(after, person))
}

export type RotaNews = 'on-call' | 'off-call' | 'changed'

/** `mark`: the instant of the turn, or the version of the settings: told once for good. */
export const newsKey = (rota: string, news: RotaNews, mark: number): string => `rota/${encodeURIComponent(rota)}/${news}/${mark}`
export const newsOf = (id: string): { readonly rota: string; readonly news: RotaNews; readonly mark: number } | null => {
  const [, rota = '', news, mark] = /^rota\/([^/]+)\/(on-call|off-call|changed)\/(\d+)\/person:/.exec(id) ?? []
  return news === undefined ? null : { rota: decodeURIComponent(rota), news: news as RotaNews, mark: Number(mark) }
}

/** Who comes on call must know it now; that turns have changed can wait for the end of a night. */
export const newsDelivery = ({ key, news, person, plan, now }: { readonly key: string; readonly news: RotaNews; readonly person: string; readonly plan: ContactPlan; readonly now: Instant }): Delivery => {
  const [channel = 'none' as const, ...then] = plan.routine
  const type: DeliveryType = news === 'changed' ? 'rota.changed' : 'rota.handover'
  const notBefore = news === 'changed' && plan.quiet !== null ? endOfQuiet(plan.quiet, now) : now
  return { id: `${key}/person:${person}/${channel}/rota`, ref: '', type, channel, target: person, person, then, happenedAt: now, notBefore, paced: false, level: null, breach: null, fence: null, urgent: false }
}
