import { afterEach, beforeEach, expect, it } from '@jest/globals'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ContactFigures } from '../../server/domain/contact-figures.ts'
import { HOUR, instantOf } from '../../server/domain/time.ts'
import { readLines } from '../../server/redis/archive-files.ts'
import { type ContactsOf, readContacts, writeContacts } from '../../server/redis/contact-book.ts'
import type { DayBook } from '../../server/redis/manifest.ts'
import { NINE } from '../support/fact-builders.ts'
import { seeded } from '../support/seeded-random.ts'

const random = seeded(11)
const pick = <T>(...of: readonly [T, ...T[]]): T => random.pick(of)
/** Ids hold what platforms put into them. */
const contacts = Array.from({ length: 3_000 }, (_, n): ContactFigures => {
  const agents = pick([], [], [n % 40], [n % 40, (n * 7) % 40])
  return {
    contactId: n % 50 === 0 ? `${n} "a":\\ {é}` : `contact-${Math.floor(n / 1.2)}`, legId: String(n), rootContactId: null, queue: pick('support', 'sales "vip"'), channel: 'voice', direction: 'in', agent: agents.at(-1) ?? null, ...(agents.length < 2 ? {} : { agents }),
    queuedAt: instantOf(NINE + n * 3_000), answeredAt: null, endedAt: null, wrappedAt: null, outcome: pick('answered', 'answered', 'abandoned'), outcomeAt: null, reason: null, waitMs: null, talkMs: null, holdMs: null, acwMs: null, ringNoAnswer: 0, transferred: false,
    resolved: null, repeat: null, surveyScore: null, surveyAt: null, surveyComment: null, holdLeftAt: null, callback: null, uncertain: false, subject: pick(null, `token-${random.whole(0, 899)}`),
  }
})
const day = { from: instantOf(NINE), to: instantOf(NINE + 24 * HOUR) }

let root: string
let book: Required<Pick<DayBook, 'contacts' | 'contactIndex'>>
beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'fw-contacts-'))
  const writer = await writeContacts(root, 'a/contacts.ndjson.gz', 'a/index.gz')
  for (let n = 0; n < contacts.length; n += 700) await writer.add(contacts.slice(n, n + 700))
  book = await writer.finish()
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

const found = async (of: ContactsOf, { from, to } = day, whence: Pick<DayBook, 'contacts' | 'contactIndex'> = book) => {
  const all: ContactFigures[] = []
  for await (const contact of readContacts(root, whence, from, to, of)) all.push(contact)
  return all
}
const wanted = ({ contactId, subjects, agent, queue, outcome }: ContactsOf, { from, to } = day) =>
  contacts.filter((one) => one.queuedAt >= from && one.queuedAt < to && (contactId === undefined || one.contactId === contactId) && (subjects === undefined || subjects.has(one.subject ?? '')) && (agent === undefined || one.agent === agent || one.agents?.includes(agent) === true) && (queue === undefined || one.queue === queue) && (outcome === undefined || one.outcome === outcome))

it('whatever is asked for, an indexed day gives what a look at each of its contacts gives, and so does a day without an index', async () => {
  const subjects = (count: number) => new Set(Array.from({ length: count }, (_, n) => `token-${n * 3}`))
  const some = contacts.filter((_, n) => n % 250 === 0 || n % 333 === 0)
  const asked: readonly ContactsOf[] = [{}, { contactId: 'nobody' }, ...some.map(({ contactId }) => ({ contactId })), ...[1, 5, 64, 200].map((count) => ({ subjects: subjects(count) })), { subjects: new Set() }, { agent: 7 }, { agent: 999 }, { agent: 7, queue: 'sales "vip"' }, { queue: 'sales "vip"', outcome: 'abandoned' }, { subjects: subjects(30), outcome: 'answered' }]
  const legs = (of: readonly ContactFigures[]) => of.map(({ legId }) => legId).join(' ')
  const hours = { from: instantOf(NINE + HOUR), to: instantOf(NINE + HOUR + 600_000) }
  for (const of of asked) {
    expect(legs(await found(of))).toBe(legs(wanted(of)))
    expect(legs(await found(of, hours))).toBe(legs(wanted(of, hours)))
    expect(legs(await found(of, day, { contacts: book.contacts }))).toBe(legs(wanted(of)))
  }
  expect(await found({ contactId: 'contact-100' })).toEqual(wanted({ contactId: 'contact-100' }))
  const lines: string[] = []
  for await (const line of readLines(root, book.contacts)) lines.push(line)
  expect(lines).toEqual(contacts.map((contact) => JSON.stringify(contact)))
})

it('one contact is found without the others: damage elsewhere in the day is not met, and where it is, the file is named', async () => {
  const path = join(root, book.contacts.file)
  const bytes = readFileSync(path)
  bytes.fill(0, bytes.length - 200, bytes.length - 100)
  writeFileSync(path, bytes)
  expect(await found({ contactId: 'contact-100' })).toEqual(wanted({ contactId: 'contact-100' }))
  const last = contacts.at(-1)?.contactId ?? ''
  await expect(found({ contactId: last })).rejects.toThrow(`archive file ${path} is damaged`)
  await expect(found({})).rejects.toThrow(`archive file ${path} is damaged`)
})

it('a day whose index is gone is read from its first contact to its last; an index that is damaged is named', async () => {
  const path = join(root, book.contactIndex.file)
  const bytes = readFileSync(path)
  bytes.fill(0, bytes.length - 200, bytes.length - 100)
  writeFileSync(path, bytes)
  await expect(found({ agent: 7 })).rejects.toThrow(`archive file ${path} is damaged`)
  rmSync(path)
  expect(await found({ agent: 7 })).toEqual(wanted({ agent: 7 }))
})

it('a day without contacts is a day like others', async () => {
  const writer = await writeContacts(root, 'a/none.ndjson.gz', 'a/none-index.gz')
  const none = await writer.finish()
  expect([await found({}, day, none), await found({ agent: 1 }, day, none), await found({}, day, { contacts: none.contacts })]).toEqual([[], [], []])
})
