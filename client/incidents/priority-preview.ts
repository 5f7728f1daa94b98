import { defaultSettings } from '../../server/contract/settings/defaults.ts'
import { isRecord, listOf, recordOf, textOf } from '../http/read.ts'

export type PriorityName = 'P1' | 'P2' | 'P3' | 'P4'
export type Matrix = readonly (readonly string[])[]

export interface Targets {
  readonly responseMs: number | null
  readonly resolutionMs: number | null
  readonly resolutionDays: number | null
  readonly calendar: string
}
export interface PriorityRules {
  readonly matrix: Matrix
  readonly sla: Readonly<Record<PriorityName, Targets>>
  /** Categories of the site besides the built-in ones. */
  readonly categories: readonly string[]
  readonly impactFloors: Readonly<Record<string, number>>
}

const names: readonly PriorityName[] = ['P1', 'P2', 'P3', 'P4']
const numberOf = (value: unknown): number | null => (typeof value === 'number' ? value : null)
const targetsOf = (value: unknown): Targets => {
  const given = recordOf(value)
  return { responseMs: numberOf(given.responseMs), resolutionMs: numberOf(given.resolutionMs), resolutionDays: numberOf(given.resolutionDays), calendar: textOf(given.calendar) ?? 'always' }
}
const floorOf = (value: unknown): number | null => numberOf(recordOf(value).impactFloor)

/** The rules of a settings document; what it does not say is as built in. */
export const rulesOfDocument = (document: unknown): PriorityRules => {
  const given = recordOf(document)
  const matrix = listOf(recordOf(given.priorities).matrix).map((row) => listOf(row).map(String))
  const sla = recordOf(given.sla)
  const categories = Object.entries(recordOf(given.categories))
  const targets = (name: PriorityName): Targets => targetsOf(isRecord(sla[name]) ? sla[name] : defaultSettings.sla[name])
  return {
    matrix: matrix.length === 4 ? matrix : defaultSettings.priorities.matrix,
    sla: { P1: targets('P1'), P2: targets('P2'), P3: targets('P3'), P4: targets('P4') },
    categories: categories.map(([name]) => name),
    impactFloors: Object.fromEntries(categories.flatMap(([name, value]) => { const floor = floorOf(value); return floor === null ? [] : [[name, floor]] })),
  }
}

export interface Assessed {
  readonly impact: number | null
  readonly urgency: number | null
  readonly category: string | null
  /** False: somebody is in danger. */
  readonly callerSafe: boolean | null
}

/** What the server will decide: the matrix, the category's floor, danger is P1, personal data never below P2 (INCIDENTS 2.3). */
export const previewPriority = ({ matrix, impactFloors }: PriorityRules, { impact, urgency, category, callerSafe }: Assessed): PriorityName | null => {
  if (callerSafe === false) return 'P1'
  if (impact === null || urgency === null) return null
  const floor = category === null ? undefined : impactFloors[category]
  const graver = floor === undefined ? impact : Math.min(impact, floor)
  const found = names.find((name) => name === matrix[graver - 1]?.[urgency - 1]) ?? null
  return found !== null && category === 'data-protection' && names.indexOf(found) > 1 ? 'P2' : found
}
