import { reachesQueue } from '../contract/roles.ts'
import type { ContactFigures } from '../domain/contact-figures.ts'
import type { Explanation } from '../domain/explanation.ts'
import { addVerdict, emptyCohortSums } from '../domain/kpi/cohort-sums.ts'
import { shareInterval } from '../domain/kpi/confidence.ts'
import { dictionary, formulaOf } from '../domain/kpi/dictionary.ts'
import { shareOf } from '../domain/kpi/service-level.ts'
import { BEGAN_MS } from '../domain/reports/cohort-tally.ts'
import { DAY, instantOf, MINUTE, type Instant } from '../domain/time.ts'
import { notFound, problem } from '../http/problem.ts'
import type { Sealed } from '../redis/sealed.ts'
import { cohortOf, daysOf, seesPart } from './agent-report.ts'
import type { CohortReads } from './cohort-reads.ts'
import type { HistoryReads } from './history-reads.ts'
import type { Scope } from './scope.ts'

export interface ExplainCohortsDeps {
  readonly reads: Pick<HistoryReads, 'replicaFor' | 'contacts'>
  readonly cohorts: Pick<CohortReads, 'contacts'>
  readonly sealed: Pick<Sealed, 'agents'>
}

export interface ExplainCohortsQuery {
  readonly metric: string
  readonly agent: string
  readonly queue: string | undefined
  readonly from: Instant
  readonly to: Instant
  /** Of calendar days; the site's business days without it. */
  readonly tz: string | undefined
  readonly gone: () => boolean
}

export type ExplainCohorts = (site: string, scope: Scope, query: ExplainCohortsQuery) => Promise<Explanation>

/** Contacts of one explanation; more are nothing that anybody reads. */
const MOST_EXPLAINED = 20_000

/** What stands behind an agent's resolution at first contact: the judged contacts of the matured part of a range, and those after which nobody came again. */
export const explainCohorts = ({ reads, cohorts, sealed }: ExplainCohortsDeps): ExplainCohorts => async (site, scope, { metric, agent, queue, from, to, tz, gone }) => {
  if (metric !== 'fcrCohort') throw problem(422, 'not_explained', `metric "${metric.slice(0, 40)}" of an agent is explained over today; over a range fcrCohort is`)
  const { floor } = await reads.replicaFor(site, scope, queue)
  const [number] = await sealed.agents.find(site, [agent])
  if (typeof number !== 'number') throw notFound('agent', agent)
  const teamNow = (await sealed.agents.resolve(site, [number])).get(number)?.team ?? null
  const cohort = cohortOf(floor, { from, to, day: daysOf(floor, tz), queue })
  const own: ContactFigures[] = []
  // Their contacts by what is theirs: of somebody who works elsewhere by now, the queues of then.
  for await (const contact of reads.contacts(site, { ...scope, area: null }, { from: instantOf(cohort.from - BEGAN_MS), to: cohort.to, queue, outcome: 'answered', agent })) {
    own.push(contact)
    if (own.length > MOST_EXPLAINED) break
  }
  const queues = new Set(own.map((contact) => contact.queue))
  if (!seesPart(scope.area, floor, { agent: number, team: null, queues }, teamNow)) throw notFound('agent', agent)
  // Whoever does not see the agent does not learn how much they do either.
  if (own.length > MOST_EXPLAINED) throw problem(422, 'too_many_rows', `more than ${MOST_EXPLAINED} contacts stand behind this range: ask for less time or one queue`)

  const sums = emptyCohortSums()
  const [eligible, resolved] = [new Set<string>(), new Set<string>()]
  const key = ({ contactId, legId }: { readonly contactId: string; readonly legId: string }): string => JSON.stringify([contactId, legId])
  for await (const { leg, inQueue, inSite } of cohorts.contacts(site, { ...cohort, queue: queue ?? null, only: number, gone })) {
    const verdict = queue === undefined ? inSite : inQueue
    addVerdict(sums, verdict)
    if (verdict !== 'none') eligible.add(key(leg))
    if (verdict === 'resolved') resolved.add(key(leg))
  }
  // The figure is of all their work; contacts of queues out of reach are counted in it and not shown.
  const seen = own.filter((contact) => reachesQueue(scope.area, contact.queue))
  const value = { numerator: sums.resolvedAtFirst, denominator: sums.eligible }
  return {
    metric, queue: queue ?? null, window: 'range', variant: `repeat ${cohort.windowMs % DAY === 0 ? `${cohort.windowMs / DAY} d` : `${Math.round(cohort.windowMs / MINUTE)} min`}`, formula: formulaOf('fcrCohort'), basis: dictionary.fcrCohort.basis, from: cohort.from, to: cohort.to,
    ...value, value: shareOf(value), threshold: null, limit: null, since: null, clears: null, range: shareInterval(value.numerator, value.denominator),
    numeratorContacts: seen.filter((contact) => resolved.has(key(contact))), denominatorContacts: seen.filter((contact) => eligible.has(key(contact))),
  }
}
