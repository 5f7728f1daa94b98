import { Router } from 'express'
import { z } from 'zod'
import { credentialOf, guard } from '../access/guard.ts'
import { areaOf, concerns } from '../contract/roles.ts'
import { trendGroups, type TrendGroup, type TrendsAnswer } from '../contract/trends.ts'
import type { IncidentRecord } from '../domain/incident/incident.ts'
import { beforeAfter, trendOf, trendsOf, weeksKnown, type TrendSeries } from '../domain/incident/trends.ts'
import type { TextId } from '../domain/platform-events.ts'
import { isoOf, type Instant } from '../domain/time.ts'
import { hourOf, weekStarts } from '../domain/weeks.ts'
import { queryOf } from '../http/body.ts'
import type { IncidentLists } from '../redis/incident-lists.ts'
import type { Texts } from '../redis/sealed-texts.ts'
import { incidentsSince } from './incidents-since.ts'

export interface TrendsRoutesDeps {
  readonly lists: Pick<IncidentLists, 'newest'>
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

const counted = ({ type, drill, state }: IncidentRecord): boolean => type === 'incident' && !drill && state !== 'draft' && state !== 'cancelled' && state !== 'merged'

export const trendsRoutes = ({ lists, texts, timeZone, redisNow }: TrendsRoutesDeps): Router => {
  const router = Router()

  router.get('/sites/:site/incident-trends', guard('incidents:read'), async (request, response) => {
    const { by, weeks: count } = queryOf(query, request.url)
    const site = String(request.params['site'])
    const zone = timeZone(site)
    const asked = weekStarts(await redisNow(site), zone, count)
    const [first] = asked
    const all = first === undefined ? [] : await incidentsSince(lists, site, first)
    const records = all.filter(({ queue }) => concerns(areaOf(credentialOf(response)), queue))
    const incidents = records.filter(counted)
    const problems = new Map(records.filter(({ type }) => type === 'problem').map((record) => [record.ref, record]))
    const done = improvementsIn(records, problems)
    const wanted: readonly TextId[] = [...(by === 'location' ? incidents.flatMap(({ texts: { location } }) => location ?? []) : []), ...[...problems.values()].flatMap(({ texts: { title } }) => title ?? []), ...done.flatMap(({ text }) => text ?? [])]
    const said = await texts.resolve(site, wanted)
    const keyOf = keyBy(by, zone, said)
    const occurrences = incidents.map((record) => ({ key: keyOf(record), at: record.reportedAt }))
    const weeks = weeksKnown(asked, occurrences, FEWEST_WEEKS)
    const series = trendsOf(occurrences, weeks, MOST_SERIES)
    const named = (one: TrendSeries): TrendsAnswer['series'][number] => ({ ...one, counts: [...one.counts], signals: [...one.signals], name: said.get(problems.get(one.key)?.texts.title ?? '') ?? null })
    const improvements = done.slice(0, MOST_IMPROVEMENTS).map(({ ref, what, text, doneAt, like }) => {
      const key = like === null ? null : keyOf(like)
      const moved = key === null ? null : beforeAfter(trendOf(key, occurrences.filter((one) => one.key === key), weeks), weeks, doneAt)
      return { ref, what, text: said.get(text ?? '') ?? null, doneAt: isoOf(doneAt), series: key ?? '', before: moved?.before ?? null, after: moved?.after ?? null, beyondChance: moved?.beyondChance ?? false }
    })
    response.json({ by, weeks: weeks.map(isoOf), all: named(trendOf('all', occurrences, weeks)), series: series.map(named), improvements } satisfies TrendsAnswer)
  })
  return router
}

const NOT_KNOWN = 'unknown'

const keyBy = (by: TrendGroup, zone: string, said: ReadonlyMap<TextId, string | null>) => (record: IncidentRecord): string => {
  switch (by) {
    case 'category':
      return record.category ?? NOT_KNOWN
    case 'service':
      return record.service ?? NOT_KNOWN
    case 'location':
      return said.get(record.texts.location ?? '')?.trim().toLocaleLowerCase() ?? NOT_KNOWN
    case 'hour':
      return String(hourOf(record.reportedAt, zone)).padStart(2, '0')
    // A problem is the cause; where none is known, what it was resolved as.
    case 'cause':
      return record.problemRef ?? record.resolutionCode ?? NOT_KNOWN
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
  readonly like: IncidentRecord | null
}

/** What was done so that it does not happen again, newest first. */
const improvementsIn = (records: readonly IncidentRecord[], problems: ReadonlyMap<string, IncidentRecord>): readonly Improvement[] => {
  const byRef = new Map(records.map((record) => [record.ref, record]))
  const actions = records.flatMap((record) => (record.pir?.actions ?? []).flatMap(({ text, doneAt }): readonly Improvement[] => (doneAt === null ? [] : [{ ref: record.ref, what: 'action', text, doneAt, like: record }])))
  const fixes = [...problems.values()].flatMap(({ ref, problem }): readonly Improvement[] => (problem?.fixedAt == null ? [] : [{ ref, what: 'fix', text: problem.fix, doneAt: problem.fixedAt, like: byRef.get(problem.incidents.at(-1) ?? '') ?? null }]))
  return [...actions, ...fixes].sort((a, b) => b.doneAt - a.doneAt)
}
