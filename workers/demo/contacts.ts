import type { Customers } from './customers.ts'
import type { People, Person } from './people.ts'
import { demoQueues, isOpen, type DemoQueue } from './queues.ts'
import type { Stage } from './simulation.ts'

export interface Contacts {
  arrive(queue: DemoQueue): void
  /** Gives waiting contacts of a queue to people who are free. */
  match(queue: string): void
  /** Handling on a queue takes longer for a while. */
  slow(queue: string, factor: number, ms: number): void
}

interface Waiting {
  readonly contactId: string
  readonly queue: DemoQueue
  readonly ref: string | null
  readonly repeat: boolean
  readonly queuedAt: number
  state: 'waiting' | 'ringing' | 'gone'
  ringing: Person | null
}

const comments = [
  { below: 3, text: 'Waited far too long and had to explain everything twice.' },
  { below: 3, text: 'Still not fixed. Third call this week.' },
  { below: 3, text: 'Cut off after being put on hold.' },
  { below: 6, text: 'Quick and friendly, thank you.' },
  { below: 6, text: 'Sorted in one go.' },
]

export const createContacts = (stage: Stage, people: People, customers: Customers): Contacts => {
  const { chance } = stage
  const lines = new Map<string, Waiting[]>(demoQueues.map(({ id }) => [id, []]))
  const slower = new Map<string, { factor: number; until: number }>()
  const contactOf = (one: Waiting) => ({ contactId: one.contactId, queueId: one.queue.id, channel: one.queue.channel, direction: 'in' as const })
  const handleFactor = (queue: DemoQueue): number => {
    const now = slower.get(queue.id)
    return now && now.until > stage.now() ? now.factor : 1
  }

  /** A chat is written: a greeting at once, the first word of a person, and a question in the middle that is answered. No chance is drawn for it. */
  const write = (one: Waiting, at: number, by: 'customer' | 'machine' | Person): void => {
    stage.plan(at, () => stage.tell({ type: 'contact.message', ...contactOf(one), direction: by === 'customer' ? 'in' : 'out', ...(by === 'machine' ? { automated: true } : {}), ...(typeof by === 'string' ? {} : { agentId: by.seat.id }) }))
  }
  const converse = (one: Waiting, person: Person, total: number): void => {
    const begins = stage.now()
    const pace = 0.5 + (one.queuedAt % 97) / 97
    write(one, begins + Math.min(total * 0.2, 14_000 * pace), person)
    write(one, begins + total * 0.35, 'customer')
    write(one, begins + total * 0.35 + Math.min(total * 0.5, 40_000 * pace), person)
  }

  const enqueue = (one: Waiting): void => {
    lines.get(one.queue.id)?.push(one)
    const customer = one.ref === null ? undefined : { ref: one.ref }
    stage.tell({ type: 'contact.queued', ...contactOf(one), customer, position: lines.get(one.queue.id)?.length ?? 1 })
    if (one.queue.channel === 'chat') {
      write(one, stage.now() + 1_500, 'customer')
      write(one, stage.now() + 2_500, 'machine')
    }
    stage.plan(stage.now() + chance.lognormal(one.queue.patienceMs, one.queue.patienceSpread), () => giveUp(one))
    match(one.queue.id)
  }
  const leave = (one: Waiting): void => {
    one.state = 'gone'
    const line = lines.get(one.queue.id)
    const index = line?.indexOf(one) ?? -1
    if (line && index >= 0) line.splice(index, 1)
  }
  const giveUp = (one: Waiting): void => {
    if (one.state === 'gone') return
    const person = one.ringing
    leave(one)
    stage.tell({ type: 'contact.abandoned', ...contactOf(one), waitMs: Math.round(stage.now() - one.queuedAt) })
    if (person) {
      stage.tell({ type: 'contact.offer_missed', ...contactOf(one), agentId: person.seat.id, reason: 'withdrawn' })
      people.finished(person)
    }
    // About a third try again within minutes.
    if (chance.below(0.34)) {
      stage.plan(stage.now() + 20_000 + chance.exponential(200_000), () => {
        if (isOpen(one.queue, stage.minute())) enqueue(newcomer(one.queue, one.ref, true))
      })
    }
  }
  const newcomer = (queue: DemoQueue, ref: string | null, repeat: boolean, contactId = stage.nextId('c')): Waiting => ({ contactId, queue, ref, repeat, queuedAt: stage.now(), state: 'waiting', ringing: null })

  const ring = (one: Waiting, person: Person): void => {
    one.state = 'ringing'
    one.ringing = person
    const ringMs = Math.round(one.queue.channel === 'chat' ? chance.lognormal(4_000, 0.6) : chance.lognormal(3_800, 0.4))
    stage.tell({ type: 'contact.offered', ...contactOf(one), agentId: person.seat.id })
    people.become(person, 'ringing')
    const misses = chance.below(person.seat.trait === 'misses-rings' ? 0.3 : 0.008)
    stage.plan(stage.now() + (misses ? 15_000 : ringMs), () => {
      if (one.ringing !== person || one.state !== 'ringing') return
      one.ringing = null
      if (!misses) return answer(one, person, ringMs)
      one.state = 'waiting'
      stage.tell({ type: 'contact.offer_missed', ...contactOf(one), agentId: person.seat.id, ringMs: 15_000, reason: 'no_answer' })
      people.finished(person)
      match(one.queue.id)
    })
  }
  const answer = (one: Waiting, person: Person, ringMs: number): void => {
    leave(one)
    const waitMs = Math.round(stage.now() - one.queuedAt)
    stage.tell({ type: 'contact.answered', ...contactOf(one), agentId: person.seat.id, waitMs, ringMs })
    people.become(person, 'on-contact')
    const work = (one.queue.ahtMs - one.queue.acwMs) * handleFactor(one.queue)
    const total = Math.max(8_000, chance.lognormal(work, 0.75))
    const holdMs = one.queue.channel === 'voice' && chance.below(0.22) ? Math.min(total * 0.5, chance.lognormal(42_000, 0.7)) : 0
    if (holdMs > 0) {
      const heldAt = stage.now() + (total - holdMs) * (0.3 + 0.4 * chance.uniform())
      stage.plan(heldAt, () => stage.tell({ type: 'contact.held', ...contactOf(one), agentId: person.seat.id, by: 'agent' }))
      stage.plan(heldAt + holdMs, () => stage.tell({ type: 'contact.resumed', ...contactOf(one), agentId: person.seat.id, by: 'agent' }))
    }
    if (one.queue.channel === 'chat') converse(one, person, total)
    stage.plan(stage.now() + total, () => end(one, person, waitMs, Math.round(total - holdMs), Math.round(holdMs)))
  }
  const end = (one: Waiting, person: Person, waitMs: number, talkMs: number, holdMs: number): void => {
    const moved = one.queue.id === 'billing' && chance.below(0.035)
    const resolved = !moved && chance.below(one.repeat ? 0.83 : 0.88)
    if (moved) stage.tell({ type: 'contact.transferred', ...contactOf(one), agentId: person.seat.id, kind: 'blind', toQueueId: 'support', talkMs, holdMs })
    // A transferred contact is not dispositioned here: the next desk says whether it was resolved.
    stage.tell({ type: 'contact.ended', ...contactOf(one), agentId: person.seat.id, by: chance.below(0.55) ? 'customer' : 'agent', talkMs, holdMs, ...(moved ? {} : { resolved }) })
    people.become(person, 'acw')
    if (moved) {
      const support = demoQueues.find(({ id }) => id === 'support')
      if (support && isOpen(support, stage.minute())) enqueue(newcomer(support, one.ref, false, one.contactId))
    } else {
      customers.ended(one.ref, stage.now(), resolved)
      survey(one, waitMs, resolved)
    }
    wrap(one, person)
  }
  const wrap = (one: Waiting, person: Person): void => {
    const forgotten = person.seat.trait === 'long-wrap' && stage.isLiveDay() && stage.minute() > 600 && stage.minute() < 612
    const acwMs = forgotten ? 52 * 60_000 : Math.round(chance.lognormal(one.queue.acwMs, 0.8))
    stage.plan(stage.now() + acwMs, () => {
      stage.tell({ type: 'contact.wrapped', ...contactOf(one), agentId: person.seat.id, acwMs })
      people.finished(person)
    })
  }
  const survey = (one: Waiting, waitMs: number, resolved: boolean): void => {
    if (!chance.below(0.31)) return
    stage.plan(stage.now() + 30_000 + chance.exponential(240_000), () => {
      const satisfied = chance.below(Math.max(0.1, (resolved ? 0.82 : 0.42) - 0.3 * Math.min(1, waitMs / 120_000)))
      const score = satisfied ? (chance.below(0.62) ? 5 : 4) : chance.pick([1, 2, 3, 3])
      const said = chance.below(0.12) ? comments.filter(({ below }) => (score >= 4 ? below === 6 : below === 3)) : []
      stage.tell({ type: 'survey.received', ...contactOf(one), score, scaleMin: 1, scaleMax: 5, ...(said.length > 0 ? { comment: chance.pick(said).text } : {}) })
    })
  }
  const match = (queue: string): void => {
    const line = lines.get(queue) ?? []
    for (let one = line.find(({ state }) => state === 'waiting'); one; one = line.find(({ state }) => state === 'waiting')) {
      const person = people.freeFor(queue)
      if (!person) return
      ring(one, person)
    }
  }
  people.onFree((person) => {
    for (const queue of people.queuesOf(person)) if (person.state === 'available') match(queue)
  })

  return {
    arrive: (queue) => {
      const { ref, repeat } = customers.next(stage.now())
      enqueue(newcomer(queue, ref, repeat))
    },
    match,
    slow: (queue, factor, ms) => {
      slower.set(queue, { factor, until: stage.now() + ms })
    },
  }
}
