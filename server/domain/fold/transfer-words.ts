import type { AgentNumber, ContactFact } from '../platform-events.ts'

/** What is told of a transfer beside its figures: no sum needs it, so it is no column of the fact. */
export interface TransferWords {
  readonly kind: 'blind' | 'attended' | null
  readonly toQueue: string | null
  readonly toAgent: AgentNumber | null
  readonly external: boolean
}

/** One telling of it; `agent` is -1 where none was named. */
export type ToldTransfer = readonly [at: number, agent: number, words: string]

const KINDS = { blind: 'b', attended: 'a' } as const

/** As one text, so that it travels where a fact's token does; the queue stands last, since its id may hold anything. */
export const transferText = (kind: string | null, toQueue: string | null, toAgent: number | null, external: boolean): string =>
  `${kind === 'blind' || kind === 'attended' ? KINDS[kind] : '-'}${external ? 'x' : '-'}${toAgent ?? ''}:${toQueue ?? ''}`

export const transferTextOf = ({ kind, toQueueId, toAgent, toExternal }: Extract<ContactFact, { readonly type: 'contact.transferred' }>): string => transferText(kind, toQueueId, toAgent, toExternal)

export const transferWordsIn = (text: string): TransferWords => {
  const colon = text.indexOf(':')
  const agent = text.slice(2, colon)
  const queue = text.slice(colon + 1)
  return { kind: text.startsWith('b') ? 'blind' : text.startsWith('a') ? 'attended' : null, external: text[1] === 'x', toAgent: agent === '' ? null : Number(agent), toQueue: queue === '' ? null : queue }
}

const compare = (a: ToldTransfer, b: ToldTransfer): number => a[0] - b[0] || a[1] - b[1] || (a[2] < b[2] ? -1 : a[2] > b[2] ? 1 : 0)

/** In order and without repeats, however they came. */
export const withTold = (known: readonly ToldTransfer[], told: ToldTransfer): readonly ToldTransfer[] =>
  known.some((one) => compare(one, told) === 0) ? known : [...known, told].sort(compare)
