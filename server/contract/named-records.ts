import { methaneFields } from '../domain/incident/major.ts'
import { concerns, type Area } from './roles.ts'

/** Numbers of records, wherever they stand in words. */
const numbers = /INC-\d{4}-\d{6,9}/g
const whole = /^INC-\d{4}-\d{6,9}$/

/** Fields that hold what people wrote, or what they call something: a number in them is said, not named, also where it is all that they say. */
const wordFields: ReadonlySet<string> = new Set(['title', 'nature', 'location', 'service', 'reporter', 'callerId', 'text', 'ticket', 'cause', 'workaround', 'fix', 'name', 'called', ...methaneFields])
const isWords = (key: string, part: unknown): boolean => typeof part === 'string' && wordFields.has(key)

/** Queues of the records that a row names, by number; a record that is not there has none (undefined). Beside the row, never on the wire: JSON knows no symbols. */
const queuesNamed = Symbol('queues of the records that a row names')
export type QueuesByRef = ReadonlyMap<string, string | null | undefined>

/** Every number that stands in a value as a whole text, each once; not in what people wrote. */
export const numbersIn = (value: unknown): readonly string[] => {
  if (typeof value === 'string') return whole.test(value) ? [value] : []
  return typeof value !== 'object' || value === null ? [] : [...new Set(Object.entries(value).flatMap(([key, part]: [string, unknown]) => (isWords(key, part) ? [] : numbersIn(part))))]
}
export const numbersInWords = (words: string): readonly string[] => [...new Set(words.match(numbers) ?? [])]

export const withQueuesNamed = <T extends object>(row: T, queues: QueuesByRef): T => (queues.size === 0 ? row : { ...row, [queuesNamed]: queues })

/** Outside an area, or not there (any more): for whoever is limited to it that is the same. */
export const isForeign = (area: Area, queue: string | null | undefined): boolean => queue === undefined || !concerns(area, queue)

/** What is left of a value; a number alone in a field is null. `hidden` gathers what was left out. */
const without = (value: unknown, foreign: ReadonlySet<string>, hidden: string[]): unknown => {
  if (typeof value === 'string') {
    if (!foreign.has(value)) return value
    hidden.push(value)
    return null
  }
  if (Array.isArray(value)) {
    return value.flatMap((item: unknown) => {
      if (typeof item !== 'string' || !foreign.has(item)) return [without(item, foreign, hidden)]
      hidden.push(item)
      return []
    })
  }
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, part]: [string, unknown]) => [key, isWords(key, part) ? part : without(part, foreign, hidden)]))
}

/** The same without these numbers, and how many they were. */
export const withoutNumbers = (data: Readonly<Record<string, unknown>>, foreign: ReadonlySet<string>): Readonly<Record<string, unknown>> => {
  const hidden: string[] = []
  return foreign.size === 0 ? data : { ...(without(data, foreign, hidden) as Readonly<Record<string, unknown>>), elsewhere: foreign.size }
}

/**
 * A row for whoever is limited to an area: numbers of records outside are in no field of it (their pages do not exist for them), only how many
 * there are: `elsewhere` of the row, and of its problem. What people wrote is theirs, also where it has such a number in it.
 */
export const namingOnly = <T extends object>(area: Area | null, row: T): T => {
  const queues: unknown = Reflect.get(row, queuesNamed)
  if (area === null || !(queues instanceof Map)) return row
  const foreign = new Set([...(queues as QueuesByRef)].flatMap(([ref, queue]) => (isForeign(area, queue) ? [ref] : [])))
  if (foreign.size === 0) return row
  const hidden: string[] = []
  const left = without(row, foreign, hidden)
  const inProblem = numbersIn(Reflect.get(row, 'problem')).filter((ref) => foreign.has(ref)).length
  const problem: unknown = Reflect.get(left as object, 'problem')
  return { ...(left as T), elsewhere: new Set(hidden).size, ...(inProblem > 0 && typeof problem === 'object' ? { problem: { ...problem, elsewhere: inProblem } } : {}) }
}

/** Words for whoever is limited to an area, such as those of a refusal. */
export const wordsNamingOnly = (words: string, foreign: ReadonlySet<string>): string => words.replace(numbers, (ref) => (foreign.has(ref) ? 'a record of another area' : ref))
