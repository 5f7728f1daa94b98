import type { ContactFigures, ContactOutcome } from '../domain/contact-figures.ts'
import type { AgentNumber, SubjectToken } from '../domain/platform-events.ts'
import type { Instant } from '../domain/time.ts'
import { openBlocks, writeBlocks } from './archive-blocks.ts'
import { readPieces } from './archive-files.ts'
import { blocksOf, indexWriter } from './contact-index.ts'
import type { ContactIndexFile, DayBook } from './manifest.ts'

/** Which contacts of a closed day are wanted; all of what is given must hold. */
export interface ContactsOf {
  readonly contactId?: string
  /** Of one of these customers. */
  readonly subjects?: ReadonlySet<SubjectToken>
  /** Whoever handled it, last or not. */
  readonly agent?: AgentNumber
  readonly queue?: string
  readonly outcome?: ContactOutcome
}

/** What is packed and read alone: some 200 contacts. Smaller ones pack worse and need a longer list of them, larger ones are read for one contact. */
const BLOCK = 128 * 1024
/** More customers than this stand in most blocks of a day anyway. */
const MOST_LOOKED_UP = 64

const agentsOf = ({ agent, agents }: ContactFigures): readonly AgentNumber[] => agents ?? (agent === null ? [] : [agent])

const KEY = { contact: (id: string) => `c${id}`, subject: (token: SubjectToken) => `s${token}`, agent: (agent: AgentNumber) => `a${agent}` }
const keysOf = (contact: ContactFigures): readonly string[] => [KEY.contact(contact.contactId), ...(contact.subject === null ? [] : [KEY.subject(contact.subject)]), ...agentsOf(contact).map(KEY.agent)]
const keysFor = ({ contactId, subjects, agent }: ContactsOf): readonly string[] | null => {
  if (contactId !== undefined) return [KEY.contact(contactId)]
  if (subjects !== undefined && subjects.size <= MOST_LOOKED_UP) return [...subjects].map(KEY.subject)
  return agent === undefined ? null : [KEY.agent(agent)]
}

export interface ContactWriter {
  /** Oldest first. */
  readonly add: (contacts: readonly ContactFigures[]) => Promise<void>
  readonly finish: () => Promise<Required<Pick<DayBook, 'contacts' | 'contactIndex'>>>
  readonly abandon: () => Promise<void>
}

/** Contacts of a day, packed in blocks, and which block has whom. */
export const writeContacts = async (root: string, file: string, indexFile: string): Promise<ContactWriter> => {
  const blocks = await writeBlocks(root, file)
  const index = indexWriter()
  let [text, from, to, keys] = ['', Infinity, -Infinity, new Set<string>()]
  const put = async () => {
    if (text === '') return
    const block = await blocks.write(text)
    index.add({ ...block, from, to }, keys)
    ;[text, from, to, keys] = ['', Infinity, -Infinity, new Set<string>()]
  }
  return {
    add: async (contacts) => {
      for (const contact of contacts) {
        text += `${JSON.stringify(contact)}\n`
        from = Math.min(from, contact.queuedAt)
        to = Math.max(to, contact.queuedAt)
        for (const key of keysOf(contact)) keys.add(key)
        if (text.length >= BLOCK) await put()
      }
    },
    finish: async () => {
      await put()
      const contacts = await blocks.finish()
      return { contacts, contactIndex: await index.write(root, indexFile) }
    },
    abandon: blocks.abandon,
  }
}

/** The texts that a line has if it may be wanted. Lines are as `JSON.stringify` makes them, so a field has one spelling. */
const needlesOf = ({ contactId, subjects, queue, outcome }: ContactsOf): readonly string[] => {
  const [subject] = subjects?.size === 1 ? subjects : []
  const fields = { contactId, subject, queue, outcome }
  return Object.entries(fields).flatMap(([name, value]) => (value === undefined ? [] : [`"${name}":${JSON.stringify(value)}`]))
}

const fits = ({ contactId, subjects, agent, queue, outcome }: ContactsOf, contact: ContactFigures): boolean =>
  (contactId === undefined || contact.contactId === contactId) &&
  (subjects === undefined || (contact.subject !== null && subjects.has(contact.subject))) &&
  (agent === undefined || agentsOf(contact).includes(agent)) &&
  (queue === undefined || contact.queue === queue) &&
  (outcome === undefined || contact.outcome === outcome)

/** The field is a line's last. */
const SUBJECT = '"subject":"'
const subjectIn = (line: string): string => {
  const at = line.lastIndexOf(SUBJECT)
  return at === -1 ? '' : line.slice(at + SUBJECT.length, line.indexOf('"', at + SUBJECT.length))
}

/** Text is searched before it is parsed: a day of 200,000 contacts is 130 MB of it. */
function* contactsIn(piece: string, of: ContactsOf, needles: readonly string[]): Generator<ContactFigures> {
  if (needles.some((needle) => !piece.includes(needle))) return
  const { agent, subjects } = of
  for (const line of piece.split('\n')) {
    if (line === '' || needles.some((needle) => !line.includes(needle))) continue
    if (subjects !== undefined && subjects.size > 1 && !subjects.has(subjectIn(line))) continue
    if (agent !== undefined && !line.includes(`"agent":${agent},`) && !line.includes('"agents":[')) continue
    const contact = JSON.parse(line) as ContactFigures
    if (fits(of, contact)) yield contact
  }
}

async function* pieces(root: string, { contacts, contactIndex }: { readonly contacts: DayBook['contacts']; readonly contactIndex?: ContactIndexFile | undefined }, from: Instant, to: Instant, of: ContactsOf): AsyncGenerator<string> {
  const blocks = await blocksOf(root, contactIndex, keysFor(of))
  if (blocks === null) return yield* readPieces(root, contacts)
  const wanted = blocks.filter((block) => block.to >= from && block.from < to)
  if (wanted.length === 0) return
  const reader = await openBlocks(root, contacts.file)
  try {
    for (const block of wanted) yield await reader.read(block)
  } finally {
    await reader.close()
  }
}

/** Contacts of a day's book that came in [from, to), oldest first. */
export async function* readContacts(root: string, book: Pick<DayBook, 'contacts' | 'contactIndex'>, from: Instant, to: Instant, of: ContactsOf): AsyncGenerator<ContactFigures> {
  const needles = needlesOf(of)
  for await (const piece of pieces(root, book, from, to, of)) for (const contact of contactsIn(piece, of, needles)) if (contact.queuedAt >= from && contact.queuedAt < to) yield contact
}
