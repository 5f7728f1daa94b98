import { setImmediate as breathe } from 'node:timers/promises'
import type { CanonicalEvent } from '../../server/contract/events.ts'
import type { Fact } from '../../server/domain/platform-events.ts'
import { instantOf, type Instant } from '../../server/domain/time.ts'
import { openPipeline, type PipelineDeps } from '../../server/ingest/pipeline.ts'
import { endsTally } from '../keeper/keep-ends.ts'
import type { ImportedFacts } from '../keeper/imported-facts.ts'
import type { Simulation } from './simulation.ts'

const HOUR = 3_600_000
const CHUNK = 1_000

export interface PastDeps extends Pick<PipelineDeps, 'sealed' | 'queueNames' | 'now'> {
  readonly site: string
  readonly facts: ImportedFacts
  /** Told of each bad answer (2 or less of 5). */
  readonly badAnswer: (contactId: string, at: number) => void
  /** Asked between hours: false ends the import, which begins anew the next time. */
  readonly playing: () => boolean
}

/** Contacts belong to the day on which they began: those that began before `until` are told to their end, nothing else after it. */
export const begunBefore = (until: number): ((event: CanonicalEvent) => boolean) => {
  const begun = new Set<string>()
  return (event) => {
    const early = Date.parse(event.occurredAt) < until
    if (!('contactId' in event)) return early
    if (event.type === 'contact.queued' && early) begun.add(event.contactId)
    return begun.has(event.contactId)
  }
}

/** The other half: contacts that began at `from` or later, and everything that is no contact. */
export const begunSince = (from: number): ((event: CanonicalEvent) => boolean) => {
  const begun = new Set<string>()
  return (event) => {
    if (!('contactId' in event)) return true
    if (event.type === 'contact.queued' && Date.parse(event.occurredAt) >= from) begun.add(event.contactId)
    return begun.has(event.contactId)
  }
}

/** A customer's last contact as the imported facts tell it: the door asks for it as it asks Redis for the living. */
const rememberedEnds = () => {
  const tally = endsTally()
  const ended = new Map<string, Instant>()
  return {
    read: (facts: readonly Fact[], at: Instant) => {
      tally.read({ kind: 'facts', facts, id: '0-0', at })
      for (const [token, end] of tally.take()) ended.set(token, end)
    },
    previous: async (_site: string, tokens: readonly string[]) => tokens.map((token) => ended.get(token) ?? null),
  }
}

/** Tells the simulation's days from `from` up to `until` to the archive, through the same checks and sealing as the live door. False when it was ended. */
export const importPast = async (simulation: Simulation, { from, until }: { readonly from: number; readonly until: number }, { site, facts, sealed, queueNames, now, badAnswer, playing }: PastDeps): Promise<boolean> => {
  const ends = rememberedEnds()
  const [isPast, isTold] = [begunBefore(until), begunSince(from)]
  const pipeline = openPipeline({
    sealed,
    queueNames,
    now,
    ends,
    log: {
      accept: async (_site, items) => {
        const told = items.map(({ fact }) => fact)
        ends.read(told, instantOf(told.at(-1)?.occurredAt ?? 0))
        await facts.add(told)
        return { outcomes: items.map(() => 'accepted' as const), revision: '', entry: '0-0' }
      },
    },
  })
  // Two hours more, for the contacts that began before midnight.
  for (let at = simulation.at() + HOUR; at <= until + 2 * HOUR; at += HOUR) {
    const events = simulation.advance(at).filter((event) => isPast(event) && isTold(event) && Date.parse(event.occurredAt) >= from)
    for (const event of events) if (event.type === 'survey.received' && (event.score ?? 5) <= 2) badAnswer(event.contactId, Date.parse(event.occurredAt))
    for (let i = 0; i < events.length; i += CHUNK) await pipeline.acceptEvents(site, events.slice(i, i + CHUNK), { credentialId: 'demo', mode: 'import' })
    await breathe()
    if (!playing()) {
      await facts.abandon()
      return false
    }
  }
  await facts.finish()
  return true
}
