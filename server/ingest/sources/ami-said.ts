import { createHash } from 'node:crypto'
import type { CanonicalEvent } from '../../contract/events.ts'

type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never
export type Draft = DistributiveOmit<CanonicalEvent, 'id' | 'occurredAt' | 'source'>

/** What a frame came to mean, before it has an id. */
export interface Said {
  readonly draft: Draft
  /** ms */
  readonly at: number
  /** What the id is made of: the same fact told by two connections has one id. */
  readonly key: string
}

export const say = (draft: Draft, at: number, ...key: readonly (string | number)[]): Said => ({ draft, at, key: key.join(' ') })
export const iso = (at: number): string => new Date(Math.round(at)).toISOString()

export const eventsOf = (source: string, said: readonly Said[]): CanonicalEvent[] =>
  said.map(({ draft, at, key }) => {
    // Members date some of what they tell back; the envelope has that time already.
    const { at: _, ...event } = { at: 0, ...draft }
    return { ...event, id: `ami-${createHash('sha256').update(`${source} ${key}`).digest('base64url').slice(0, 22)}`, occurredAt: iso(at), source }
  })
