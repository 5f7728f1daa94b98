import type { IncidentRecord } from '../domain/incident/incident.ts'
import type { Instant } from '../domain/time.ts'
import type { IncidentLists } from '../redis/incident-lists.ts'
import { refScore } from '../redis/incident-log.ts'

export interface RecordFacts<Fact> {
  /** Newest first. */
  readonly facts: readonly Fact[]
  /** Of what was reported before this there was more than is looked at; null: all was looked at. */
  readonly wholeFrom: Instant | null
}

export interface RecordFactsDeps<Fact> {
  readonly lists: Pick<IncidentLists, 'versions' | 'records'>
  /** What is needed of a record: that much of it is kept at hand. */
  readonly needed: (record: IncidentRecord) => Fact
  /** Of one site. */
  readonly most?: number
}

interface Memo<Fact> extends Pick<IncidentRecord, 'ref' | 'version' | 'changedAt' | 'reportedAt'> {
  readonly fact: Fact
}

const BATCH = 500

/** Of records that changed since an instant. One is parsed once for each version of it: 50,000 are 2 s of that, and 0.2 s of asking for their versions. */
export const openRecordFacts = <Fact>({ lists, needed, most = 50_000 }: RecordFactsDeps<Fact>): ((site: string, from: Instant) => Promise<RecordFacts<Fact>>) => {
  const memos = new Map<string, Map<string, Memo<Fact>>>()

  // References are given in the order of opening, which reports of long ago may disturb by a batch.
  return async (site, from) => {
    const memo = memos.get(site) ?? new Map<string, Memo<Fact>>()
    memos.set(site, memo)
    const found: Memo<Fact>[] = []
    for (let below: number | null = null; ; ) {
      const versions = await lists.versions(site, { below, count: Math.min(BATCH, most - found.length) })
      const changed = versions.filter(({ ref, version }) => memo.get(ref)?.version !== version)
      for (const record of await lists.records(site, changed.map(({ ref }) => ref))) memo.set(record.ref, { ref: record.ref, version: record.version, changedAt: record.changedAt, reportedAt: record.reportedAt, fact: needed(record) })
      const batch = versions.flatMap(({ ref }) => memo.get(ref) ?? [])
      found.push(...batch)
      const last = versions.at(-1)
      const over = last === undefined || versions.length < BATCH || batch.every(({ changedAt }) => changedAt < from)
      if (!over && found.length < most) {
        below = refScore(last.ref)
        continue
      }
      if (memo.size > most) memos.set(site, new Map(found.map((one) => [one.ref, one])))
      return { facts: found.map(({ fact }) => fact), wholeFrom: found.length < most ? null : batch.reduce<Instant>((newest, { reportedAt }) => (reportedAt > newest ? reportedAt : newest), from) }
    }
  }
}
