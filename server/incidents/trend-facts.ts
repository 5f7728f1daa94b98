import type { IncidentRecord } from '../domain/incident/incident.ts'
import type { TextId } from '../domain/platform-events.ts'
import type { Instant } from '../domain/time.ts'
import type { IncidentLists } from '../redis/incident-lists.ts'
import { refScore } from '../redis/incident-log.ts'

/** What trends need of an incident or a problem: a tenth of its record. */
export interface TrendFact {
  readonly ref: string
  readonly version: number
  readonly changedAt: Instant
  readonly reportedAt: Instant
  readonly queue: string | null
  /** An incident that happened: no draft, drill, doublet or mistake. */
  readonly counts: boolean
  readonly category: string | null
  readonly service: string | null
  readonly location: TextId | null
  /** A problem is the cause; where none is known, what it was resolved as. */
  readonly cause: string | null
  /** Actions of its review that are done. */
  readonly actions: readonly { readonly text: TextId | null; readonly doneAt: Instant }[]
  readonly problem: { readonly title: TextId | null; readonly fix: TextId | null; readonly fixedAt: Instant | null; readonly newest: string | null } | null
}

const factOf = (record: IncidentRecord): TrendFact => {
  const { ref, version, changedAt, reportedAt, queue, type, drill, state, category, service, texts, pir, problem } = record
  return {
    ref, version, changedAt, reportedAt, queue, category, service,
    counts: type === 'incident' && !drill && state !== 'draft' && state !== 'cancelled' && state !== 'merged',
    location: texts.location ?? null,
    cause: record.problemRef ?? record.resolutionCode,
    actions: (pir?.actions ?? []).flatMap(({ text, doneAt }) => (doneAt === null ? [] : [{ text, doneAt }])),
    problem: type === 'problem' ? { title: texts.title ?? null, fix: problem?.fix ?? null, fixedAt: problem?.fixedAt ?? null, newest: problem?.incidents.at(-1) ?? null } : null,
  }
}

export interface TrendFacts {
  readonly facts: readonly TrendFact[]
  /** Before this there were more than are looked at; null: all were. */
  readonly wholeFrom: Instant | null
}

const BATCH = 500

/** Incidents that changed since an instant. A record is parsed once for each version of it: 50,000 are 2 s of that, and 0.2 s of asking for their versions. */
export const openTrendFacts = ({ lists, most = 50_000 }: { readonly lists: Pick<IncidentLists, 'versions' | 'records'>; readonly most?: number }): ((site: string, from: Instant) => Promise<TrendFacts>) => {
  const memos = new Map<string, Map<string, TrendFact>>()

  // References are given in the order of opening, which reports of long ago may disturb by a batch.
  return async (site, from) => {
    const memo = memos.get(site) ?? new Map<string, TrendFact>()
    memos.set(site, memo)
    const facts: TrendFact[] = []
    for (let below: number | null = null; ; ) {
      const versions = await lists.versions(site, { below, count: Math.min(BATCH, most - facts.length) })
      const changed = versions.filter(({ ref, version }) => memo.get(ref)?.version !== version)
      for (const record of await lists.records(site, changed.map(({ ref }) => ref))) memo.set(record.ref, factOf(record))
      const batch = versions.flatMap(({ ref }) => memo.get(ref) ?? [])
      facts.push(...batch)
      const last = versions.at(-1)
      const over = last === undefined || versions.length < BATCH || batch.every(({ changedAt }) => changedAt < from)
      if (!over && facts.length < most) {
        below = refScore(last.ref)
        continue
      }
      if (memo.size > most) memos.set(site, new Map(facts.map((fact) => [fact.ref, fact])))
      return { facts, wholeFrom: facts.length < most ? null : batch.reduce<Instant>((newest, { reportedAt }) => (reportedAt > newest ? reportedAt : newest), from) }
    }
  }
}
