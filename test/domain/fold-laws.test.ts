import { describe, expect, it } from '@jest/globals'
import type { Floor, FloorBase } from '../../server/domain/floor.ts'
import type { LogEntry } from '../../server/domain/log-entry.ts'
import type { Fact } from '../../server/domain/platform-events.ts'
import { createFloor, floorFromBase } from '../../server/domain/project-floor.ts'
import { instantOf, QUARTER_HOUR } from '../../server/domain/time.ts'
import { entriesOf, entryOf, fact, NINE, tickAt, utcSettings } from '../support/fact-builders.ts'
import { lawStory, logOfStory } from '../support/law-story.ts'
import { randomDay } from '../support/random-day.ts'
import { bookingsOf, COUNTERS, countedAt, daySums, sumsOf, visitsFrom, windowSums } from '../support/reference-reducer.ts'
import { everySeed, lawRuns, type Seeded } from '../support/seeded-random.ts'

const settings = utcSettings()
const ALL = { from: instantOf(NINE - 86_400_000), to: instantOf(NINE + 86_400_000) }

const folded = (entries: readonly LogEntry[], floor: Floor = createFloor('test', settings)): Floor => {
  for (const entry of entries) floor.apply(entry)
  return floor
}

const OF_30 = ['offered', 'answered', 'abandoned', 'answeredInTarget', 'waitMsTotal', 'ringNoAnswer', 'repeats']
const OF_60 = ['handled', 'talkMsTotal', 'surveys', 'surveyScoreTotal', 'npsPromoters', 'holdAbandoned', 'resolved']

const pick = (from: object, names: readonly string[]): Record<string, unknown> => Object.fromEntries(names.map((name) => [name, Reflect.get(from, name)]))

/** `toEqual`, but cheap while they are equal. */
const same = (received: unknown, expected: unknown): void => {
  if (JSON.stringify(received) !== JSON.stringify(expected)) expect(received).toEqual(expected)
}

/** Every contribution flows into window, day, trend and rows by one addition: of five stories one is read in all of them, the others by contacts, agents and the rows of one basis. */
const readSome = (floor: Floor, seed: number) => (seed % 5 === 0 ? readAll(floor) : { entry: floor.entry, asOf: floor.asOf, next: floor.nextTickAt(), contacts: floor.contacts(ALL), agents: agentsOf(floor), rows: floor.intervals({ ...ALL, basis: seed % 2 === 0 ? 'outcome' : 'arrival' }) })
const agentsOf = (floor: Floor) => [...floor.agentNumbers()].sort((a, b) => a - b).map((number) => floor.agent(number)).map((agent) => agent && { ...agent, contacts: [...agent.contacts].sort(), queues: [...agent.queues].sort() })

/** All that a floor can be asked for. */
const readAll = (floor: Floor) => ({
  entry: floor.entry,
  asOf: floor.asOf,
  next: floor.nextTickAt(),
  queues: [...floor.queueIds()].sort().map((id) => floor.queue(id)),
  totals: floor.totals(),
  agents: agentsOf(floor),
  bands: [...floor.agentNumbers()].sort((a, b) => a - b).map((number) => floor.bands(number, ALL.from, ALL.to)),
  outcome: floor.intervals({ ...ALL, basis: 'outcome' }),
  arrival: floor.intervals({ ...ALL, basis: 'arrival' }),
  contacts: floor.contacts(ALL),
  sources: floor.sources(),
  incidents: floor.incidents(),
})

/** What a shuffled delivery must give as well: everything but marks of lateness, clock time of agents and states by order of arrival. */
const readFacts = (floor: Floor) => ({
  queues: [...floor.queueIds()].sort().map((id) => {
    const queue = floor.queue(id)
    return queue && { ...pick(queue, ['queue', 'waiting', 'alerting', 'inProgress', 'inAcw', 'oldestWaitingSince', 'serviceLevels', 'serviceLevelFloor', 'serviceLevelDebt', 'queueHealth', 'trend']), now: pick(queue.now, [...COUNTERS, 'pending', 'waitMsP50', 'waitMsP90', 'handleMsP50', 'ahtSoFarMs', 'longestRunningSince']), today: pick(queue.today, [...COUNTERS, 'pending', 'waitMsP90', 'handleMsP90', 'maxWaitMs', 'fcrRepeat']) }
  }),
  rows: (['outcome', 'arrival'] as const).map((basis) => factsOfRows(floor, basis)),
  contacts: floor.contacts(ALL),
})
const factsOfRows = (floor: Floor, basis: 'outcome' | 'arrival') =>
  floor
    .intervals({ ...ALL, basis }).map((row) => pick(row, [...COUNTERS, 'queue', 'channel', 'from', 'pending', 'waitMsP50', 'handleMsP90'])).filter((row) => COUNTERS.some((counter) => row[counter] !== 0) || row['pending'] !== 0).sort((a, b) => `${String(a['queue'])}${String(a['channel'])}${String(a['from'])}`.localeCompare(`${String(b['queue'])}${String(b['channel'])}${String(b['from'])}`))
const readSomeFacts = (floor: Floor, seed: number) => (seed % 5 === 0 ? readFacts(floor) : { contacts: floor.contacts(ALL), rows: factsOfRows(floor, seed % 4 < 2 ? 'outcome' : 'arrival') })

const endOf = (facts: readonly Fact[], random: Seeded): number => Math.max(...facts.map((each) => each.occurredAt)) + random.whole(0, 3_000_000)

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

const invariant = (floor: Floor): void => {
  for (const row of floor.intervals({ ...ALL, basis: 'arrival' })) same(row.offered, row.answered + row.abandoned + row.callbacks + row.flowedOut + row.systemEnded + row.pending)
  for (const id of floor.queueIds()) {
    const queue = floor.queue(id)
    const rows = floor.intervals({ ...ALL, basis: 'outcome', queue: id })
    const sum = (name: 'offered' | 'answered' | 'abandoned' | 'callbacks' | 'flowedOut' | 'systemEnded') => rows.reduce((total, row) => total + row[name], 0)
    expect(sum('offered') - sum('answered') - sum('abandoned') - sum('callbacks') - sum('flowedOut') - sum('systemEnded')).toBe(queue?.waiting)
    same(Math.min(0, queue?.waiting ?? 0, queue?.alerting ?? 0, queue?.inProgress ?? 0, queue?.inAcw ?? 0), 0)
    for (const row of rows) for (const counter of [...COUNTERS, 'pending'] as const) if (Number(Reflect.get(row, counter)) < 0) throw new Error(`${counter} of ${row.queue} at ${row.from} is below zero`)
  }
  const states = floor.agentNumbers().map((number) => floor.agent(number)?.state)
  const totals = floor.totals()
  expect(states.filter((state) => state !== 'offline' && state !== 'unreachable').length).toBe(totals.signedIn)
  expect(states.filter((state) => state === 'available').length).toBe(totals.available)
  expect(totals.staffed).toBe(totals.signedIn - states.filter((state) => state === 'aux').length)
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
        }
        expect(rows.reduce((sum, row) => sum + row.handled, 0)).toBe(bookings.filter((each) => each.counter === 'handled').length)
        expect(rows.reduce((sum, row) => sum + row.offered, 0)).toBe(bookings.filter((each) => each.counter === 'offered').length)
      }
      invariant(floor)
    })
  })
})

/** Short stories for each of laws 2 and 3: 5,000 in every run of the suite, as many as LAW_RUNS says in a soak. */
const STORIES = 2_500
/** Coverage of all stories told so far, so that short ones stay rich. */
const told = new Map<string, number>()
const note = (...names: readonly string[]): void => {
  for (const name of names) told.set(name, (told.get(name) ?? 0) + 1)
}

describe('law 2: the fold of the log is the fold from any base and the rest', () => {
  it('holds for a base at any entry, through JSON, and whoever offered the ticks: rows kept live are the rows of a replay', () => {
    everySeed(lawRuns(STORIES), (random, seed) => {
      const { facts, traits } = lawStory(random, { agents: true })
      const { entries, late } = logOfStory(facts, random)
      note('stories', ...traits, ...(late ? ['late'] : []), ...facts.map(({ type }) => type))
      const cut = random.whole(0, entries.length)
      const plain = folded(entries.slice(0, cut))
      const base = seed % 2 === 0 ? JSON.stringify(plain.toBase()) : null
      const all = readSome(folded(entries.slice(cut), plain), seed)
      if (base !== null) return same(readSome(folded(entries.slice(cut), floorFromBase(JSON.parse(base) as FloorBase)), seed), all)
      const live = createFloor('test', settings)
      for (const entry of entries) {
        for (let next = live.nextTickAt(); next !== null && next < entry.at; next = live.nextTickAt()) live.apply(tickAt(next))
        live.apply(entry)
      }
      const { entry: _entry, ...ticked } = readSome(live, seed)
      const { entry: _other, ...untouched } = all
      same(ticked, untouched)
    })
  })
})

describe('law 3: any order, repetition or gap of deliveries', () => {
  it('gives the same floor in any order and however often repeated, and its sums add up whatever is lost', () => {
    everySeed(lawRuns(STORIES), (random, seed) => {
      const { facts, traits } = lawStory(random, { agents: false })
      note('shuffled stories', ...traits, ...facts.map(({ type }) => type))
      const lost = seed % 2 === 0 ? 0 : random.next() * 0.6
      const kept = facts.filter(() => !random.chance(lost))
      if (kept.length === 0) return
      const now = endOf(kept, random)
      const repeated = kept.filter(() => random.chance(0.3))
      note(...(lost > 0 ? ['gaps'] : []), ...(repeated.length > 0 ? ['repeated'] : []))
      const shuffled = folded([entryOf(now, random.shuffle([...kept, ...repeated]))])
      same(readSomeFacts(shuffled, seed), readSomeFacts(folded([...entriesOf(kept), tickAt(now)]), seed))
      if (lost > 0) invariant(shuffled)
    })
  })

  it('gives what names no visit to the one that was newest then, in whatever order numbered visits are heard of (seed 22)', () => {
    const visit = (number: number, start: number, ...types: readonly Fact['type'][]): readonly Fact[] => types.map((type, index) => fact(type as 'contact.queued', start + index * 10_000, { legId: `c1#${number}` } as never))
    const facts = [...visit(1, NINE, 'contact.queued', 'contact.answered', 'contact.transferred'), ...visit(2, NINE + 60_000, 'contact.queued', 'contact.answered', 'contact.ended'), fact('survey.received', NINE + 200_000, { score: 4 })]
    everySeed(200, (random) => {
      const contacts = folded(random.shuffle(facts).map((each) => entryOf(NINE + 300_000, [each]))).contacts(ALL)
      expect(contacts.map(({ legId, surveyScore }) => [legId, surveyScore]).sort()).toEqual([['c1#1', null], ['c1#2', 4]])
    })
  })

  it('was told rich stories: every kind of fact, two sources of one call, a midnight between, late, repeated and lost deliveries', () => {
    const stories = told.get('stories') ?? 0
    const share = (name: string, of = stories): number => (told.get(name) ?? 0) / of
    expect(['two sources', 'day turn', 'agents', 'restart', 'late'].filter((name) => share(name) < 0.1)).toEqual([])
    expect(['gaps', 'repeated'].filter((name) => share(name, told.get('shuffled stories')) < 0.3)).toEqual([])
    const kinds = ['contact.created', 'contact.queued', 'contact.refused', 'contact.offered', 'contact.offer_missed', 'contact.answered', 'contact.held', 'contact.resumed', 'contact.transferred', 'contact.abandoned', 'contact.left_queue', 'contact.ended', 'contact.wrapped', 'contact.reopened', 'contact.callback_requested', 'contact.callback_attempted', 'contact.callback_connected', 'contact.callback_failed', 'contact.failed', 'survey.received', 'agent.state', 'agent.queue_joined', 'agent.queue_left', 'source.reset', 'source.snapshot']
    expect(kinds.filter((kind) => (told.get(kind) ?? 0) === 0)).toEqual([])
    if (process.env['LAW_RUNS'] !== undefined) process.stdout.write(`${JSON.stringify(Object.fromEntries(told))}\n`)
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
