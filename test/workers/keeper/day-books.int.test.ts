import { afterEach, beforeEach, expect, it, jest } from '@jest/globals'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Fact } from '../../../server/domain/platform-events.ts'
import { createFloor, floorFromBase } from '../../../server/domain/project-floor.ts'
import { defaultFloorSettings } from '../../../server/domain/settings.ts'
import { DAY, HOUR, instantOf, MINUTE, QUARTER_HOUR } from '../../../server/domain/time.ts'
import { connect, type Redis } from '../../../server/redis/connect.ts'
import { openCorrections } from '../../../server/redis/corrections.ts'
import { openDayBooks } from '../../../server/redis/day-books.ts'
import { openFloorLog } from '../../../server/redis/floor-log.ts'
import { openHistory } from '../../../server/redis/history.ts'
import { keysUnder } from '../../../server/redis/keys.ts'
import { entryFields } from '../../../server/redis/log-codec.ts'
import { openCohortDays } from '../../../server/redis/cohort-days.ts'
import { openLateAnswers } from '../../../server/redis/late-answers.ts'
import { openManifest } from '../../../server/redis/manifest.ts'
import { openRecomputeRows } from '../../../server/redis/recompute-rows.ts'
import { openSealed } from '../../../server/redis/sealed.ts'
import type { RegisteredSite } from '../../../server/redis/sites.ts'
import { openSnapshots } from '../../../server/redis/snapshots.ts'
import { openReplicas } from '../../../server/replica/replicas.ts'
import { keepArchive } from '../../../workers/keeper/archive.ts'
import { foldAgain } from '../../../workers/keeper/fold-again.ts'
import { openImportedFacts } from '../../../workers/keeper/imported-facts.ts'
import { keepBooks } from '../../../workers/keeper/keep-books.ts'
import { keepCohorts } from '../../../workers/keeper/keep-cohorts.ts'
import { keepLateAnswers } from '../../../workers/keeper/keep-late-answers.ts'
import { keepRows } from '../../../workers/keeper/keep-rows.ts'
import { openKeeper } from '../../../workers/keeper/keeper.ts'
import type { Floor } from '../../../server/domain/floor.ts'
import { agentFigures } from '../../../server/domain/kpi/agent-sums.ts'
import { queueBands } from '../../../server/domain/plan/queue-bands.ts'
import { readAgentReport } from '../../../server/live/agent-report.ts'
import { agentStates } from '../../../server/live/agent-states.ts'
import { cohortReads } from '../../../server/live/cohort-reads.ts'
import type { Scope } from '../../../server/live/scope.ts'
import { openOwedReads } from '../../../server/live/owed-reads.ts'
import { openFollowUps } from '../../../server/redis/follow-ups.ts'
import { openHistoryReads } from '../../../server/live/history-reads.ts'
import { recordingLog } from '../../support/quiet-log.ts'
import { fact, NINE } from '../../support/fact-builders.ts'
import { randomDay } from '../../support/random-day.ts'
import { redisServer, type RedisServer, until } from '../../support/redis-server.ts'
import { seeded } from '../../support/seeded-random.ts'

jest.setTimeout(120_000)

const keys = keysUnder('t')
const site: RegisteredSite = { id: 'a', name: 'A', timeZone: 'UTC', founded: { id: 'a', name: 'A', timeZone: 'UTC' } }
const sites = { get: () => site, list: () => [site], onChange: () => () => undefined }
const fold = { createFloor, floorFromBase }
const log = recordingLog()

let server: RedisServer
let redis: Redis
let archiveDir: string
const closers: (() => Promise<unknown>)[] = []

beforeEach(async () => {
  server = redisServer()
  await server.start()
  redis = await connect({ url: server.url, name: 'test', log })
  archiveDir = mkdtempSync(join(tmpdir(), 'fw-books-'))
})
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
  redis.destroy()
  await server.remove()
  rmSync(archiveDir, { recursive: true, force: true })
})

it('contacts and rows of a closed day are read from its book once the live floor has forgotten them', async () => {
  // One call is handed on within its visit: two agents handled it.
  const handed = (type: 'contact.queued' | 'contact.answered' | 'contact.transferred' | 'contact.ended', seconds: number, agent: number): Fact => fact(type as 'contact.answered', NINE + seconds * 1_000, { contactId: 'handed', agent })
  const facts: readonly Fact[] = [...randomDay(seeded(7), { contacts: 150, agentFacts: false }), handed('contact.queued', 0, 3), handed('contact.answered', 10, 3), handed('contact.transferred', 100, 3), handed('contact.answered', 110, 4), handed('contact.ended', 200, 4)].sort((a, b) => a.occurredAt - b.occurredAt)
  const first = Math.floor((facts[0]?.occurredAt ?? 0) / DAY) * DAY
  const oracle = createFloor('a', defaultFloorSettings({ id: 'a', name: 'A', timeZone: 'UTC' }, instantOf(0)))
  const written: Promise<unknown>[] = []
  for (const [index, fact] of facts.entries()) {
    written.push(redis.xAdd(keys.site('a').log, `${fact.occurredAt}-*`, { ...entryFields(fact.occurredAt, { kind: 'facts', facts: [fact] }) }))
    oracle.apply({ kind: 'facts', facts: [fact], id: `${fact.occurredAt}-${index}`, at: fact.occurredAt })
  }
  await Promise.all(written)
  // Two further days, so that the first one is beyond the live floor's reach.
  const asked = instantOf(first + 2 * DAY + 21 * HOUR)
  // A customer answers late, beyond what the floor holds of the call.
  const answer = fact('survey.received', asked, { contactId: 'handed', queueId: 'support', score: 2 })
  for (let at = first + DAY; at <= first + 4 * DAY; at += HOUR) await redis.xAdd(keys.site('a').log, `${at}-*`, { ...entryFields(at, at === asked ? { kind: 'facts', facts: [answer] } : { kind: 'tick' }) })
  oracle.apply({ kind: 'tick', id: `${first + DAY}-0`, at: instantOf(first + DAY) })
  const range = { from: instantOf(first), to: instantOf(first + DAY) }
  const want = oracle.contacts(range)
  const wantRows = oracle.intervals({ ...range, basis: 'outcome' })

  const manifest = openManifest({ redis, keys })
  const history = openHistory({ redis, keys, now: () => instantOf(first + 4 * DAY) })
  const replicas = openReplicas({ url: server.url, redis, keys, log, sites, fold })
  closers.push(replicas.close)
  const shared = { redis, keys, log: openFloorLog({ redis, keys }), logger: log, fold, sites, archiveDir, snapshots: openSnapshots({ redis, keys }), manifest, history, corrections: openCorrections({ redis, keys }) }
  const lateAnswers = openLateAnswers({ redis, keys })
  const keeper = openKeeper({ redis, keys, log, sites, replicas, floorLog: shared.log, holder: 'one', parts: [keepArchive({ ...shared, everyMs: 100 }), foldAgain({ ...shared, everyMs: 50 }), keepBooks({ ...shared, everyMs: 100 }), keepLateAnswers({ lateAnswers, log })] })
  closers.push(keeper.close)
  await until(async () => (await manifest.books('a')).some(({ day, final }) => final && Date.parse(day) === first), 'the final book of the first day', 90_000)

  const books = openDayBooks({ manifest, archiveDir })
  const replica = await replicas.get('a')
  expect(replica.floor.contacts(range)).toEqual([])
  const agents = { numbersOf: async () => [], find: async () => [3], resolve: async () => new Map(), known: () => null, erase: async () => false }
  const { texts } = openSealed({ redis, keys, dataKey: Buffer.alloc(32, 7) })
  const reads = openHistoryReads({ replicas: { get: async () => replica }, sealed: { agents, texts }, recomputes: openRecomputeRows({ redis, keys }), history: { readRows: async () => [], knowsQueue: async () => true }, books, lateAnswers })
  const scope = { key: '', fields: 'staff' as const, area: null, person: null }
  const contacts = []
  for await (const contact of reads.contacts('a', scope, { ...range, queue: undefined, outcome: undefined, agent: undefined })) contacts.push(contact)
  expect(want.length).toBeGreaterThan(100)
  expect(contacts.map(({ contactId, queuedAt, outcome, waitMs, talkMs }) => [contactId, queuedAt, outcome, waitMs, talkMs])).toEqual(want.map(({ contactId, queuedAt, outcome, waitMs, talkMs }) => [contactId, queuedAt, outcome, waitMs, talkMs]))

  // Of an agent: everybody who handled the contact, not the last alone.
  const ofThree = []
  for await (const { contactId, queuedAt } of reads.contacts('a', scope, { ...range, queue: undefined, outcome: undefined, agent: 'three' })) ofThree.push([contactId, queuedAt])
  const live = oracle.contacts({ ...range, agent: 3 })
  expect(live.some(({ agent }) => agent !== 3)).toBe(true)
  expect(ofThree).toEqual(live.map(({ contactId, queuedAt }) => [contactId, queuedAt]))

  // Of one contact and of one customer, the answer that came late with it.
  expect(await reads.visits('a', scope, { contactId: 'handed' }, range)).toMatchObject([{ contactId: 'handed', agent: 4, surveyAt: asked, surveyScore: 2 }])
  const subject = want.find((contact) => contact.subject !== null)?.subject ?? 'none'
  expect((await reads.visits('a', scope, { subject }, range)).map(({ contactId, legId }) => [contactId, legId])).toEqual(want.filter((contact) => contact.subject === subject).map(({ contactId, legId }) => [contactId, legId]))
  expect((await manifest.books('a')).every(({ contactIndex }) => contactIndex !== undefined)).toBe(true)

  // The answer that came after the book was made stands with its call.
  expect(contacts.filter(({ surveyAt }) => surveyAt === asked)).toMatchObject([{ contactId: 'handed', surveyScore: 2, agent: 4 }])
  expect(await reads.lateAnswers('a', scope, { from: asked, to: instantOf(asked + 1) })).toEqual([{ contactId: 'handed', queue: 'support', at: asked, score: 2, comment: null }])

  // Nobody has called about it: what is owed is read from floor, books and late answers together.
  const owed = openOwedReads({ reads, books, manifest, followUps: openFollowUps({ redis, keys }), now: () => replica.floor.asOf })
  expect(await owed('a', scope, null)).toMatchObject({ callbacks: { dueNow: 0, oldestDueAt: null }, followUps: { open: 0, late: 1 } })
  const dayAfter = openOwedReads({ reads, books, manifest, followUps: openFollowUps({ redis, keys }), now: () => replica.floor.asOf })
  await openFollowUps({ redis, keys }).done('a', 'handed', { at: asked, by: 'ann' })
  expect((await dayAfter('a', scope, 'support')).followUps).toEqual({ open: 0, late: 0 })

  // Who was on the queue when, and how right quotes were, as the floor said it then; what no book has is not known.
  const states = await agentStates(books, 'a', replica.floor, range.from, range.to)
  expect(oracle.agentNumbers().map(states.of)).toEqual(oracle.agentNumbers().map((agent) => queueBands(oracle.bands(agent, range.from, range.to))))
  expect([states.of(3).length > 0, states.known(range.from, range.to), (await agentStates(books, 'a', replica.floor, instantOf(first - DAY), range.to)).known(instantOf(first - HOUR), range.to)]).toEqual([true, true, false])
  const hourly = Array.from({ length: 24 }, (_, hour) => oracle.quotes({ from: instantOf(first + hour * HOUR), to: instantOf(first + (hour + 1) * HOUR) })).flat()
  expect(hourly.length).toBeGreaterThan(0)
  expect(await books.quotes('a', range.from, range.to)).toEqual(hourly)

  // What agents did and were, as the floor said it then; of days that no book has, nothing is known.
  const days = { from: instantOf(first - DAY), to: range.to, by: 'day' as const, day: { timeZone: 'UTC', startsAt: '00:00' }, gone: () => false }
  const readFrom = (floor: Floor, from: typeof books | null, to = days.to) => readAgentReport({ books: from ?? { ...books, agents: async function* () {}, agentsKept: async () => [] }, plans: { schedule: async () => [] }, adherence: async () => ({ activities: {} }), cohorts: { agents: async function* () {} } }, 'a', floor, { ...days, to })
  const [then, now] = [await readFrom(oracle, null), await readFrom(replica.floor, books)]
  const figuresOf = ({ parts }: typeof then) => parts.map(({ agent, day, team, sums }) => ({ agent, day, team, ...agentFigures(sums) })).sort((a, b) => a.agent - b.agent)
  expect(figuresOf(now)).toEqual(figuresOf(then))
  expect([figuresOf(now).reduce((sum, { handled }) => sum + handled, 0) > 100, now.notKept]).toEqual([true, [{ from: days.from, to: range.from }]])

  // What is still to come is missing nowhere.
  expect((await readFrom(oracle, null, instantOf(range.to + 2 * DAY))).notKept.filter((part) => part.to > oracle.asOf)).toEqual([])

  const rows = await books.rows('a', range.from, range.to, 'outcome')
  const sums = (all: readonly { readonly offered: number; readonly answered: number; readonly waitMsTotal: number }[]) => all.reduce((sum, row) => [sum[0] + row.offered, sum[1] + row.answered, sum[2] + row.waitMsTotal] as const, [0, 0, 0] as readonly [number, number, number])
  expect(sums(rows)).toEqual(sums(wantRows))
  // Each making replaces the files of the one before.
  expect(readdirSync(join(archiveDir, 'a', new Date(first).toISOString().slice(0, 10))).filter((name) => /^(contacts|index|rows|beside|agents|agent-days)-/.test(name))).toHaveLength(6)
})

it('a call that began before midnight is ended in its own day by the import of the day after', async () => {
  const manifest = openManifest({ redis, keys })
  const history = openHistory({ redis, keys, now: () => instantOf(Date.now()) })
  const replicas = openReplicas({ url: server.url, redis, keys, log, sites, fold })
  closers.push(replicas.close)
  const shared = { redis, keys, log: openFloorLog({ redis, keys }), logger: log, fold, sites, archiveDir, manifest, history, corrections: openCorrections({ redis, keys }) }
  closers.push(openKeeper({ redis, keys, log, sites, replicas, floorLog: shared.log, holder: 'one', parts: [foldAgain({ ...shared, everyMs: 20 }), keepCohorts({ manifest, archiveDir, logger: log, everyMs: 20 })] }).close)
  const midnight = Date.parse('2019-03-05T00:00:00.000Z')
  const call = (type: 'contact.queued' | 'contact.answered' | 'contact.ended', at: number): Fact => fact(type as 'contact.answered', instantOf(at), { contactId: 'night', agent: 1, id: type, ...(type === 'contact.queued' ? { subject: 'token-1' } : {}) } as object)
  for (const [id, facts] of [['one', [call('contact.queued', midnight - MINUTE)]], ['two', [call('contact.answered', midnight + MINUTE), call('contact.ended', midnight + 5 * MINUTE)]]] as const) {
    const imported = openImportedFacts({ archiveDir, manifest, sites }, 'a', id)
    await imported.add(facts)
    await imported.finish()
    await until(async () => (await manifest.dirty('a')).size === 0, 'no day waits')
  }
  const books = openDayBooks({ manifest, archiveDir })
  const contacts = []
  for await (const contact of books.contacts('a', instantOf(midnight - DAY), instantOf(midnight))) contacts.push(contact)
  expect(contacts).toMatchObject([{ contactId: 'night', outcome: 'answered', waitMs: 2 * MINUTE, endedAt: midnight + 5 * MINUTE }])
  const rows = await books.rows('a', instantOf(midnight - DAY), instantOf(midnight + DAY), 'arrival')
  expect(rows.map(({ from, offered, answered, pending }) => [from, offered, answered, pending])).toEqual([[midnight - QUARTER_HOUR, 1, 1, 0]])

  // It ended on the second day, whose D is long over: the keeper counts that cohort, and again when another file says that the customer came back.
  const cohorts = openCohortDays({ manifest, archiveDir })
  const day = { from: instantOf(midnight), to: instantOf(midnight + DAY) }
  const reads = cohortReads({ cohorts, reads: { contacts: (site, _scope, { from, to }) => books.contacts(site, from, to) } })
  const fromContacts = cohortReads({ cohorts: { ...cohorts, within: async () => [], touching: async () => [] }, reads: { contacts: (site, _scope, { from, to }) => books.contacts(site, from, to) } })
  const counted = (scope: Scope) => reads.rows('a', scope, { ...day, queue: 'support', windowMs: 7 * DAY })
  const whole: Scope = { key: '', fields: 'staff', area: null, person: null }
  const row = { from: midnight, queue: 'support', answered: 1, eligible: 1 }
  await until(async () => (await cohorts.within('a', day.from, day.to)).length === 1, 'the cohort')
  expect(await counted(whole)).toEqual([{ ...row, resolvedAtFirst: 1 }])
  const back = openImportedFacts({ archiveDir, manifest, sites }, 'a', 'three')
  await back.add([fact('contact.queued', instantOf(midnight + 3 * DAY), { contactId: 'back', subject: 'token-1', queueId: 'billing' })])
  await back.finish()
  await until(async () => (await manifest.dirty('a')).size === 0, 'no day waits')
  await until(async () => (await cohorts.within('a', day.from, day.to)).length === 1, 'the cohort again')
  expect(await counted(whole)).toEqual([{ ...row, resolvedAtFirst: 0 }])
  // Of its agent too: from the sums of the day, from a part of it, from contacts alone, and each contact behind it.
  const listed = async <T>(found: AsyncGenerator<T>): Promise<readonly T[]> => {
    const all: T[] = []
    for await (const one of found) all.push(one)
    return all
  }
  const asked = { ...day, queue: null, windowMs: 7 * DAY, only: 1, gone: () => false }
  const ofAgent = { agent: 1, queue: null, channel: 'voice', answered: 1, eligible: 1, resolvedAtFirst: 0 }
  expect(await listed(reads.agents('a', { ...asked, asOne: () => true }))).toEqual([{ ...ofAgent, at: midnight }])
  for (const source of [reads, fromContacts]) {
    expect(await listed(source.agents('a', { ...asked, to: instantOf(midnight + HOUR), asOne: () => true }))).toEqual([{ ...ofAgent, at: midnight + 5 * MINUTE }])
    expect(await listed(source.agents('a', { ...asked, from: instantOf(midnight + HOUR), asOne: () => true }))).toEqual([])
    expect(await listed(source.contacts('a', asked))).toMatchObject([{ leg: { contactId: 'night', endedAt: midnight + 5 * MINUTE }, inQueue: 'again', inSite: 'again' }])
    expect(await listed(source.contacts('a', { ...asked, only: 2 }))).toEqual([])
  }
  expect(readdirSync(join(archiveDir, 'a', '2019-03-05')).filter((name) => name.startsWith('cohort'))).toHaveLength(3)
  expect(await counted({ ...whole, area: { name: 'some', queues: ['support'], teams: null } as unknown as Scope['area'] })).toEqual(await counted(whole))
})

it('a cohort is counted as soon as the days of its D have their books, and of late facts once these are folded again', async () => {
  const manifest = openManifest({ redis, keys })
  const history = openHistory({ redis, keys, now: () => instantOf(Date.now()) })
  const replicas = openReplicas({ url: server.url, redis, keys, log, sites, fold })
  closers.push(replicas.close)
  const shared = { redis, keys, log: openFloorLog({ redis, keys }), logger: log, fold, sites, archiveDir, manifest, history, corrections: openCorrections({ redis, keys }) }
  closers.push(openKeeper({ redis, keys, log, sites, replicas, floorLog: shared.log, holder: 'one', parts: [foldAgain({ ...shared, everyMs: 20 }), keepCohorts({ manifest, archiveDir, logger: log, everyMs: 20 })] }).close)
  const today = Math.floor(Date.now() / DAY) * DAY
  const call = (contactId: string, at: number, subject: string): readonly Fact[] => [fact('contact.queued', instantOf(at), { contactId, subject, id: `${contactId}-q` }), fact('contact.answered', instantOf(at + MINUTE), { contactId, agent: 1, id: `${contactId}-a` }), fact('contact.ended', instantOf(at + 2 * MINUTE), { contactId, agent: 1, id: `${contactId}-e` })]
  const come = async (id: string, facts: readonly Fact[]): Promise<void> => {
    const imported = openImportedFacts({ archiveDir, manifest, sites }, 'a', id)
    await imported.add(facts)
    await imported.finish()
    await until(async () => (await manifest.dirty('a')).size === 0, 'no day waits')
  }
  const cohorts = openCohortDays({ manifest, archiveDir })
  const [from, to] = [instantOf(today - 9 * DAY), instantOf(today - 8 * DAY)]
  const ofAgent = async (): Promise<readonly number[]> => {
    for (const day of await cohorts.touching('a', from, to)) for await (const { queue, answered, eligible, resolvedAtFirst } of cohorts.agents(day)) if (queue === null) return [answered, eligible, resolvedAtFirst]
    return []
  }
  await come('one', [...call('first', today - 9 * DAY + HOUR, 'one'), ...call('second', today - 9 * DAY + 2 * HOUR, 'two')])
  // D ended a day ago: late facts of its last day may still come for a day.
  await come('two', call('third', today - 2 * DAY + HOUR, 'three'))
  await until(async () => (await ofAgent()).length > 0, 'the cohort')
  expect(await ofAgent()).toEqual([2, 2, 2])
  await come('three', call('back', today - 2 * DAY + HOUR / 2, 'two'))
  await until(async () => (await ofAgent())[2] === 1, 'the cohort again')
  expect(await ofAgent()).toEqual([2, 2, 1])
})

it('what a closed interval was before late events is kept: each figure before and after, why, and who told of it', async () => {
  const manifest = openManifest({ redis, keys })
  const corrections = openCorrections({ redis, keys })
  const history = openHistory({ redis, keys, now: () => instantOf(NINE) })
  const replicas = openReplicas({ url: server.url, redis, keys, log, sites, fold })
  closers.push(replicas.close)
  const floorLog = openFloorLog({ redis, keys })
  const append = (at: number, facts: readonly Fact[]) => redis.xAdd(keys.site('a').log, `${at}-*`, { ...entryFields(at, facts.length === 0 ? { kind: 'tick' } : { kind: 'facts', facts }) })
  const call = (contactId: string, source: string, at: number): readonly Fact[] => [fact('contact.queued', instantOf(at), { contactId, source, id: `${contactId}-q` }), fact('contact.answered', instantOf(at + 10_000), { contactId, source, id: `${contactId}-a` })]
  await append(NINE + 10_000, call('one', 'pbx', NINE))
  // The link is down for half a minute.
  await append(NINE + 30_000, [fact('source.reset', instantOf(NINE + 30_000), { source: 'pbx', reason: 'link' })])
  await append(NINE + MINUTE, [fact('source.snapshot', instantOf(NINE + MINUTE), { source: 'pbx', queues: [], waiting: [], agents: [] })])
  closers.push(openKeeper({ redis, keys, log, sites, replicas, floorLog, holder: 'one', parts: [keepRows({ history, manifest, floorLog, sites, log, roundMs: 20 })] }).close)
  await append(NINE + 20 * MINUTE, [])
  await until(async () => (await history.readRows('a', instantOf(NINE), instantOf(NINE + QUARTER_HOUR), 'outcome')).length === 1, 'the closed row')
  await append(NINE + 21 * MINUTE, call('two', 'backup', NINE + MINUTE))
  const read = () => corrections.read('a', instantOf(NINE), instantOf(NINE + DAY))
  await until(async () => (await read()).length === 2, 'both bases are corrected')
  expect(await read()).toMatchObject(['outcome', 'arrival'].map((basis) => ({ queue: 'support', basis, from: NINE, reason: 'gap-repaired', sources: ['backup'], changes: { complete: [false, true], offered: [1, 2], answered: [1, 2], answeredInTarget: [1, 2] } })))
  expect((await read())[0]?.changes).not.toHaveProperty('serviceLevel')
  await append(NINE + 22 * MINUTE, call('three', 'backup', NINE + 2 * MINUTE))
  await until(async () => (await read()).length === 4, 'both bases are corrected again')
  expect((await read()).slice(2)).toMatchObject(['outcome', 'arrival'].map((basis) => ({ basis, reason: 'late', sources: ['backup'], changes: { offered: [2, 3] } })))
})
