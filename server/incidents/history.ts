import { namingOnly, numbersIn, withQueuesNamed } from '../contract/named-records.ts'
import { concerns, type Area } from '../contract/roles.ts'
import type { Incident, TimelineRow } from '../contract/rows.ts'
import type { IncidentEvent } from '../domain/incident/events.ts'
import type { IncidentRecord, IncidentState, Priority, RecordType } from '../domain/incident/incident.ts'
import type { Instant } from '../domain/time.ts'
import type { IncidentLists } from '../redis/incident-lists.ts'
import { refScore, wholeRecord, type IncidentLog } from '../redis/incident-log.ts'
import type { IncidentRules } from '../redis/incident-rules.ts'
import type { PeopleNames } from '../redis/incident-people.ts'
import type { Texts } from '../redis/sealed-texts.ts'
import { personIdsOf, textIdsOf, toIncidentRow } from './incident-row.ts'
import { queuesOf } from './queues-of.ts'
import { personIdsOfEvents, textIdsOfEvents, toTimelineRow } from './timeline-row.ts'

export interface IncidentFilter {
  readonly states: readonly IncidentState[] | null
  readonly priorities: readonly Priority[] | null
  /** null: any. */
  readonly types?: readonly RecordType[] | null
  /** Words that title, nature, location, service, category or a number of it must all hold; null: any. */
  readonly words: readonly string[] | null
  /** Of whom asks: what lies outside is not there. */
  readonly area: Area | null
  /** Score of the last incident of the page before. */
  readonly below: number | null
  readonly limit: number
}

export interface Page<T> {
  readonly items: readonly T[]
  /** Cursor of the following page, or null at the end. */
  readonly next: string | null
}

export interface History {
  /** Rows as they are at `now`, one instant for all or each record's own. */
  rows(site: string, records: readonly IncidentRecord[], now: Instant | ((record: IncidentRecord) => Instant)): Promise<readonly Incident[]>
  get(site: string, ref: string): Promise<Incident | null>
  /** The record behind the row. */
  record(site: string, ref: string): Promise<IncidentRecord | null>
  /** False: there is no such incident, or not for somebody of that area. */
  sees(site: string, ref: string, area: Area | null): Promise<boolean>
  /** Whole numbers of callers by reference, for the server's own use: rows have them masked. */
  callerIds(site: string, refs: readonly string[]): Promise<ReadonlyMap<string, string | null>>
  /** The whole log of an incident as facts, oldest first. */
  events(site: string, ref: string): Promise<readonly IncidentEvent[]>
  /** What was logged in a drill since it began, oldest first. */
  ofExercise(site: string, id: string, since: Instant): Promise<readonly IncidentRecord[]>
  list(site: string, filter: IncidentFilter): Promise<Page<Incident>>
  timeline(site: string, ref: string, after: number, limit: number): Promise<Page<TimelineRow> | null>
}

const BATCH = 200
/** One request looks through at most so many incidents; the cursor goes on from there. */
const LOOKED_THROUGH = 5_000

const ended: readonly IncidentState[] = ['closed', 'cancelled', 'merged']

export const openHistory = ({ log, lists, rules, texts, names }: { readonly log: IncidentLog; readonly lists: IncidentLists; readonly rules: IncidentRules; readonly texts: Texts; readonly names: PeopleNames }): History => {
  /** Whoever is limited to an area learns of no record outside: what a row names is known before it is shown. */
  const naming = async <T extends object>(site: string, given: readonly T[], own: (row: T) => string): Promise<readonly T[]> => {
    const named = given.map((row) => numbersIn(row).filter((ref) => ref !== own(row)))
    const asked = [...new Set(named.flat())]
    if (asked.length === 0) return given
    const queues = await queuesOf(lists, site, asked)
    return given.map((row, index) => withQueuesNamed(row, new Map((named[index] ?? []).map((ref) => [ref, queues.get(ref)]))))
  }

  const unnamed = async (site: string, given: readonly IncidentRecord[], now: (record: IncidentRecord) => Instant): Promise<readonly Incident[]> => {
    const records = given.map(wholeRecord)
    const [resolved, people, judged] = await Promise.all([texts.resolve(site, textIdsOf(records)), names.resolve(site, personIdsOf(records)), Promise.all(records.map((record) => rules.of(site, record)))])
    return records.flatMap((record, index) => {
      const by = judged[index]
      return by === undefined ? [] : [toIncidentRow({ record, rules: by, texts: resolved, people, now: now(record) })]
    })
  }
  const rows: History['rows'] = async (site, given, now) => naming(site, await unnamed(site, given, typeof now === 'number' ? () => now : now), ({ ref }) => ref)

  const holdsWords = (row: Incident, words: readonly string[]): boolean => {
    const text = [row.ref, ...(row.formerRefs ?? []), row.successor, row.title, row.nature, row.location, row.service, row.category].join('\n').toLocaleLowerCase()
    return words.every((word) => text.includes(word))
  }

  return {
    rows,
    get: async (site, ref) => {
      const { record, now } = await log.read(site, ref)
      return record === null ? null : ((await rows(site, [record], now))[0] ?? null)
    },
    record: async (site, ref) => (await log.read(site, ref)).record,
    sees: async (site, ref, area) => {
      const { record } = await log.read(site, ref)
      return record !== null && concerns(area, record.queue)
    },
    callerIds: async (site, refs) => {
      const records = (await Promise.all(refs.map((ref) => log.read(site, ref)))).flatMap(({ record }) => record ?? [])
      const known = await texts.resolve(site, records.flatMap(({ texts: { callerId } }) => callerId ?? []))
      return new Map(records.map(({ ref, texts: { callerId } }) => [ref, callerId === undefined ? null : (known.get(callerId) ?? null)]))
    },
    events: async (site, ref) => {
      const events: IncidentEvent[] = []
      for (let after = 0; ; ) {
        const batch = await lists.events(site, ref, after, BATCH)
        events.push(...batch.map(({ event }) => event))
        after = batch.at(-1)?.seq ?? after
        if (batch.length < BATCH) return events
      }
    },
    list: async (site, { states, priorities, types = null, words, area, below, limit }) => {
      const activeOnly = states !== null && !states.some((state) => ended.includes(state))
      const { now } = await log.read(site, '')
      const items: Incident[] = []
      let from = below
      for (let seen = 0; seen < LOOKED_THROUGH; ) {
        const batch = await lists.newest(site, { below: from, count: BATCH, activeOnly })
        const fitting = batch.filter((record) => concerns(area, record.queue) && (types === null || types.includes(record.type)) && (states === null || states.includes(record.state)) && (priorities === null || (record.priority !== null && priorities.includes(record.priority))))
        // Whoever sees all of the site is told whatever a row names.
        const found = area === null ? await unnamed(site, fitting, () => now) : (await rows(site, fitting, now)).map((whole) => namingOnly(area, whole))
        for (const row of found) {
          if (words !== null && !holdsWords(row, words)) continue
          items.push(row)
          if (items.length === limit) return { items, next: String(refScore(row.ref)) }
        }
        const last = batch.at(-1)
        if (batch.length < BATCH || last === undefined) return { items, next: null }
        seen += batch.length
        from = refScore(last.ref)
      }
      return { items, next: from === null ? null : String(from) }
    },
    ofExercise: async (site, id, since) => {
      const found: IncidentRecord[] = []
      let below: number | null = null
      for (;;) {
        const batch: readonly IncidentRecord[] = await lists.newest(site, { below, count: BATCH, activeOnly: false })
        found.push(...batch.filter(({ exercise }) => exercise?.id === id))
        const last = batch.at(-1)
        if (last === undefined || batch.length < BATCH || last.changedAt < since) return found.reverse()
        below = refScore(last.ref)
      }
    },
    timeline: async (site, ref, after, limit) => {
      const { record } = await log.read(site, ref)
      if (record === null) return null
      const events = await lists.events(site, ref, after, limit)
      const [resolved, people] = await Promise.all([texts.resolve(site, textIdsOfEvents(events)), names.resolve(site, personIdsOfEvents(events))])
      const last = events.at(-1)
      return { items: await naming(site, events.map((event) => toTimelineRow(event, resolved, people)), () => ref), next: events.length < limit || last === undefined ? null : String(last.seq) }
    },
  }
}
