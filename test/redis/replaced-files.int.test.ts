import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals'
import type { ContactFigures } from '../../server/domain/contact-figures.ts'
import { cohortTally } from '../../server/domain/reports/cohort-tally.ts'
import { DAY, HOUR, type Instant, instantOf, MINUTE } from '../../server/domain/time.ts'
import { cohortReads } from '../../server/live/cohort-reads.ts'
import { writeLines } from '../../server/redis/archive-files.ts'
import { cohortMark, openCohortDays } from '../../server/redis/cohort-days.ts'
import { connect, type Redis } from '../../server/redis/connect.ts'
import { openDayBooks } from '../../server/redis/day-books.ts'
import { keysUnder } from '../../server/redis/keys.ts'
import { type Manifest, openManifest } from '../../server/redis/manifest.ts'
import { dropCohort, writeCohort } from '../../workers/keeper/cohort-files.ts'
import { dropBook, writeBook } from '../../workers/keeper/day-book.ts'
import { recordingLog } from '../support/quiet-log.ts'

const start = Date.parse('2024-03-04T00:00:00.000Z')
const dayAt = (n: number) => ({ day: new Date(start + n * DAY).toISOString().slice(0, 10), from: instantOf(start + n * DAY), to: instantOf(start + (n + 1) * DAY) })
const all = { from: instantOf(start), to: instantOf(start + 2 * DAY) }
const windowMs = HOUR

let redis: Redis
let archiveDir: string
let manifest: Manifest

beforeAll(async () => {
  redis = await connect({ url: process.env['TEST_REDIS_URL'] ?? '', name: 'test', log: recordingLog() })
  archiveDir = mkdtempSync(join(tmpdir(), 'fw-replaced-'))
})
afterAll(() => {
  redis.destroy()
  rmSync(archiveDir, { recursive: true, force: true })
})
beforeEach(async () => {
  const keys = keysUnder(`t-${randomBytes(6).toString('hex')}`)
  manifest = openManifest({ redis, keys })
  await redis.set(keys.site('a').fence, '1')
})

const contact = (contactId: string, queuedAt: Instant): ContactFigures => ({ contactId, legId: contactId, queue: 'support', channel: 'voice', agent: 1, subject: contactId, queuedAt, endedAt: instantOf(queuedAt + MINUTE), outcome: 'answered', resolved: null }) as unknown as ContactFigures
const contactsOf = (n: number, count: number, mark: string) => Array.from({ length: count }, (_, i) => contact(`${mark}-${n}-${i}`, instantOf(start + n * DAY + (10 + i) * MINUTE)))

/** Makes a day's book and takes the files of the one before away, as the keeper does. */
const bookOf = async (n: number, count: number, mark: string): Promise<void> => {
  const before = (await manifest.books('a')).find(({ day }) => day === dayAt(n).day)
  const book = await writeBook(archiveDir, 'a', dayAt(n))
  await book.addContacts(contactsOf(n, count, mark))
  await book.addAgents(Array.from({ length: count }, (_, i) => [i, mark, start + n * DAY, [], []] as const))
  await book.addBeside([['bands', 1, ['available', start + n * DAY, start + n * DAY + count * MINUTE]]])
  const made = await book.finish(true, [`${mark}-${n}`], null)
  await manifest.addBook('a', 1, made)
  if (before !== undefined) await dropBook(archiveDir, before, made)
}
const cohortOf = async (n: number, count: number, mark: string): Promise<void> => {
  const [books, before] = [await manifest.books('a'), (await manifest.cohorts('a')).find(({ day }) => day === dayAt(n).day)]
  const tally = cohortTally({ ...dayAt(n), windowMs: () => windowMs })
  for (const one of contactsOf(n, count, mark)) tally.add(one)
  const made = await writeCohort(archiveDir, 'a', { ...dayAt(n), windowMs, windows: {}, of: cohortMark(books, dayAt(n), windowMs) }, tally)
  await manifest.addCohort('a', 1, made)
  if (before !== undefined) await dropCohort(archiveDir, before, made)
}
/** Of the manifest as a reader has it who is slow: `change` happens once it was read. */
const readBefore = (change: () => Promise<void>): Manifest => {
  let changed: Promise<void> | null = null
  const late = <T>(read: (site: string) => Promise<readonly T[]>) => async (site: string): Promise<readonly T[]> => {
    const named = await read(site)
    await (changed ??= change())
    return named
  }
  return { ...manifest, books: late(manifest.books), recomputed: late(manifest.recomputed), cohorts: late(manifest.cohorts) }
}
const listed = async <T>(found: AsyncIterable<T>, after?: () => Promise<void>): Promise<readonly T[]> => {
  const told: T[] = []
  for await (const one of found) {
    told.push(one)
    if (told.length === 1) await after?.()
  }
  return told
}

it('contacts of days that are folded again while they are read are told once each: of the making that was begun, or of the newer one', async () => {
  for (const n of [0, 1]) await bookOf(n, 3, 'old')
  const books = openDayBooks({ manifest, archiveDir })
  const again = async () => {
    for (const n of [0, 1]) await bookOf(n, 4, 'new')
  }
  expect((await listed(books.contacts('a', all.from, all.to), again)).map(({ contactId }) => contactId)).toEqual(['old-0-0', 'old-0-1', 'old-0-2', 'new-1-0', 'new-1-1', 'new-1-2', 'new-1-3'])
  // Found by the index too.
  const slow = openDayBooks({ manifest: readBefore(() => bookOf(1, 5, 'last')), archiveDir })
  expect((await listed(slow.contacts('a', all.from, all.to, { contactId: 'last-1-4' }))).map(({ contactId }) => contactId)).toEqual(['last-1-4'])
})

it('what else books hold is read of the newer making', async () => {
  const read = {
    agents: async (books: ReturnType<typeof openDayBooks>) => (await listed(books.agents('a', all.from, all.to))).length,
    agentDays: async (books: ReturnType<typeof openDayBooks>) => (await listed(books.agents('a', all.from, all.to, () => true))).length,
    corrections: async (books: ReturnType<typeof openDayBooks>) => (await books.corrections('a', all.from, all.to)).length,
    bands: async (books: ReturnType<typeof openDayBooks>) => (await books.bands('a', all.from, all.to)).get(1)?.length,
    rows: async (books: ReturnType<typeof openDayBooks>) => (await books.rows('a', all.from, all.to, 'outcome')).length,
  }
  for (const [what, ask] of Object.entries(read)) {
    for (const n of [0, 1]) await bookOf(n, 2, 'old')
    const found = await ask(openDayBooks({ manifest: readBefore(() => bookOf(1, 3, 'new')), archiveDir }))
    expect([what, found]).toEqual([what, { agents: 5, agentDays: 5, corrections: 2, bands: 2, rows: 0 }[what as keyof typeof read]])
  }
})

it('a file that the manifest names and that is gone is an error that names it', async () => {
  await bookOf(0, 3, 'old')
  const [book] = await manifest.books('a')
  await rm(join(archiveDir, book?.contacts.file ?? ''))
  await expect(listed(openDayBooks({ manifest, archiveDir }).contacts('a', all.from, all.to))).rejects.toThrow(book?.contacts.file)
})

it('a day whose measuring by other settings is taken back meanwhile is told as it was', async () => {
  const writer = await writeLines(archiveDir, `a/${dayAt(0).day}/recomputed-x.ndjson.gz`)
  await manifest.addRecomputed('a', { ...dayAt(0), recompute: 'x', rows: await writer.finish() })
  const takenBack = async () => {
    const [day] = await manifest.recomputed('a')
    if (day === undefined) return
    await manifest.dropRecomputed('a', 1, [day])
    await rm(join(archiveDir, day.rows.file))
  }
  const original = [{ from: instantOf(start + HOUR), queue: 'support' }] as never
  expect(await openDayBooks({ manifest: readBefore(takenBack), archiveDir }).recomputed('a', { ...all, basis: 'outcome', queue: undefined }, original)).toEqual(original)
})

it('cohorts that are counted again while they are read are told once each, and those that do not stand any more from their contacts', async () => {
  const whole = { key: '', fields: 'staff', area: null, person: null } as const
  const asked = { ...all, queue: null, windowMs, asOne: () => true, gone: () => false }
  const read = {
    agents: async (reads: ReturnType<typeof cohortReads>) => (await listed(reads.agents('a', asked))).reduce((sum, { answered }) => sum + answered, 0),
    contacts: async (reads: ReturnType<typeof cohortReads>) => (await listed(reads.contacts('a', { ...asked, only: 1 }))).length,
    rows: async (reads: ReturnType<typeof cohortReads>) => (await reads.rows('a', whole, asked)).reduce((sum, { answered }) => sum + answered, 0),
  }
  const again = async (count: number) => {
    await bookOf(1, count, 'new')
    await cohortOf(1, count, 'new')
  }
  /** Taken back by late facts: the day is not counted again yet. */
  const takenBack = async (count: number) => {
    const [, old] = await manifest.cohorts('a')
    await again(count)
    await bookOf(1, count, 'newer')
    expect(old).toBeDefined()
  }
  for (const change of [again, takenBack]) {
    for (const [what, ask] of Object.entries(read)) {
      for (const n of [0, 1]) await bookOf(n, 2, 'old')
      for (const n of [0, 1]) await cohortOf(n, 2, 'old')
      const books = openDayBooks({ manifest, archiveDir })
      const opened = openCohortDays({ manifest, archiveDir })
      // Whoever reads is slow: the change happens between the choice of days and their files.
      let changed: Promise<void> | null = null
      const late = <A extends readonly unknown[], T>(choose: (...of: A) => Promise<T>) => async (...of: A): Promise<T> => {
        const chosen = await choose(...of)
        await (changed ??= change(5))
        return chosen
      }
      const reads = cohortReads({ cohorts: { ...opened, within: late(opened.within), touching: late(opened.touching) }, reads: { contacts: (site, _scope, { from, to }) => books.contacts(site, from, to) } })
      expect([what, await ask(reads)]).toEqual([what, 7])
    }
  }
})
