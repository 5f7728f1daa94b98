import type { Fact } from '../domain/platform-events.ts'
import { readEntries } from './archive-files.ts'
import type { FloorLog, ReadEntry } from './floor-log.ts'
import type { Keys } from './keys.ts'
import type { Manifest } from './manifest.ts'
import { mentionsOf, type Person } from './mentions.ts'
import type { Redis } from './plain-client.ts'
import type { Sealed } from './sealed.ts'

/** What is gone of a person; their contacts stay, as those of nobody. */
export interface Erasure {
  readonly customers: number
  readonly agents: number
  readonly texts: number
}

export interface EraseDependencies {
  readonly redis: Redis
  readonly keys: Keys
  readonly sealed: Sealed
  readonly log: Pick<FloorLog, 'read'>
  readonly manifest: Pick<Manifest, 'days' | 'imports'>
  readonly archiveDir: string
}

const PAGE = 200

async function* everyEntry({ log, manifest, archiveDir }: EraseDependencies, site: string): AsyncGenerator<ReadEntry> {
  for (const file of [...(await manifest.days(site)).map((day) => day.log), ...(await manifest.imports(site))]) yield* readEntries(archiveDir, file)
  for (let after = '0-0'; ; ) {
    const page = await log.read(site, after, PAGE)
    yield* page
    const last = page.at(-1)
    if (last === undefined || page.length < PAGE) return
    after = last.id
  }
}

const tokenIn = (fact: Fact): string | null => ('subject' in fact ? fact.subject : null)

/** Ids of the comments that a customer wrote: the log says only which contact they belong to. */
const commentsOf = async (dependencies: EraseDependencies, site: string, token: string): Promise<readonly string[]> => {
  const contacts = new Set<string>()
  const comments = new Map<string, string[]>()
  for await (const { entry } of everyEntry(dependencies, site)) {
    if (entry?.kind !== 'facts') continue
    for (const fact of entry.facts) {
      if (tokenIn(fact) === token && 'contactId' in fact) contacts.add(fact.contactId)
      if (fact.type === 'survey.received' && fact.comment !== null) comments.set(fact.contactId, [...(comments.get(fact.contactId) ?? []), fact.comment])
    }
  }
  return [...contacts].flatMap((contact) => comments.get(contact) ?? [])
}

/** Names that people of the site gave of themselves lie among the texts. */
const forgetNames = async ({ redis, keys }: EraseDependencies, site: string, texts: ReadonlySet<string>): Promise<void> => {
  const key = keys.site(site).peopleNames
  const gone = Object.entries(await redis.hGetAll(key)).filter(([, text]) => texts.has(String(text))).map(([person]) => person)
  if (gone.length > 0) await redis.hDel(key, gone)
}

/**
 * Drops all that is kept of a person: the row that ties their token to them, their entry in the register of agents, what they wrote, and
 * every sealed text that names them. The log and its chains hold tokens and commitments only, so they stay as they are. What was
 * appended to the AOF is still in it until `rewriteAppendOnlyFile`.
 */
export const erasePerson = async (dependencies: EraseDependencies, site: string, person: Person): Promise<Erasure> => {
  const { redis, keys, sealed } = dependencies
  const gone = { customers: 0, agents: 0 }
  const texts = new Set<string>()
  for (const customer of person.customers) {
    const found = await sealed.subjects.find(site, customer)
    if (found === null) continue
    for (const text of await commentsOf(dependencies, site, found.token)) texts.add(text)
    if (await sealed.subjects.erase(site, customer)) gone.customers += 1
  }
  const names: string[] = [...person.names]
  for (const id of person.agents) {
    const [number] = await sealed.agents.find(site, [id])
    const name = number ? (await sealed.agents.resolve(site, [number], { fresh: true })).get(number)?.name : null
    if (name) names.push(name)
    if (await sealed.agents.erase(site, id)) gone.agents += 1
  }
  for (const text of await sealed.texts.find(site, mentionsOf({ ...person, names }))) texts.add(text)
  const dropped = await sealed.texts.erase(site, [...texts])
  await forgetNames(dependencies, site, texts)
  const erasure: Erasure = { ...gone, texts: dropped }
  // That it was done, and never to whom.
  await redis.xAdd(keys.site(site).erasures, '*', { customers: String(gone.customers), agents: String(gone.agents), texts: String(dropped) })
  return erasure
}
