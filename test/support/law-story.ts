import type { LogEntry } from '../../server/domain/log-entry.ts'
import type { Fact } from '../../server/domain/platform-events.ts'
import { HOUR, instantOf } from '../../server/domain/time.ts'
import { entryOf, fact, NINE } from './fact-builders.ts'
import { randomDay } from './random-day.ts'
import type { Seeded } from './seeded-random.ts'

/** Short stories for thousands of runs: few contacts, but every kind of fact, two sources of one call, a midnight in between, late and repeated deliveries. */

export interface LawStory {
  /** In the order in which it happened. */
  readonly facts: readonly Fact[]
  /** What of it befell. */
  readonly traits: readonly ('two sources' | 'day turn' | 'agents' | 'restart' | 'one customer')[]
}

const S = 1_000
const isContact = (each: Fact): each is Extract<Fact, { contactId: string }> => 'contactId' in each

/** Visits numbered as readers of a platform number them: what two sources say of one call meets by these ids. */
const withVisits = (facts: readonly Fact[]): readonly Fact[] => {
  const visits = new Map<string, number>()
  return facts.map((each) => {
    if (!isContact(each) || each.queueId === null) return each
    const before = visits.get(each.contactId) ?? 0
    const number = each.type === 'contact.queued' ? before + 1 : Math.max(1, before)
    visits.set(each.contactId, number)
    return { ...each, legId: `${each.contactId}#${number}` }
  })
}

/** Of some stories every customer is the same one, who comes again. */
const ofOne = (facts: readonly Fact[]): readonly Fact[] => facts.map((each) => ('subject' in each && each.subject !== null ? { ...each, subject: 'same' } : each))

/** The other source tells the same a moment later, under ids of its own; some of it never. */
const toldTwice = (facts: readonly Fact[], random: Seeded): readonly Fact[] =>
  withVisits(facts).flatMap((each) => {
    const pbx = { ...each, source: 'pbx' }
    return isContact(each) && random.chance(0.8) ? [pbx, { ...each, id: `${each.id}-log`, source: 'log', occurredAt: instantOf(each.occurredAt + random.whole(0, 900)) }] : [pbx]
  })

const rare = (random: Seeded, at: number): readonly Fact[] => {
  const contact = { contactId: 'rare', queueId: random.pick(['support', 'billing']), channel: 'voice' as const }
  const later = (seconds: number) => at + random.whole(1, seconds) * S
  if (random.chance(0.5)) {
    const called = later(300)
    return [fact('contact.created', at - S, { ...contact, queueId: null }), fact('contact.queued', at, contact), fact('contact.callback_requested', later(60), { ...contact, dueAt: instantOf(called) }), fact('contact.callback_attempted', called, contact), ...(random.chance(0.5) ? [fact('contact.callback_connected', called + 9 * S, contact), ...(random.chance(0.5) ? [fact('contact.answered', called + 9 * S, contact)] : []), fact('contact.ended', called + 60 * S, contact), fact('contact.wrapped', called + 70 * S, contact)] : [fact('contact.callback_failed', called + 20 * S, { ...contact, final: random.chance(0.5) })])]
  }
  return [fact('contact.queued', at, contact), fact('contact.answered', at + 5 * S, contact), fact('contact.ended', at + 90 * S, contact), fact('contact.reopened', later(900) + 90 * S, { ...contact, previousEndAt: instantOf(at + 90 * S) })]
}

const ofPlatform = (random: Seeded, at: number): Fact => {
  const agent = random.whole(1, 6)
  switch (random.whole(0, 3)) {
    case 0:
      return fact('source.reset', at, { source: 'pbx' })
    case 1:
      return fact('agent.queue_joined', at, { agent } as never) as unknown as Fact
    case 2:
      return fact('agent.queue_left', at, { agent } as never) as unknown as Fact
    default:
      return fact('source.snapshot', at, { source: 'pbx', queues: ['support'], agents: [{ agent, state: 'available', reason: null, since: null, queues: ['support'] }] })
  }
}

/** `agents`: with states of agents, and (`platform`) with what only one order gives: restarts, snapshots, and agents whose queues nobody names. */
export const lawStory = (random: Seeded, { agents, platform }: { readonly agents: boolean; readonly platform: boolean }): LawStory => {
  const dayTurn = random.chance(0.25)
  const doubled = random.chance(0.3)
  const spanMs = random.pick([600_000, 1_800_000, 3_600_000])
  // Half past eleven at night, so that the story goes on tomorrow.
  const shift = dayTurn ? 14.5 * HOUR + random.whole(0, 1_800) * S : 0
  const somewhen = () => NINE + random.whole(0, spanMs / S) * S
  const day = randomDay(random, { contacts: random.whole(1, 3), spanMs, agentFacts: false })
  // No chance is drawn, so that seeds tell the stories they told.
  const again = (day[0]?.occurredAt ?? 0) % 2 === 0
  const plain = again ? ofOne(day) : day
  const told = doubled ? toldTwice(plain, random) : plain
  const own = agents ? randomDay(random, { contacts: 0, spanMs, agentFacts: true, ...(platform ? { agents: 3 } : { agents: 6, named: true }) }) : []
  const restart = platform && random.chance(0.3) ? [ofPlatform(random, somewhen())] : []
  const all = [...told, ...own, ...restart, ...(random.chance(0.2) ? rare(random, somewhen()) : [])]
  const facts = all.map((each) => ({ ...each, occurredAt: instantOf(each.occurredAt + shift) })).sort((a, b) => a.occurredAt - b.occurredAt)
  return { facts, traits: [...(doubled ? (['two sources'] as const) : []), ...(dayTurn ? (['day turn'] as const) : []), ...(agents ? (['agents'] as const) : []), ...(restart.length > 0 ? (['restart'] as const) : []), ...(again ? (['one customer'] as const) : [])] }
}

/** The log of a story: one to five facts an entry, appended a little after they happened, some of them hours late. */
export const logOfStory = (facts: readonly Fact[], random: Seeded): { readonly entries: readonly LogEntry[]; readonly late: boolean } => {
  const late = random.chance(0.3)
  const arriving = late ? facts.map((each) => [each.occurredAt + (random.chance(0.15) ? random.whole(0, 3 * HOUR) : 0), each] as const).sort(([a], [b]) => a - b).map(([, each]) => each) : facts
  const entries: LogEntry[] = []
  for (let i = 0; i < arriving.length; ) {
    const some = arriving.slice(i, i + random.whole(1, 5))
    i += some.length
    entries.push(entryOf(Math.max(entries.at(-1)?.at ?? 0, Math.max(...some.map((each) => each.occurredAt)) + random.whole(0, 2_000)), some))
  }
  return { entries, late }
}
