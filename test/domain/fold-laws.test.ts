import { describe, expect, it } from '@jest/globals'
import type { LogEntry } from '../../server/domain/log-entry.ts'
import type { Fact } from '../../server/domain/platform-events.ts'
import { createFloor } from '../../server/domain/project-floor.ts'
import { QUARTER_HOUR } from '../../server/domain/time.ts'
import { entriesOf, entryOf, fact, NINE, tickAt, utcSettings } from '../support/fact-builders.ts'
import { endOf, foldFromAnyBase, poorIn } from '../support/fold-laws.ts'
import { ALL, folded, invariant, pick, readFacts, same } from '../support/fold-readings.ts'
import { runLaws } from '../support/law-runs.ts'
import { randomDay } from '../support/random-day.ts'
import { bookingsOf, COUNTERS, RESPONSES, countedAt, daySums, sumsOf, visitsFrom, windowSums } from '../support/reference-reducer.ts'
import { everySeed, lawRuns, type Seeded } from '../support/seeded-random.ts'

const settings = utcSettings()

const OF_30 = ['offered', 'answered', 'abandoned', 'answeredInTarget', 'waitMsTotal', 'ringNoAnswer', 'repeats', 'identifiedAnswered', 'repeatsAnswered']
const OF_60 = ['handled', 'talkMsTotal', 'activeMsTotal', 'surveys', 'surveyScoreTotal', 'npsPromoters', 'holdAbandoned', 'resolved']

/** The log of a day: one to five facts an entry, appended a little after they happened. */
const logOf = (facts: readonly Fact[], random: Seeded): LogEntry[] => {
  const entries: LogEntry[] = []
  for (let i = 0; i < facts.length; ) {
    const some = facts.slice(i, i + random.whole(1, 5))
    i += some.length
    const last = entries.at(-1)?.at ?? 0
    entries.push(entryOf(Math.max(last, Math.max(...some.map((each) => each.occurredAt)) + random.whole(0, 2_000)), some))
  }
  return entries
}

describe('the fold beside the plain reducer', () => {
  it('gives every counter of window, day and interval on both bases', () => {
    everySeed(lawRuns(), (random) => {
      const facts = randomDay(random)
      const now = endOf(facts, random)
      const floor = folded([...logOf(facts, random), tickAt(now)])
      const visits = visitsFrom(facts, settings)
      const bookings = bookingsOf(visits, settings, now)
      for (const id of new Set(visits.map((visit) => visit.queue))) {
        const queue = floor.queue(id)
        const own = bookings.filter((each) => each.queue === id)
        same(pick(queue?.today ?? {}, COUNTERS), daySums(own, now))
        same(pick(queue?.now ?? {}, COUNTERS), windowSums(own, now))
        const { digital } = queue ?? {}
        // Callers who are passed on are heard in the queue of chats as well: it is no written one while nobody writes.
        expect(digital !== undefined).toBe(own.some(({ channel }) => channel !== 'voice'))
        if (digital !== undefined) same([pick(digital.today, RESPONSES), pick(digital.now, RESPONSES)], [daySums(own, now, RESPONSES), windowSums(own, now, RESPONSES)])
        // Windows that nobody keeps are what the kept ones say, where both exist.
        same(pick(floor.window({ queue: id, window: 'today' })?.figures ?? {}, COUNTERS), daySums(own, now))
        same({ ...pick(floor.window({ queue: id, window: 'R30' })?.figures ?? {}, OF_30), ...pick(floor.window({ queue: id, window: 'R60' })?.figures ?? {}, OF_60) }, { ...pick(windowSums(own, now), OF_30), ...pick(windowSums(own, now), OF_60) })
        same(pick(floor.rolling(id, 30) ?? {}, OF_30), pick(queue?.now ?? {}, OF_30))
        same(pick(floor.rolling(id, 60) ?? {}, [...OF_60, ...OF_30]), pick(floor.window({ queue: id, window: 'R60' })?.figures ?? {}, [...OF_60, ...OF_30]))
        same(pick(floor.rolling(id, 15) ?? {}, [...OF_60, ...OF_30]), pick(floor.window({ queue: id, window: 'R15' })?.figures ?? {}, [...OF_60, ...OF_30]))
        const standing = visits.filter((visit) => visit.queue === id)
        const waiting = standing.filter((visit) => visit.outcome === 'pending')
        const talking = standing.filter((visit) => visit.handlings.some((handling) => handling.endedAt === null))
        const wrapping = standing.filter((visit) => !talking.includes(visit) && visit.handlings.some((handling) => countedAt(handling, now, settings.defaults.acwCapMs) === null))
        expect(queue).toMatchObject({ waiting: waiting.length, inProgress: talking.length, inAcw: wrapping.length })
      }
      for (const basis of ['outcome', 'arrival'] as const) {
        const rows = floor.intervals({ ...ALL, basis })
        for (const row of rows) {
          const own = bookings.filter((each) => each.queue === row.queue && each.channel === row.channel && Math.floor((basis === 'outcome' ? each.at : each.arrivedAt) / QUARTER_HOUR) * QUARTER_HOUR === row.from)
          same(pick(row, COUNTERS), sumsOf(own))
          if (row.channel === 'chat') same(pick(row, RESPONSES), sumsOf(own, RESPONSES))
        }
        expect(rows.reduce((sum, row) => sum + row.handled, 0)).toBe(bookings.filter((each) => each.counter === 'handled').length)
        expect(rows.reduce((sum, row) => sum + row.offered, 0)).toBe(bookings.filter((each) => each.counter === 'offered').length)
      }
      invariant(floor)
    })
  })
})

/** Short stories for each of laws 2 and 3; 100,000 of each in `npm run soak -- laws`. */
const STORIES = 5_000

describe('laws 2 and 3, told as short stories', () => {
  it('hold: a base at any entry and the rest of the log, whoever offered the ticks, and any order, repetition or gap of deliveries give the same floor', async () => {
    const { told, failures } = await runLaws({ first: 1, runs: STORIES, processes: 1 })
    expect(failures).toEqual([])
    // Every kind of fact, two sources of one call, a midnight between, late, repeated and lost deliveries.
    expect(poorIn(told)).toEqual([])
    expect([told.get('stories'), told.get('shuffled stories')]).toEqual([STORIES, STORIES])
  }, 300_000)

  it('hold where somebody who waits is dialled before the promise is told (seed 863218092): the dial is over by the clock', () => {
    everySeed(1, (random) => foldFromAnyBase(random, 863_218_092, new Map()), 863_218_092)
    const floor = folded([entryOf(NINE, [fact('agent.state', NINE, { queues: ['support'] }), fact('contact.queued', NINE), fact('contact.callback_attempted', NINE + 30_000)]), entryOf(NINE + 40_000, [fact('contact.callback_requested', NINE + 40_000)])])
    expect(floor.agent(7 as never)?.state).toBe('on-contact')
    floor.apply(tickAt(NINE + 151_000))
    expect(floor.agent(7 as never)?.state).toBe('available')
    // Also of one who waits on.
    const waiting = folded([entryOf(NINE, [fact('agent.state', NINE, { queues: ['support'] }), fact('contact.queued', NINE), fact('contact.callback_attempted', NINE + 30_000)]), tickAt(NINE + 151_000)])
    expect([waiting.agent(7 as never)?.state, waiting.queue('support')?.waiting]).toEqual(['available', 1])
  })

  it('hold where everybody leaves within a minute and somebody comes late (seeds 1400714230, 1400721770, 1400768840)', () => {
    for (const seed of [1_400_714_230, 1_400_721_770, 1_400_768_840]) everySeed(1, (random) => foldFromAnyBase(random, seed, new Map()), seed)
  })
})

describe('law 3: any order, repetition or gap of deliveries', () => {
  it('gives what names no visit to the one that was newest then, in whatever order numbered visits are heard of (seed 22)', () => {
    const visit = (number: number, start: number, ...types: readonly Fact['type'][]): readonly Fact[] => types.map((type, index) => fact(type as 'contact.queued', start + index * 10_000, { legId: `c1#${number}` } as never))
    const facts = [...visit(1, NINE, 'contact.queued', 'contact.answered', 'contact.transferred'), ...visit(2, NINE + 60_000, 'contact.queued', 'contact.answered', 'contact.ended'), fact('survey.received', NINE + 200_000, { score: 4 })]
    everySeed(200, (random) => {
      const contacts = folded(random.shuffle(facts).map((each) => entryOf(NINE + 300_000, [each]))).contacts(ALL)
      expect(contacts.map(({ legId, surveyScore }) => [legId, surveyScore]).sort()).toEqual([['c1#1', null], ['c1#2', 4]])
    })
  })

  it('gives a visit to the queue that was named first, though the customer had written before it', () => {
    const chat = { queueId: 'chat' }
    const stories: readonly (readonly Fact[])[] = [
      [fact('contact.message', NINE, { from: 'machine' }), fact('contact.answered', NINE + 24_000, chat), fact('contact.queued', NINE + 175_000, chat)],
      [fact('contact.message', NINE), fact('contact.wrapped', NINE + 129_000, { ...chat, agent: 2 }), fact('contact.held', NINE + 296_000, { agent: 5 }), fact('contact.offered', NINE + 300_000, chat)],
    ]
    for (const facts of stories) {
      const expected = readFacts(folded([...entriesOf(facts), tickAt(NINE + 400_000)]))
      everySeed(30, (random) => same(readFacts(folded([entryOf(NINE + 400_000, random.shuffle(facts))])), expected))
    }
  })

  const holdsWithLoss = (random: Seeded): void => {
    const facts = randomDay(random)
    const lost = random.next() * 0.6
    const kept = facts.filter(() => !random.chance(lost))
    if (kept.length === 0) return
    const entries = logOf(random.chance(0.5) ? random.shuffle(kept) : kept, random)
    const floor = createFloor('test', settings)
    for (const entry of entries) {
      floor.apply(entry)
      if (random.chance(0.1)) invariant(floor)
    }
    invariant(floor)
    same(readFacts(folded([entryOf(floor.asOf, random.shuffle(kept))])), readFacts(floor))
  }

  it('keeps offered = answered + abandoned + callback + flowed out + system + pending with facts lost', () => {
    everySeed(lawRuns(), holdsWithLoss)
  })

  it('knows a queue that only an outdated report of an agent names (seed 480)', () => {
    everySeed(1, holdsWithLoss, 480)
  })

  it('merges ten thousand shuffles of one leg to the same leg', () => {
    const facts = [
      fact('contact.created', NINE - 1_000, { subject: 's' }),
      fact('contact.queued', NINE),
      fact('contact.offered', NINE + 2_000, { agent: 4 }),
      fact('contact.offer_missed', NINE + 9_000, { agent: 4 }),
      fact('contact.offered', NINE + 10_000),
      fact('contact.answered', NINE + 14_000),
      fact('contact.held', NINE + 60_000),
      fact('contact.resumed', NINE + 90_000),
      fact('contact.ended', NINE + 240_000, { resolved: true }),
      fact('contact.wrapped', NINE + 260_000),
      fact('survey.received', NINE + 400_000),
    ]
    const now = NINE + 500_000
    const expected = readFacts(folded([...entriesOf(facts), tickAt(now)]))
    expect(expected.contacts).toMatchObject([{ outcome: 'answered', waitMs: 14_000, talkMs: 196_000, holdMs: 30_000, acwMs: 20_000, ringNoAnswer: 1, resolved: true, surveyScore: 5 }])
    everySeed(10_000, (random) => {
      same(folded([entryOf(now, random.shuffle(facts))]).contacts(ALL), expected.contacts)
    })
  })
})
