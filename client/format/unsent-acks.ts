import { isRecord, listOf } from '../http/read.ts'

/** An acknowledgement that was given while the server could not be reached. Its key makes sending it twice one acknowledgement. */
export interface UnsentAck {
  readonly site: string
  readonly ref: string
  readonly key: string
  /** Whose it is: nobody else's screen sends it. */
  readonly person: string
  /** Local epoch ms. */
  readonly at: number
}

/** After this an acknowledgement says nothing any more about who looks after the incident: it is not sent by itself. */
export const LAPSES_MS = 15 * 60_000

const readOne = (value: unknown): readonly UnsentAck[] => {
  if (!isRecord(value)) return []
  const { site, ref, key, person, at } = value
  return typeof site === 'string' && typeof ref === 'string' && typeof key === 'string' && typeof person === 'string' && typeof at === 'number' ? [{ site, ref, key, person, at }] : []
}

/** What storage held; anything else in it is dropped. */
export const readUnsent = (text: string | null): readonly UnsentAck[] => {
  try {
    return listOf(JSON.parse(text ?? '[]')).flatMap(readOne)
  } catch {
    return []
  }
}

/** One a reference: a second tap is the same acknowledgement. */
export const withUnsent = (held: readonly UnsentAck[], ack: UnsentAck): readonly UnsentAck[] => (held.some(({ site, ref, person }) => site === ack.site && ref === ack.ref && person === ack.person) ? held : [...held, ack])

export interface Sorted {
  readonly send: readonly UnsentAck[]
  readonly lapsed: readonly UnsentAck[]
}

/** What this person's screen may do with them now. */
export const sortUnsent = (held: readonly UnsentAck[], person: string, now: number): Sorted => {
  const mine = held.filter((ack) => ack.person === person)
  return { send: mine.filter(({ at }) => now - at < LAPSES_MS), lapsed: mine.filter(({ at }) => now - at >= LAPSES_MS) }
}
