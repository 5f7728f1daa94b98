import type { IntervalFigures } from '../domain/floor.ts'
import { instantOf, QUARTER_HOUR } from '../domain/time.ts'

/** Positional: a row is a quarter of its JSON with names. Only ever add at the end. */
const figures = [
  'offered', 'answered', 'abandoned', 'shortAbandoned', 'callbacks', 'flowedOut', 'systemEnded', 'pending', 'refused', 'handled', 'answeredInTarget', 'abandonedInTarget', 'transferred', 'ringNoAnswer',
  'surveys', 'surveysSatisfied', 'resolutionsAsked', 'resolved', 'waitMsTotal', 'talkMsTotal', 'holdMsTotal', 'acwMsTotal', 'abandonWaitMsTotal', 'surveyScoreTotal',
  'serviceLevel', 'asaMs', 'ahtMs', 'talkMs', 'holdMs', 'acwMs', 'abandonRate', 'occupancy', 'fcr', 'fcrMethod', 'csat', 'waitMsP50', 'waitMsP90', 'handleMsP50', 'handleMsP90',
] as const satisfies readonly (keyof IntervalFigures)[]

export const fieldOf = ({ basis, channel, from, queue }: Pick<IntervalFigures, 'basis' | 'channel' | 'from' | 'queue'>): string => `${from}|${basis === 'outcome' ? 'o' : 'a'}|${channel}|${queue}`

export interface FieldParts {
  readonly from: number
  readonly basis: IntervalFigures['basis']
  readonly channel: string
  readonly queue: string
}

export const partsOf = (field: string): FieldParts => {
  const [from = '', basis = '', channel = '', ...queue] = field.split('|')
  return { from: Number(from), basis: basis === 'o' ? 'outcome' : 'arrival', channel, queue: queue.join('|') }
}

export const encodeFigures = (row: IntervalFigures): string => {
  const length = row.to - row.from
  return JSON.stringify([row.complete ? 1 : 0, row.revised ? 1 : 0, length === QUARTER_HOUR ? 0 : length, ...figures.map((name) => row[name])])
}

export const decodeFigures = (field: string, text: string): IntervalFigures => {
  const { from, basis, channel, queue } = partsOf(field)
  const [complete, revised, length, ...values] = JSON.parse(text) as readonly (number | string | null)[]
  const named = Object.fromEntries(figures.map((name, i) => [name, values[i] ?? null]))
  return { ...named, queue, channel, basis, from: instantOf(from), to: instantOf(from + (Number(length) || QUARTER_HOUR)), complete: complete === 1, revised: revised === 1 } as unknown as IntervalFigures
}
