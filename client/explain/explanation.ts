import type { ContactRow, ExplanationRow, QueueRow } from '../../server/contract/rows.ts'
import { elapsedText, elapsedToTheDecimal } from '../format/duration.ts'
import { isRecord, listOf, recordOf, textOf } from '../http/read.ts'

const isContact = (value: unknown): boolean => isRecord(value) && typeof value.contactId === 'string' && typeof value.queuedAt === 'string'

export const readExplanation = (body: unknown): ExplanationRow => {
  const answer = recordOf(body)
  if (typeof answer.formula !== 'string' || !listOf(answer.numeratorContacts).every(isContact) || !listOf(answer.denominatorContacts).every(isContact)) throw new Error('the explanation has another shape than the contract')
  // A server of the version before says nothing of limits.
  return { limit: null, since: null, sinceAtLeast: false, clears: null, range: null, ...answer } as unknown as ExplanationRow
}

/** One line of a caller's way through the house. */
export type JourneyStep =
  | { readonly kind: 'contact'; readonly at: string; readonly contactId: string; readonly queue: string; readonly channel: string; readonly outcome: ContactRow['outcome']; readonly waitMs: number | null; readonly handleMs: number | null; readonly activeMs?: number | null; readonly repeat: boolean | null }
  | { readonly kind: 'transfer'; readonly at: string; readonly contactId: string; readonly queue: string; readonly toQueue: string | null }
  | { readonly kind: 'survey'; readonly at: string; readonly contactId: string; readonly queue: string; readonly score: number }
  | { readonly kind: 'incident'; readonly at: string; readonly ref: string; readonly title: string; readonly state: string; readonly priority: string | null }

export interface Journey {
  /** False: nobody knows whose contact it was, so it stands alone. */
  readonly identified: boolean
  readonly steps: readonly JourneyStep[]
}

const kinds: ReadonlySet<string> = new Set(['contact', 'transfer', 'survey', 'incident'])
export const readJourney = (body: unknown): Journey => {
  const answer = recordOf(body)
  const steps = listOf(answer.steps).filter((step) => isRecord(step) && kinds.has(textOf(step.kind) ?? '') && typeof step.at === 'string')
  return { identified: answer.identified === true, steps: steps as unknown as readonly JourneyStep[] }
}

/** What a figure is shown as. A count has no denominator. */
export type FigureKind = 'ratio' | 'time' | 'count'
export const kindOf = ({ metric, denominator }: Pick<ExplanationRow, 'metric' | 'denominator'>): FigureKind => (/Ms/.test(metric) ? 'time' : denominator === null || metric === 'serviceLevelDebt' || metric === 'nps' ? 'count' : 'ratio')

/** A span that is over has nothing to do with the floor of now: not with its target, not with its incidents. */
export const isLive = ({ window }: Pick<ExplanationRow, 'window'>): boolean => window !== 'range'

export interface TargetBehind {
  /** Null where it was not surely the present one. */
  readonly percent: number | null
  /** In order of time; several where the target was changed meanwhile. */
  readonly withinMs: readonly number[]
}

/** What a level was counted by. Only the times are told of its contacts: the percentage is the present one, so it is said of now alone. */
export const targetBehind = (found: Pick<ExplanationRow, 'metric' | 'window' | 'thresholds'>, present: Pick<QueueRow['target'], 'percent' | 'withinMs'> | null): TargetBehind | null => {
  const { metric, thresholds } = found
  if (metric !== 'serviceLevel') return null
  if (present !== null && isLive(found) && thresholds.every((within) => within === present.withinMs)) return { percent: present.percent, withinMs: [present.withinMs] }
  return thresholds.length === 0 ? null : { percent: null, withinMs: thresholds }
}

export interface Sides {
  readonly counted: readonly ContactRow[]
  /** In the denominator alone: those that keep the figure from being better. */
  readonly missed: readonly ContactRow[]
  /** Both sides hold the same contacts, as with an average. */
  readonly same: boolean
}

export const sidesOf = ({ numeratorContacts, denominatorContacts }: Pick<ExplanationRow, 'numeratorContacts' | 'denominatorContacts'>): Sides => {
  const counted = new Set(numeratorContacts.map(({ contactId, legId }) => `${contactId} ${legId}`))
  const missed = denominatorContacts.filter(({ contactId, legId }) => !counted.has(`${contactId} ${legId}`))
  return { counted: numeratorContacts, missed, same: missed.length === 0 }
}

const secondOf = (ms: number): number => Math.floor(ms / 1000)
const secondsOf = (rows: readonly Pick<ContactRow, 'waitMs'>[]): ReadonlySet<number> => new Set(rows.flatMap(({ waitMs }) => (waitMs === null ? [] : [secondOf(waitMs)])))

/** Seconds of waiting that do not say by themselves on which side a contact is: those of a limit, and those on both sides. None where no limit of waiting decides. */
export const closeSeconds = ({ counted, missed }: { readonly counted: readonly Pick<ContactRow, 'waitMs'>[]; readonly missed: readonly Pick<ContactRow, 'waitMs'>[] }, thresholds: readonly number[]): ReadonlySet<number> => {
  if (thresholds.length === 0) return new Set()
  const reached = secondsOf(counted)
  return new Set([...thresholds.map(secondOf), ...[...secondsOf(missed)].filter((second) => reached.has(second))])
}

/** A wait as the list shows it: finer where the whole second would stand on both sides. */
export const waitText = (waitMs: number, close: ReadonlySet<number>): string => (close.has(secondOf(waitMs)) ? elapsedToTheDecimal(waitMs) : elapsedText(waitMs))
