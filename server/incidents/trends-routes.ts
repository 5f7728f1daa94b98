import { Router } from 'express'
import { z } from 'zod'
import { credentialOf, guard } from '../access/guard.ts'
import { refPattern } from '../contract/incidents.ts'
import { areaOf, concerns, type Area } from '../contract/roles.ts'
import { trendGroups, type TrendGroup, type TrendsAnswer } from '../contract/trends.ts'
import { beforeAfter, byKeyOf, trendOf, trendsOf, weeksKnown, type TrendSeries } from '../domain/incident/trends.ts'
import type { TextId } from '../domain/platform-events.ts'
import { isoOf, type Instant } from '../domain/time.ts'
import { hourIn, weekStarts } from '../domain/weeks.ts'
import { queryOf } from '../http/body.ts'
import type { IncidentLists } from '../redis/incident-lists.ts'
import type { Texts } from '../redis/sealed-texts.ts'
import { queuesOf } from './queues-of.ts'
import { openRecordFacts } from './record-facts.ts'
import { ofTrends, type TrendFact } from './trend-facts.ts'

export interface TrendsRoutesDeps {
  readonly lists: Pick<IncidentLists, 'versions' | 'records'>
  readonly texts: Texts
  readonly timeZone: (site: string) => string
  readonly redisNow: (site: string) => Promise<Instant>
}

const query = z.strictObject({
  by: z.enum(trendGroups, { error: `must be one of ${trendGroups.join(', ')}` }).default('category'),
  weeks: z.string().regex(/^\d{1,2}$/, { error: 'must be 4 to 53' }).transform(Number).refine((count) => count >= 4 && count <= 53, { error: 'must be 4 to 53' }).default(26),
})
const FEWEST_WEEKS = 4
const MOST_SERIES = 12
const MOST_IMPROVEMENTS = 30
/** Texts that are opened in one go: nothing else runs meanwhile. */
const OPENED = 500

export const trendsRoutes = ({ lists, texts, timeZone, redisNow }: TrendsRoutesDeps): Router => {
  const router = Router()
  const factsSince = openRecordFacts({ lists, needed: ofTrends })

  const resolved = async (site: string, ids: readonly TextId[]): Promise<ReadonlyMap<TextId, string | null>> => {
    const said = new Map<TextId, string | null>()
    for (let from = 0; from < ids.length; from += OPENED) for (const [id, text] of await texts.resolve(site, ids.slice(from, from + OPENED))) said.set(id, text)
    return said
  }

  /** Of the problems that cause something those outside an area; one inside may be older than what is looked at. */
  const foreignAmong = async (site: string, area: Area, causes: readonly string[], facts: readonly TrendFact[]): Promise<ReadonlySet<string>> => {
    const named = [...new Set(causes)].filter((cause) => refPattern.test(cause))
    const known = new Map(facts.map(({ ref, queue }) => [ref, queue]))
    const queues = new Map([...known, ...(await queuesOf(lists, site, named.filter((ref) => !known.has(ref))))])
    return new Set(named.filter((ref) => !queues.has(ref) || !concerns(area, queues.get(ref) ?? null)))
  }

  router.get('/sites/:site/incident-trends', guard('incidents:read'), async (request, response) => {
    const { by, weeks: count } = queryOf(query, request.url)
    const site = String(request.params['site'])
    const zone = timeZone(site)
    const asked = weekStarts(await redisNow(site), zone, count)
    const [first] = asked
    const { facts, wholeFrom } = first === undefined ? { facts: [], wholeFrom: null } : await factsSince(site, first)
    const area = areaOf(credentialOf(response))
    const records = facts.filter(({ queue }) => concerns(area, queue))
    const incidents = records.filter(({ counts }) => counts)
    const problems = new Map(records.flatMap(({ ref, problem }) => (problem === null ? [] : [[ref, problem] as const])))
    const done = improvementsIn(records).slice(0, MOST_IMPROVEMENTS)
    const wanted: readonly TextId[] = [...(by === 'location' ? incidents.flatMap(({ location }) => location ?? []) : []), ...[...problems.values()].flatMap(({ title }) => title ?? []), ...done.flatMap(({ text }) => text ?? [])]
    const said = await resolved(site, wanted)
    const ofAnybody = keyBy(by, zone, said)
    // A problem of another area is a cause without a number.
    const foreign = by === 'cause' && area !== null ? await foreignAmong(site, area, incidents.flatMap(({ cause }) => cause ?? []), facts) : new Set<string>()
    const keyOf = (fact: TrendFact): string => (foreign.has(ofAnybody(fact)) ? ELSEWHERE : ofAnybody(fact))
    const occurrences = incidents.map((record) => ({ key: keyOf(record), at: record.reportedAt }))
    const weeks = weeksKnown(asked, occurrences, FEWEST_WEEKS, wholeFrom)
    const byKey = byKeyOf(occurrences)
    const series = trendsOf(byKey, weeks, MOST_SERIES)
    const named = (one: TrendSeries): TrendsAnswer['series'][number] => ({ ...one, counts: [...one.counts], signals: [...one.signals], name: said.get(problems.get(one.key)?.title ?? '') ?? null })
    const improvements = done.map(({ ref, what, text, doneAt, like }) => {
      const key = like === null ? null : keyOf(like)
      const moved = key === null ? null : beforeAfter(trendOf(key, byKey.get(key) ?? [], weeks), weeks, doneAt)
      return { ref, what, text: said.get(text ?? '') ?? null, doneAt: isoOf(doneAt), series: key ?? '', before: moved?.before ?? null, after: moved?.after ?? null, beyondChance: moved?.beyondChance ?? false }
    })
    response.json({ by, weeks: weeks.map(isoOf), capped: wholeFrom !== null, all: named(trendOf('all', occurrences, weeks)), series: series.map(named), improvements } satisfies TrendsAnswer)
  })
  return router
}

const NOT_KNOWN = 'unknown'
const ELSEWHERE = 'elsewhere'

const keyBy = (by: TrendGroup, zone: string, said: ReadonlyMap<TextId, string | null>): ((fact: TrendFact) => string) => {
  switch (by) {
    case 'category':
      return ({ category }) => category ?? NOT_KNOWN
    case 'service':
      return ({ service }) => service ?? NOT_KNOWN
    case 'location':
      return ({ location }) => said.get(location ?? '')?.trim().toLocaleLowerCase() ?? NOT_KNOWN
    case 'hour': {
      const hour = hourIn(zone)
      return ({ reportedAt }) => hour(reportedAt)
    }
    case 'cause':
      return ({ cause }) => cause ?? NOT_KNOWN
    default: {
      const never: never = by
      return never
    }
  }
}

interface Improvement {
  readonly ref: string
  readonly what: 'action' | 'fix'
  readonly text: TextId | null
  readonly doneAt: Instant
  /** The incident whose series it should have changed. */
  readonly like: TrendFact | null
}

/** What was done so that it does not happen again, newest first. */
const improvementsIn = (records: readonly TrendFact[]): readonly Improvement[] => {
  const byRef = new Map(records.map((record) => [record.ref, record]))
  const actions = records.flatMap((record) => record.actions.map(({ text, doneAt }): Improvement => ({ ref: record.ref, what: 'action', text, doneAt, like: record })))
  const fixes = records.flatMap(({ ref, problem }): readonly Improvement[] => (problem?.fixedAt == null ? [] : [{ ref, what: 'fix', text: problem.fix, doneAt: problem.fixedAt, like: byRef.get(problem.newest ?? '') ?? null }]))
  return [...actions, ...fixes].sort((a, b) => b.doneAt - a.doneAt)
}
