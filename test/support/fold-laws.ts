import type { FloorBase } from '../../server/domain/floor.ts'
import type { Fact } from '../../server/domain/platform-events.ts'
import { createFloor, floorFromBase } from '../../server/domain/project-floor.ts'
import { entriesOf, entryOf, tickAt, utcSettings } from './fact-builders.ts'
import { folded, invariant, readSome, readSomeFacts, readStates, same, timeOfStates } from './fold-readings.ts'
import { lawStory, logOfStory } from './law-story.ts'
import type { Seeded } from './seeded-random.ts'

/** Laws 2 and 3 for one seed; each notes what befell in its story, so that thousands of them stay rich. */

const settings = utcSettings()

/** How often what befell. */
export type Told = Map<string, number>
const note = (told: Told, ...names: readonly string[]): void => {
  for (const name of names) told.set(name, (told.get(name) ?? 0) + 1)
}

export const endOf = (facts: readonly Fact[], random: Seeded): number => Math.max(...facts.map((each) => each.occurredAt)) + random.whole(0, 3_000_000)

/** Law 2: a base at any entry, through JSON, and the rest of the log give the fold of the whole log, and so does whoever offered the ticks. */
export const foldFromAnyBase = (random: Seeded, seed: number, told: Told): void => {
  const { facts, traits } = lawStory(random, { agents: true, platform: true })
  const { entries, late } = logOfStory(facts, random)
  note(told, 'stories', ...traits, ...(late ? ['late'] : []), ...facts.map(({ type }) => type))
  const cut = random.whole(0, entries.length)
  const plain = folded(entries.slice(0, cut))
  const base = seed % 2 === 0 ? JSON.stringify(plain.toBase()) : null
  const floor = folded(entries.slice(cut), plain)
  const all = readSome(floor, seed)
  if (all.contacts.some(({ repeat }) => repeat === true)) note(told, 'came again')
  timeOfStates(floor)
  if (base !== null) return same(readSome(folded(entries.slice(cut), floorFromBase(JSON.parse(base) as FloorBase)), seed), all)
  const live = createFloor('test', settings)
  for (const entry of entries) {
    for (let next = live.nextTickAt(); next !== null && next < entry.at; next = live.nextTickAt()) live.apply(tickAt(next))
    live.apply(entry)
  }
  const { entry: _entry, ...ticked } = readSome(live, seed)
  const { entry: _other, ...untouched } = all
  same(ticked, untouched)
}

/** Law 3: any order and repetition of deliveries gives the same floor, and its sums add up whatever is lost. */
export const foldInAnyOrder = (random: Seeded, seed: number, told: Told): void => {
  const { facts, traits } = lawStory(random, { agents: false, platform: false })
  note(told, 'shuffled stories', ...traits, ...facts.map(({ type }) => type))
  const lost = seed % 2 === 0 ? 0 : random.next() * 0.6
  const kept = facts.filter(() => !random.chance(lost))
  if (kept.length === 0) return
  const now = endOf(kept, random)
  const repeated = kept.filter(() => random.chance(0.3))
  note(told, ...(lost > 0 ? ['gaps'] : []), ...(repeated.length > 0 ? ['repeated'] : []))
  const shuffled = folded([entryOf(now, random.shuffle([...kept, ...repeated]))])
  same(readSomeFacts(shuffled, seed), readSomeFacts(folded([...entriesOf(kept), tickAt(now)]), seed))
  if (lost > 0) invariant(shuffled)
}

/** Law 3 of agents: their states, and the time in them, whatever came first; restarts and snapshots say what they find, so only one order gives them. */
export const statesInAnyOrder = (random: Seeded, seed: number, told: Told): void => {
  if (seed % 3 !== 0) return
  const { facts } = lawStory(random, { agents: true, platform: false })
  note(told, 'shuffled states', ...facts.map(({ type }) => type))
  const now = endOf(facts, random)
  const shuffled = folded([entryOf(now, random.shuffle([...facts, ...facts.filter(() => random.chance(0.2))]))])
  same(readStates(shuffled), readStates(folded([...entriesOf(facts), tickAt(now)])))
  timeOfStates(shuffled)
}

const KINDS = ['contact.created', 'contact.queued', 'contact.refused', 'contact.offered', 'contact.offer_missed', 'contact.answered', 'contact.held', 'contact.resumed', 'contact.transferred', 'contact.abandoned', 'contact.left_queue', 'contact.ended', 'contact.wrapped', 'contact.reopened', 'contact.callback_requested', 'contact.callback_attempted', 'contact.callback_connected', 'contact.callback_failed', 'contact.failed', 'survey.received', 'survey.sent', 'contact.message', 'agent.state', 'agent.queue_joined', 'agent.queue_left', 'source.reset', 'source.snapshot']

/** What the stories told too little of; empty while they are rich. */
export const poorIn = (told: Told): readonly string[] => {
  const share = (name: string, of: string): number => (told.get(name) ?? 0) / (told.get(of) ?? 0)
  return [
    ...['two sources', 'day turn', 'agents', 'restart', 'late', 'one customer', 'came again'].filter((name) => !(share(name, 'stories') >= 0.1)),
    ...['gaps', 'repeated'].filter((name) => !(share(name, 'shuffled stories') >= 0.3)),
    ...KINDS.filter((kind) => (told.get(kind) ?? 0) === 0),
  ]
}
