import { Router } from 'express'
import { z } from 'zod'
import { credentialOf, guard } from '../access/guard.ts'
import { inOrder, journeyOf, type JourneyStep } from '../domain/reports/journey.ts'
import { lostCallers } from '../domain/reports/lost-callers.ts'
import { DAY, instantOf, isoOf, type Instant } from '../domain/time.ts'
import { queryOf } from '../http/body.ts'
import { notFound } from '../http/problem.ts'
import type { Incidents } from '../incidents/incidents.ts'
import type { Sealed } from '../redis/sealed.ts'
import { sendReport } from './exports/send-report.ts'
import { channel, inOrder as rangeInOrder, name, range } from './history-queries.ts'
import type { HistoryReads } from './history-reads.ts'
import { scopeOf, type Scope } from './scope.ts'

export interface JourneyRoutesDeps {
  readonly now: () => Instant
  readonly reads: HistoryReads
  readonly incidents: Pick<Incidents, 'list' | 'callerIds'>
  readonly sealed: Pick<Sealed, 'subjects'>
}

const journeyQuery = z.strictObject({ days: z.string().regex(/^\d{1,3}$/, { error: 'must be 1 to 90' }).transform(Number).refine((days) => days >= 1 && days <= 90, { error: 'must be 1 to 90' }).default(30) })
const lostQuery = z.strictObject({ ...range, queue: name.optional(), channel: channel.optional(), format: z.enum(['json', 'csv']).default('json') })

/** Incidents looked through for one journey, newest first. */
const MOST_INCIDENTS = 500

/** One customer's contacts, transfers, surveys and incidents on one line, and who gave up and has not come through since. */
export const journeyRoutes = ({ reads, incidents, sealed, now }: JourneyRoutesDeps): Router => {
  const router = Router()

  /** Incidents whose caller is this customer: a number is the same customer however it is written. */
  const incidentsOf = async (site: string, { area }: Scope, subject: string, from: Instant): Promise<readonly JourneyStep[]> => {
    const { items } = await incidents.list(site, { states: null, priorities: null, words: null, area, below: null, limit: MOST_INCIDENTS })
    const recent = items.filter(({ callerId, reportedAt }) => callerId !== null && callerId !== 'withheld' && Date.parse(reportedAt) >= from)
    const numbers = await incidents.callerIds(site, recent.map(({ ref }) => ref))
    const callers = await Promise.all(recent.map(({ ref }) => sealed.subjects.find(site, { phone: numbers.get(ref) ?? '' })))
    return recent.flatMap(({ ref, title, state, priority, reportedAt }, index): readonly JourneyStep[] => (callers[index]?.token === subject ? [{ kind: 'incident', at: instantOf(Date.parse(reportedAt)), ref, title, state, priority }] : []))
  }

  router.get('/sites/:site/contacts/:id/journey', guard('contacts:read'), async (request, response) => {
    const { days } = queryOf(journeyQuery, request.url)
    const [site, id] = [String(request.params.site), String(request.params.id)]
    const scope = scopeOf(credentialOf(response))
    const around = { from: instantOf(now() - days * DAY), to: instantOf(now() + DAY) }
    const own = await reads.visits(site, scope, { contactId: id }, around)
    const subject = own.find((contact) => contact.subject !== null)?.subject ?? null
    if (own.length === 0) throw notFound('contact', id)
    const visits = subject === null ? own : await reads.visits(site, scope, { subject }, around)
    const steps = inOrder([...journeyOf(visits), ...(subject === null ? [] : await incidentsOf(site, scope, subject, around.from))])
    response.json({ contactId: id, identified: subject !== null, from: isoOf(around.from), to: isoOf(now()), steps: steps.map((step) => ({ ...step, at: isoOf(step.at) })) })
  })

  router.get('/sites/:site/reports/lost-callers', guard('contacts:read'), async (request, response) => {
    const { format, channel: of, ...filter } = queryOf(lostQuery, request.url)
    rangeInOrder(filter)
    const site = String(request.params.site)
    const list = lostCallers()
    const scope = scopeOf(credentialOf(response))
    const { floor } = await reads.replicaFor(site, scope, filter.queue)
    for await (const contact of reads.contacts(site, scope, { from: filter.from, to: filter.to })) {
      const asked = (filter.queue === undefined || contact.queue === filter.queue) && (of === undefined || contact.channel === of)
      if (asked) list.add(contact)
      else list.hear(contact)
    }
    // Whoever came through after the range, by whichever queue, is lost no more.
    const [since, subjects] = [{ from: filter.to, to: instantOf(floor.asOf + 1) }, list.subjects()]
    if (since.from < since.to && subjects.size > 0) for await (const contact of reads.contacts(site, scope, { ...since, subjects })) list.hear(contact)
    sendReport(response, format, { report: 'lost-callers', queue: filter.queue ?? null }, list.rows())
  })

  return router
}
