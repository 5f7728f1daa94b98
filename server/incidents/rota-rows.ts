import type { rotaRow, rotaShifts } from '../contract/forecast.ts'
import { hasVerifiedUrgentChannel } from '../domain/escalation/contact-plan.ts'
import type { Directory, Person } from '../domain/escalation/directory.ts'
import { rotaGaps, SCAN_DAYS, type Reachable, type RotaGap } from '../domain/escalation/rota-gaps.ts'
import type { OnCall, Rota, Shift } from '../domain/escalation/rota.ts'
import { DAY, isoOf, later, type Instant } from '../domain/time.ts'
import type { z } from 'zod'

/** Key of a person in the settings -> how they are called. */
export type NameOfKey = (key: string) => string

const personOf = (key: string | null, nameOf: NameOfKey) => (key === null ? null : { id: key, name: nameOf(key) })
const onCallRow = ({ person, by, layer }: OnCall, nameOf: NameOfKey) => ({ person: personOf(person, nameOf), by, layer })
const gapRow = ({ from, to, why, person }: RotaGap, nameOf: NameOfKey) => ({ from: isoOf(from), to: isoOf(to), why, person: personOf(person, nameOf) })

/** Nobody may be on call without a verified urgent channel; who is no longer among the people is not there at all. */
export const reachableIn = ({ people, contacts }: Directory): Reachable => {
  const byName = new Map<string, Person>(people.flatMap((person) => [person.id, ...person.aliases].map((name) => [name, person] as const)))
  return (key) => {
    const person = byName.get(key)
    if (person === undefined) return null
    const plan = contacts?.[person.id]
    return plan !== undefined && hasVerifiedUrgentChannel(plan)
  }
}

export interface RotaQuestion {
  readonly id: string
  readonly rota: Rota
  readonly directory: Directory
  readonly nameOf: NameOfKey
}

export const toRotaRow = ({ id, rota, directory, nameOf }: RotaQuestion, at: Instant): z.output<typeof rotaRow> => {
  const [now, next]: readonly (Shift | undefined)[] = rota.shifts(at, later(at, SCAN_DAYS * DAY))
  return {
    rota: id,
    name: rota.settings.name,
    timeZone: rota.settings.timeZone,
    at: isoOf(at),
    onCall: onCallRow(rota.at(at), nameOf),
    until: now === undefined || next === undefined ? null : isoOf(now.to),
    next: next === undefined ? null : onCallRow(next, nameOf),
    gaps: rotaGaps(rota, at, reachableIn(directory)).map((gap) => gapRow(gap, nameOf)),
  }
}

export const toRotaShifts = ({ id, rota, directory, nameOf }: RotaQuestion, from: Instant, to: Instant): z.output<typeof rotaShifts> => ({
  rota: id,
  name: rota.settings.name,
  timeZone: rota.settings.timeZone,
  from: isoOf(from),
  to: isoOf(to),
  shifts: rota.shifts(from, to).map((shift) => ({ ...onCallRow(shift, nameOf), from: isoOf(shift.from), to: isoOf(shift.to) })),
  gaps: rotaGaps(rota, from, reachableIn(directory), (to - from) / DAY).map((gap) => gapRow(gap, nameOf)),
})
