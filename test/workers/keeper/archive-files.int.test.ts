import { randomBytes } from 'node:crypto'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals'
import type { ContactFigures } from '../../../server/domain/contact-figures.ts'
import { createFloor, floorFromBase } from '../../../server/domain/project-floor.ts'
import { cohortTally } from '../../../server/domain/reports/cohort-tally.ts'
import { defaultFloorSettings } from '../../../server/domain/settings.ts'
import { DAY, HOUR, type Instant, instantOf, MINUTE } from '../../../server/domain/time.ts'
import { connect, type Redis } from '../../../server/redis/connect.ts'
import { openCorrections } from '../../../server/redis/corrections.ts'
import { openEpochs } from '../../../server/redis/epoch.ts'
import { openFloorLog } from '../../../server/redis/floor-log.ts'
import { openHistory } from '../../../server/redis/history.ts'
import { keysUnder } from '../../../server/redis/keys.ts'
import { type DayBook, type Manifest, openManifest } from '../../../server/redis/manifest.ts'
import type { RegisteredSite } from '../../../server/redis/sites.ts'
import { writeCohort } from '../../../workers/keeper/cohort-files.ts'
import { writeBook } from '../../../workers/keeper/day-book.ts'
import { foldAgain } from '../../../workers/keeper/fold-again.ts'
import { openImportedFacts } from '../../../workers/keeper/imported-facts.ts'
import { keepCohorts } from '../../../workers/keeper/keep-cohorts.ts'
import { fact } from '../../support/fact-builders.ts'
import { recordingLog } from '../../support/quiet-log.ts'
import { until } from '../../support/redis-server.ts'

const site: RegisteredSite = { id: 'a', name: 'A', timeZone: 'UTC', founded: { id: 'a', name: 'A', timeZone: 'UTC' } }
const log = recordingLog()
const start = Date.parse('2024-03-04T00:00:00.000Z')
const dayAt = (n: number) => ({ day: new Date(start + n * DAY).toISOString().slice(0, 10), from: instantOf(start + n * DAY), to: instantOf(start + (n + 1) * DAY) })
const window = { windowMs: 7 * DAY, windows: {} }
/** No line of a file can be made of it. */
const unwritable = 7n as unknown as string

let redis: Redis
let archiveDir: string
let keys: ReturnType<typeof keysUnder>
let manifest: Manifest

beforeAll(async () => {
  redis = await connect({ url: process.env['TEST_REDIS_URL'] ?? '', name: 'test', log })
  archiveDir = mkdtempSync(join(tmpdir(), 'fw-archive-'))
})
afterAll(() => {
  redis.destroy()
  rmSync(archiveDir, { recursive: true, force: true })
})
beforeEach(async () => {
  rmSync(join(archiveDir, 'a'), { recursive: true, force: true })
  keys = keysUnder(`t-${randomBytes(6).toString('hex')}`)
  manifest = openManifest({ redis, keys })
  await redis.set(keys.site('a').fence, '1')
})

const files = (prefix = ''): readonly string[] => readdirSync(join(archiveDir, 'a'), { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile() && entry.name.startsWith(prefix)).map(({ name }) => name)
const contact = (contactId: string, queuedAt: Instant): ContactFigures => ({ contactId, legId: contactId, queue: 'support', channel: 'voice', agent: 1, subject: null, queuedAt, endedAt: instantOf(queuedAt + MINUTE), outcome: 'answered', resolved: null }) as unknown as ContactFigures
const kept = async (fence = 1) => ({ site: 'a', fence, holds: () => true, replica: { epoch: await openEpochs({ redis, keys }).current('a'), position: () => ({ entry: '0-0', hash: '' }), floor: createFloor('a', defaultFloorSettings(site, instantOf(start))) } }) as never
const bookOf = async (n: number, contacts: readonly ContactFigures[] = []): Promise<DayBook> => {
  const book = await writeBook(archiveDir, 'a', dayAt(n))
  await book.addContacts(contacts)
  const made = await book.finish(true, [], null)
  expect(await manifest.addBook('a', 1, made)).toBe(true)
  return made
}
/** One round of it: closing waits for the round that began, and days without contacts are read to their end. */
const countOnce = async (fence = 1) => (await keepCohorts({ manifest, archiveDir, logger: log, everyMs: HOUR })(await kept(fence))).close()

it('a cohort whose last file fails leaves no file', async () => {
  const tally = cohortTally({ ...dayAt(0), windowMs: () => window.windowMs })
  tally.add(contact(unwritable, instantOf(start + HOUR)))
  await expect(writeCohort(archiveDir, 'a', { ...dayAt(0), ...window, of: '' }, tally)).rejects.toThrow('BigInt')
  expect(files()).toEqual([])
})

it('a cohort that is refused since another keeps the site leaves no file, however often it is tried', async () => {
  await bookOf(0)
  for (let round = 0; round < 3; round += 1) await countOnce(0)
  expect([await manifest.cohorts('a'), files('cohort')]).toEqual([[], []])
  await countOnce()
  expect([(await manifest.cohorts('a')).length, files('cohort').length]).toEqual([1, 3])
})

it('a book whose last file fails leaves no file', async () => {
  const book = await writeBook(archiveDir, 'a', dayAt(0))
  await book.addContacts([contact('c', instantOf(start + HOUR))])
  await expect(book.finish(true, [Object.create(null) as string], null)).rejects.toThrow()
  expect(files()).toEqual([])
})

it('a book that is refused since another keeps the site leaves no file', async () => {
  const imported = openImportedFacts({ archiveDir, manifest, sites: { get: () => site } }, 'a', 'one')
  await imported.add([fact('contact.queued', instantOf(start + HOUR), { contactId: 'c', id: 'c-q' })])
  await imported.finish()
  let asked = 0
  const passing: Manifest = {
    ...manifest,
    addBook: async (...book) => {
      await redis.set(keys.site('a').fence, '2')
      const answer = await manifest.addBook(...book)
      asked += 1
      return answer
    },
  }
  const part = await foldAgain({ log: openFloorLog({ redis, keys }), fold: { createFloor, floorFromBase }, sites: { get: () => site }, manifest: passing, archiveDir, corrections: openCorrections({ redis, keys }), logger: log, history: openHistory({ redis, keys, now: () => instantOf(Date.now()) }), everyMs: 10 })(await kept())
  await until(() => asked > 0, 'a book was refused')
  await part.close()
  expect([await manifest.books('a'), files()]).toEqual([[], ['import-one.ndjson.gz']])
})

it('a cohort waits for the books of all days that are archived until the end of its D, not for days on which nothing happened', async () => {
  const recent = Math.floor((Date.now() - start) / DAY)
  // D ended yesterday: late facts may still come.
  const [own, between, last] = [recent - 9, recent - 5, recent - 1]
  const archived = { first: '0-1', last: '0-2', lastHash: '', entries: 1, log: { file: 'log', sha256: '', bytes: 0 }, base: null, after: { file: 'floor', sha256: '', bytes: 0, entry: '0-2', hash: '' } } as const
  for (const n of [own, between, last]) await manifest.addDay('a', 1, { ...dayAt(n), ...archived })
  await bookOf(own)
  await bookOf(last)
  await countOnce()
  expect(await manifest.cohorts('a')).toEqual([])
  await bookOf(between)
  await countOnce()
  expect((await manifest.cohorts('a')).map(({ day }) => day)).toEqual([dayAt(own).day])
})
