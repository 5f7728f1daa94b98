import { calendarOf, type Calendar } from '../clock/calendar.ts'
import type { RotaLayer, RotaSettings } from '../incident-settings.ts'
import { instantOf, type Instant } from '../time.ts'
import { dayNumber, handoverOn, rotaDayAt, turnOf } from './rota-days.ts'

/** Who is on call at an instant and why: override before swap before layer (INCIDENTS 2.8). */
export interface OnCall {
  /** Key of a person in the settings; null: nobody. */
  readonly person: string | null
  readonly by: 'override' | 'swap' | 'layer' | null
  /** From 1; null unless a layer has somebody. */
  readonly layer: number | null
}

export interface Shift extends OnCall {
  readonly from: Instant
  readonly to: Instant
}

export interface Rota {
  readonly settings: RotaSettings
  at(at: Instant): OnCall
  /** Who is on call over [from, to), without holes: where nobody is, a shift says so. */
  shifts(from: Instant, to: Instant): readonly Shift[]
}

const nobody: OnCall = { person: null, by: null, layer: null }

const holds = ({ from, to }: { readonly from: Instant; readonly to: Instant }, at: Instant): boolean => at >= from && at < to

export const rotaOf = (settings: RotaSettings): Rota => {
  const { timeZone, layers, swaps, overrides } = settings
  const hours: readonly (Calendar | null)[] = layers.map(({ week }) => (week === null ? null : calendarOf({ alwaysOpen: false, timeZone, week, holidays: [], openings: [] })))

  const ofLayer = (layer: RotaLayer, calendar: Calendar | null, at: Instant): string | null => {
    const day = rotaDayAt(at, layer, timeZone)
    if (day < dayNumber(layer.startsOn)) return null
    if (calendar !== null && calendar.openingsBetween(at, instantOf(at + 1)).length === 0) return null
    return layer.people[turnOf(day, layer) % layer.people.length] ?? null
  }

  const fromLayers = (at: Instant): OnCall => {
    for (const [index, layer] of layers.entries()) {
      const person = ofLayer(layer, hours[index] ?? null, at)
      if (person !== null) return { person, by: 'layer', layer: index + 1 }
    }
    return nobody
  }

  const swapped = (found: OnCall, at: Instant): OnCall => {
    const swap = swaps.findLast((candidate) => holds(candidate, at) && found.person !== null && candidate.people.includes(found.person))
    if (swap === undefined) return found
    const [one, other] = swap.people
    return { ...found, person: found.person === one ? other : one, by: 'swap' }
  }

  const at: Rota['at'] = (when) => {
    const found = swapped(fromLayers(when), when)
    const override = overrides.findLast((candidate) => holds(candidate, when) && (candidate.replaces === null || candidate.replaces === found.person))
    return override === undefined ? found : { person: override.person, by: 'override', layer: null }
  }

  /** Every instant at which something may change. */
  const edges = (from: Instant, to: Instant): readonly Instant[] => {
    const found = new Set<Instant>([from])
    const add = (edge: Instant) => void (edge > from && edge < to && found.add(edge))
    for (const period of [...swaps, ...overrides]) [period.from, period.to].forEach(add)
    layers.forEach((layer, index) => {
      const last = rotaDayAt(to, layer, timeZone)
      for (let day = rotaDayAt(from, layer, timeZone); day <= last; day += 1) add(handoverOn(day, layer, timeZone))
      for (const opening of hours[index]?.openingsBetween(from, to) ?? []) [opening.from, opening.to].forEach(add)
    })
    return [...found].sort((a, b) => a - b)
  }

  return {
    settings,
    at,
    shifts: (from, to) => {
      if (to <= from) return []
      const all = edges(from, to)
      return all.reduce<readonly Shift[]>((shifts, edge, index) => {
        const shift: Shift = { from: edge, to: all[index + 1] ?? to, ...at(edge) }
        const last = shifts.at(-1)
        if (last === undefined || last.person !== shift.person || last.by !== shift.by || last.layer !== shift.layer) return [...shifts, shift]
        return [...shifts.slice(0, -1), { ...last, to: shift.to }]
      }, [])
    },
  }
}
