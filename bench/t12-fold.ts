import { createFloor } from '../server/domain/project-floor.ts'
import type { LogEntry } from '../server/domain/log-entry.ts'
import type { Fact } from '../server/domain/platform-events.ts'
import { defaultFloorSettings } from '../server/domain/settings.ts'
import { instantOf } from '../server/domain/time.ts'
import { decodeEntry, entryFields } from '../server/redis/log-codec.ts'
import { resultOf, type Bench } from './bench.ts'

const QUEUES = 500
const AGENTS = 5_000
/** Peak hour of 4 M events a day. */
const EVENTS_PER_SECOND = 133
const EVENTS = 200_000
const BATCH = 20
const CHUNK = 2_000
/** Everybody signs in and every queue gets its first contacts: a floor opens once a day, so that is told apart. */
const OPENING = 40_000

/** Small, fast and seeded: the same events in every run. */
const mulberry = (seed: number) => (): number => {
  seed = (seed + 0x6d2b79f5) | 0
  let t = Math.imul(seed ^ (seed >>> 15), 1 | seed)
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
  return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
}

type Planned = readonly [at: number, fact: Record<string, unknown>]

/** One contact's life as events; an eighth gives up, a tenth rings at nobody first, a tenth answers a survey. */
const contact = (n: number, start: number, random: () => number, out: Planned[]): void => {
  const contactId = `${(1_795_000_000 + n).toString()}.${n % 97}`
  const queueId = `queue-${Math.floor(random() * QUEUES)}`
  const agent = Math.floor(random() * AGENTS)
  const base = { source: 'pbx', seq: n, contactId, legId: null, rootContactId: null, queueId, channel: 'voice', direction: 'in' }
  let at = start
  const say = (type: string, more: object): void => {
    out.push([at, { id: `pbx-${n}-${out.length}`, type, occurredAt: at, ...base, ...more }])
  }
  say('contact.queued', { subject: `s${n % 50_000}`, previousEndAt: null, position: 1, waitingInQueue: 3 })
  const wait = Math.floor(-Math.log(1 - random()) * 18_000)
  if (random() < 0.125) {
    at += wait
    say('contact.abandoned', { waitMs: wait, position: 1, uncertain: false })
    return
  }
  at += wait
  say('contact.offered', { agent, attempt: 1 })
  if (random() < 0.1) {
    at += 8_000
    say('contact.offer_missed', { agent, ringMs: 8_000, reason: 'no_answer' })
  }
  at += 2_000
  say('contact.answered', { agent, waitMs: wait + 2_000, ringMs: 2_000 })
  const talk = 60_000 + Math.floor(random() * 240_000)
  at += talk
  say('contact.ended', { agent, by: 'customer', talkMs: talk, holdMs: 0, waitMs: wait + 2_000, resolved: random() < 0.8 })
  at += 20_000
  say('contact.wrapped', { agent, acwMs: 20_000, code: null, resolved: null })
  out.push([at + 1_000, { id: `state-${n}`, type: 'agent.state', occurredAt: at + 1_000, source: 'pbx', seq: n, agent, state: 'available', reason: null, since: null, queues: null, team: null, plannedEndAt: null }])
  if (random() < 0.1) {
    at += 60_000
    say('survey.received', { score: 1 + Math.floor(random() * 5), scaleMin: 1, scaleMax: 5, comment: null, resolved: null })
  }
}

export const planned = (): readonly Planned[] => {
  const random = mulberry(12)
  const out: Planned[] = []
  const start = Date.UTC(2026, 10, 20, 9)
  for (let index = 0; index < AGENTS; index++) {
    out.push([start, { id: `in-${index}`, type: 'agent.state', occurredAt: start, source: 'pbx', seq: index, agent: index, state: 'available', reason: null, since: null, queues: [`queue-${index % QUEUES}`, `queue-${(index * 7) % QUEUES}`], team: 'North', plannedEndAt: null }])
  }
  for (let n = 0; out.length < EVENTS; n++) contact(n, start + Math.floor((out.length / EVENTS_PER_SECOND) * 1_000), random, out)
  return out.sort((a, b) => a[0] - b[0]).slice(0, EVENTS)
}

/** Entries as the log's codec hands them on to a reader: written, stored and read again, several facts to an entry. Decoding is T13's business. */
const entriesOf = (facts: readonly Fact[], from: number): readonly LogEntry[] => {
  const entries: LogEntry[] = []
  for (let i = 0; i < facts.length; i += BATCH) {
    const some = facts.slice(i, i + BATCH)
    entries.push(decodeEntry(`${from + i + 1}-0`, entryFields(some.at(-1)?.occurredAt ?? 0, { kind: 'facts', facts: some })))
  }
  return entries
}

const cpuUs = (work: () => void): number => {
  const before = process.cpuUsage()
  work()
  const spent = process.cpuUsage(before)
  return spent.user + spent.system
}

const settings = defaultFloorSettings({ id: 'bench', name: 'Bench', timeZone: 'Europe/London' }, instantOf(0))

/** T12: what the fold costs per event beside JSON.parse of the same events. */
export const run: Bench = async ({ rounds }) => {
  const texts = planned().map(([, fact]) => JSON.stringify(fact))
  const bytes = texts.reduce((sum, text) => sum + text.length, 0) / texts.length
  const ratios: number[] = []
  let parseUs = 0
  let foldUs = 0
  let openUs = 0
  let heapMb = 0
  let check = 0
  for (let round = -1; round < rounds; round++) {
    globalThis.gc?.()
    const heapBefore = process.memoryUsage()
    const floor = createFloor('bench', settings)
    let parse = 0
    let fold = 0
    let open = 0
    // Chunk by chunk, as a reader does it: what is folded was parsed just before.
    for (let from = 0; from < texts.length; from += CHUNK) {
      const facts: Fact[] = []
      const chunk = texts.slice(from, from + CHUNK)
      const parsed = cpuUs(() => {
        for (const text of chunk) facts.push(JSON.parse(text) as Fact)
      })
      const entries = entriesOf(facts, from)
      const folded = cpuUs(() => {
        for (const entry of entries) floor.apply(entry)
      })
      if (from < OPENING) open += folded
      else {
        parse += parsed
        fold += folded
      }
    }
    globalThis.gc?.()
    const heapAfter = process.memoryUsage()
    // Later rounds start with the garbage of the one before.
    if (round < 0) heapMb = (heapAfter.heapUsed + heapAfter.arrayBuffers - heapBefore.heapUsed - heapBefore.arrayBuffers) / 1_048_576
    check = floor.totals(['queue-1']).today.offered
    // The first round warms the compiler up.
    if (round < 0) continue
    ratios.push(fold / parse)
    parseUs = parse / (texts.length - OPENING)
    foldUs = fold / (texts.length - OPENING)
    openUs = open / OPENING
  }
  return [
    resultOf({
      id: 'T12',
      title: 'fold CPU per event, 500 queues, 5,000 agents',
      target: '<= 0.15x',
      baseline: 'JSON.parse of the same events',
      rounds: ratios,
      atMost: 0.15,
      figures: { 'parse us': parseUs.toFixed(3), 'fold us': foldUs.toFixed(3), 'opening us': openUs.toFixed(3), 'bytes per event': Math.round(bytes), 'events a round': texts.length, 'floor MB': Math.round(heapMb), 'offered to queue-1': check },
    }),
  ]
}
