import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { ContactFigures } from '../server/domain/contact-figures.ts'
import { DAY, instantOf } from '../server/domain/time.ts'
import { readLines } from '../server/redis/archive-files.ts'
import { type ContactsOf, writeContacts } from '../server/redis/contact-book.ts'
import { openDayBooks } from '../server/redis/day-books.ts'
import type { ArchiveFile, DayBook } from '../server/redis/manifest.ts'
import { type Bench, median, resultOf } from './bench.ts'

/** What a journey looks through by default. `HISTORY_CONTACTS=200000` is a centre of 5,000 agents. */
const DAYS = 28
const CONTACTS = Number(process.env['HISTORY_CONTACTS'] ?? 60_000)
const AGENTS = CONTACTS / 40
const FROM = Math.floor(Date.now() / DAY) * DAY - (DAYS + 3) * DAY

const made = (day: number, n: number): ContactFigures => {
  const queuedAt = instantOf(FROM + day * DAY + Math.floor((n / CONTACTS) * DAY))
  const spread = (Math.imul(day * CONTACTS + n + 1, 0x9e3779b1) >>> 0) / 2 ** 32
  const waitMs = Math.floor(spread * 60_000)
  return {
    contactId: `${day}-${n}.${Math.floor(spread * 1e9)}`, legId: '1', rootContactId: null, queue: `queue-${Math.floor(spread * 40)}`, channel: 'voice', direction: 'in', agent: Math.floor(spread * AGENTS * 97) % AGENTS, queuedAt, answeredAt: instantOf(queuedAt + waitMs), endedAt: instantOf(queuedAt + waitMs + 240_000),
    wrappedAt: instantOf(queuedAt + waitMs + 270_000), outcome: 'answered', outcomeAt: instantOf(queuedAt + waitMs), reason: null, waitMs, talkMs: 220_000, holdMs: 20_000, acwMs: 30_000, ringNoAnswer: 0, transferred: false, resolved: null, repeat: false, surveyScore: null, surveyAt: null, surveyComment: null,
    // A customer comes twice in these weeks.
    holdLeftAt: null, callback: null, uncertain: false, subject: `token-of-22-characters-${Math.floor(spread * CONTACTS * DAYS * 0.5)}`,
  }
}

const writeDay = async (root: string, day: number): Promise<DayBook> => {
  const [writer, name] = [await writeContacts(root, `s/${day}/contacts.ndjson.gz`, `s/${day}/index.gz`), new Date(FROM + day * DAY).toISOString().slice(0, 10)]
  for (let n = 0; n < CONTACTS; n += 1_000) await writer.add(Array.from({ length: Math.min(1_000, CONTACTS - n) }, (_, i) => made(day, n + i)))
  const none: ArchiveFile = { file: '', sha256: '', bytes: 0 }
  return { day: name, from: instantOf(FROM + day * DAY), to: instantOf(FROM + (day + 1) * DAY), rows: none, ...(await writer.finish()), final: true }
}

interface Seen {
  readonly ms: number
  readonly found: number
  /** The longest that nothing else could run. */
  readonly heldMs: number
}

const timed = async (read: () => Promise<number>): Promise<Seen> => {
  const held = monitorEventLoopDelay({ resolution: 1 })
  held.enable()
  const began = performance.now()
  const found = await read()
  const ms = performance.now() - began
  held.disable()
  return { ms, found, heldMs: held.max / 1e6 }
}

/** T23: one customer, and one agent, among the contacts of four weeks of closed days, against a reading of all of them. */
export const run: Bench = async ({ rounds }) => {
  const root = mkdtempSync(join(tmpdir(), 'floorwatch-bench-history-'))
  const books: DayBook[] = []
  const began = process.cpuUsage()
  for (let day = 0; day < DAYS; day += 1) books.push(await writeDay(root, day))
  const { user, system } = process.cpuUsage(began)
  const read = openDayBooks({ manifest: { books: async () => books, recomputed: async () => [] }, archiveDir: root }).contacts
  const [from, to] = [instantOf(FROM), instantOf(FROM + DAYS * DAY)]

  const all = async (of: ContactsOf): Promise<readonly ContactFigures[]> => {
    const found: ContactFigures[] = []
    for await (const contact of read('s', from, to, of)) found.push(contact)
    return found
  }
  /** As a journey is looked for: the contact, then all of its customer. */
  const journey = async (contactId: string): Promise<number> => {
    const subject = (await all({ contactId }))[0]?.subject ?? ''
    return (await all({ subjects: new Set([subject]) })).length
  }
  const everything = async (wanted: (contact: ContactFigures) => boolean): Promise<number> => {
    let found = 0
    for (const { contacts } of books) for await (const line of readLines(root, contacts)) if (wanted(JSON.parse(line) as ContactFigures)) found += 1
    return found
  }

  const seen: Record<'customer' | 'agent' | 'plain', Seen[]> = { customer: [], agent: [], plain: [] }
  for (let round = 0; round < rounds; round += 1) {
    const of = made((round * 5 + 3) % DAYS, Math.floor(CONTACTS / (round + 2)))
    seen.customer.push(await timed(() => journey(of.contactId)))
    seen.agent.push(await timed(async () => (await all({ agent: of.agent ?? 0 })).length))
    seen.plain.push(await timed(() => everything(({ subject }) => subject === of.subject)))
    if (seen.customer.at(-1)?.found !== seen.plain.at(-1)?.found) throw new Error('the index found other contacts than a reading of all')
  }
  const size = (of: (book: DayBook) => ArchiveFile | undefined) => books.reduce((sum, book) => sum + statSync(join(root, of(book)?.file ?? '')).size, 0) / 1_048_576
  const figures = { contacts: CONTACTS * DAYS, 'MB of contacts': size(({ contacts }) => contacts), 'MB of index': size(({ contactIndex }) => contactIndex), 'CPU ms a thousand written': ((user + system) / CONTACTS / DAYS).toFixed(1) }
  rmSync(root, { recursive: true, force: true })
  const row = (what: Seen[], title: string, target: string, atMost: number) =>
    resultOf({ id: 'T23', title, target, baseline: 'JSON.parse of every contact', rounds: what.map(({ ms }, i) => ms / (seen.plain[i]?.ms ?? 1)), atMost, figures: { 'p50 ms': median(what.map(({ ms }) => ms)), found: median(what.map(({ found }) => found)), 'loop held ms': Math.max(...what.map(({ heldMs }) => heldMs)), 'p50 ms of all': median(seen.plain.map(({ ms }) => ms)), ...figures } })
  return [row(seen.customer, `all contacts of one customer in ${DAYS} closed days`, '<= 0.02x', 0.02), row(seen.agent, `all contacts of one agent in ${DAYS} closed days`, '<= 0.25x', 0.25)]
}
