import type { Fact } from '../../server/domain/platform-events.ts'
import { fact, NINE } from './fact-builders.ts'
import type { Seeded } from './seeded-random.ts'

const S = 1_000

export interface DayOptions {
  readonly contacts?: number
  /** Length of the arrivals, ms. */
  readonly spanMs?: number
  readonly agentFacts?: boolean
  /** Who says in which state they are. */
  readonly agents?: number
  /** All of them name their queues, and no two words on one agent are of one moment. */
  readonly named?: boolean
}

const QUEUES = ['support', 'billing', 'chat'] as const

/**
 * What a written conversation is made of: bursts of the customer, an automatic answer at once, the agent's answers, and often a last word that
 * nobody answers. No chance is drawn, so that seeds tell the stories they told.
 */
const written = (say: Say, start: number, answered: number, end: number, agent: number): void => {
  const write = (from: 'customer' | 'person' | 'machine', at: number): void => void (at < end + 5 * S && say('contact.message', at, { from, agent: from === 'person' ? agent : null, queueId: null }))
  // Some platforms tell of no messages; some customers write before they are enqueued, some only once they are answered.
  if (start % 5 === 0 || start % 7 < 3) return
  write('customer', start % 5 === 1 ? answered + 2 * S : start - 20 * S + (start % 40) * S)
  write('machine', start + 2 * S)
  for (let turn = 0, at = answered + (start % 30) * S; turn < 1 + (start % 2); turn++, at += 45 * S) {
    write('person', at)
    write('customer', at + 7 * S + (answered % 11) * S)
    if (start % 3 === 0) write('customer', at + 20 * S)
  }
}

type Say = (type: Parameters<typeof fact>[0], at: number, given?: object) => void

/** One visit: waits, is offered, and ends one way or another. Answers when the contact goes on elsewhere, else null. */
const visit = (random: Seeded, say: Say, start: number, isWritten: boolean): { readonly at: number; readonly again: boolean } => {
  let at = start
  say('contact.queued', at)
  if (random.chance(0.15)) {
    at += random.whole(1, 60) * S + random.whole(0, 3)
    const waitMs = random.chance(0.5) ? at - start : null
    const how = random.pick(['contact.abandoned', 'contact.abandoned', 'contact.left_queue', 'contact.callback_requested', 'contact.failed'] as const)
    say(how, at, how === 'contact.abandoned' || how === 'contact.left_queue' ? { waitMs } : {})
    return { at, again: how === 'contact.left_queue' && random.chance(0.6) }
  }
  while (random.chance(0.3)) {
    const agent = random.whole(1, 6)
    at += random.whole(1, 8) * S
    say('contact.offered', at, { agent })
    at += random.whole(6, 12) * S
    say('contact.offer_missed', at, { agent, ringMs: 6_000, reason: random.pick(['no_answer', 'rejected', 'withdrawn']) })
  }
  const agent = random.whole(1, 6)
  at += random.whole(1, 20) * S
  say('contact.offered', at, { agent })
  at += random.whole(1, 10) * S + random.whole(0, 500)
  say('contact.answered', at, { agent, waitMs: random.chance(0.5) ? at - start : null })
  const answeredAt = at
  let held = 0
  for (let holds = random.whole(0, 2); holds > 0; holds--) {
    at += random.whole(5, 60) * S
    say('contact.held', at, { agent })
    const length = random.whole(5, 90) * S
    at += length
    held += length
    say('contact.resumed', at, { agent })
  }
  // Sometimes nobody takes the call off hold before it ends.
  if (random.chance(0.1)) say('contact.held', at + 1, { agent })
  at += random.whole(5, 400) * S
  if (isWritten) written(say, start, answeredAt, at, agent)
  const transferred = random.chance(0.15)
  // No chance is drawn for how and where to, so that seeds tell the stories they told.
  if (transferred) say('contact.transferred', at, { agent, kind: at % 2 === 0 ? 'blind' : 'attended', toQueueId: at % 3 === 0 ? QUEUES[at % QUEUES.length] : null, toAgent: at % 5 === 0 ? 1 + (at % 6) : null, toExternal: at % 7 === 0 })
  else say('contact.ended', at, { agent, by: random.pick([null, 'customer', 'agent', 'system']), resolved: random.pick([null, true, true, false]), ...(random.chance(0.3) ? { talkMs: random.whole(1, 400) * S, holdMs: held } : {}) })
  if (random.chance(0.8)) say('contact.wrapped', at + random.whole(1, 60) * S, { agent, acwMs: random.chance(0.5) ? random.whole(1, 60) * S : null })
  return { at: at + 61 * S, again: transferred }
}

const contact = (random: Seeded, contactId: string, start: number, out: Fact[]): void => {
  let queueId: string = random.pick(QUEUES)
  const channel = queueId === 'chat' ? 'chat' : 'voice'
  const say: Say = (type, at, given = {}) => void out.push(fact(type, at, { contactId, queueId, channel, ...given } as never))
  const known = random.chance(0.5) ? { subject: `s${contactId}`, previousEndAt: random.chance(0.3) ? start - random.whole(1, 9) * 86_400_000 : null } : {}
  if (random.chance(0.04)) {
    say('contact.refused', start, { reason: 'full' })
    return
  }
  let first = true
  let at = start
  for (let visits = 0; visits < 4; visits++) {
    const went = visit(random, (type, when, given = {}) => say(type, when, { ...given, ...(first && type === 'contact.queued' ? known : {}) }), at, queueId === 'chat')
    first = false
    at = went.at + random.whole(10, 40) * S
    if (!went.again) break
    queueId = random.chance(0.3) ? queueId : random.pick(QUEUES)
  }
  // Every second customer is asked, whether they answer or not: no chance is drawn, so that seeds tell the stories they told.
  if (start % 2 === 0) out.push(fact('survey.sent', at + 30 * S, { contactId, channel } as never))
  if (random.chance(0.25)) out.push(fact('survey.received', at + random.whole(60, 900) * S, { contactId, channel, comment: random.chance(0.3) ? `text-${random.whole(1, 99)}` : null, ...(random.chance(0.4) ? { score: random.whole(0, 10), scaleMin: 0, scaleMax: 10 } : { score: random.whole(1, 5) }) } as never))
}

/** Facts of a few hours on three queues and six agents, in the order in which they happened. */
export const randomDay = (random: Seeded, { contacts = 12, spanMs = 3_600_000, agentFacts = true, agents = 6, named = false }: DayOptions = {}): readonly Fact[] => {
  const out: Fact[] = []
  for (let index = 0; index < contacts; index++) contact(random, `c${index}`, NINE + random.whole(0, spanMs / S) * S + random.whole(0, 999), out)
  if (agentFacts) {
    for (let agent = 1; agent <= agents; agent++) {
      out.push(fact('agent.state', NINE - random.whole(0, 600) * S, { agent, state: 'available', queues: named || random.chance(0.8) ? [random.pick(QUEUES), random.pick(QUEUES)] : null }))
      for (let turns = random.whole(0, 4); turns > 0; turns--) {
        const state = random.pick(['available', 'aux', 'aux', 'offline', 'ringing', 'on-contact', 'acw'] as const)
        out.push(fact('agent.state', NINE + random.whole(0, spanMs / S) * S + (named ? turns : 0), { agent, state, reason: state === 'aux' ? random.pick(['Lunch', 'Training']) : null }))
      }
    }
  }
  return out.map((each, index) => [each, index] as const).sort(([a, i], [b, j]) => a.occurredAt - b.occurredAt || i - j).map(([each]) => each)
}
