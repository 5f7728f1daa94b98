import { Router, type Request, type Response } from 'express'
import { z } from 'zod'
import { credentialOf, guard } from '../access/guard.ts'
import { reachesQueue } from '../contract/roles.ts'
import { followUpBody } from '../contract/service-schemas.ts'
import type { ContactFigures } from '../domain/contact-figures.ts'
import type { IncidentSettings } from '../domain/incident-settings.ts'
import { rulesOf } from '../domain/incident/rules.ts'
import { callbackFigures, callbackRowOf } from '../domain/reports/callbacks.ts'
import { fcrCohorts } from '../domain/reports/fcr-cohorts.ts'
import { firstResponses } from '../domain/reports/first-response.ts'
import { loneAnswerOf, surveyAnswerOf } from '../domain/reports/survey-answers.ts'
import { isOpenConversation, openSince, writtenTargets } from '../domain/reports/written-targets.ts'
import { responseTargetsOf } from '../domain/settings.ts'
import { SURVEY_OPEN_MS } from '../domain/fold/leg-view.ts'
import { HOT_MS } from '../domain/hot-hours.ts'
import { DAY, HOUR, instantOf, isoOf, type Instant } from '../domain/time.ts'
import { accepted, jsonBody, queryOf } from '../http/body.ts'
import { notFound } from '../http/problem.ts'
import type { DayBooks } from '../redis/day-books.ts'
import type { FollowUps } from '../redis/follow-ups.ts'
import type { Sealed } from '../redis/sealed.ts'
import { waitErrorOf } from '../domain/kpi/expected-wait.ts'
import { wholeMs } from '../domain/kpi/whole-ms.ts'
import type { CohortReads } from './cohort-reads.ts'
import { sendReport } from './exports/send-report.ts'
import { inOrder, name, range } from './history-queries.ts'
import { settingsOfQueue, type HistoryReads } from './history-reads.ts'
import { momentOf } from './moment.ts'
import type { openOwedReads } from './owed-reads.ts'
import { scopeOf, type Scope } from './scope.ts'
import { agentId } from './to-rows.ts'

export interface ServiceRoutesDeps {
  readonly reads: HistoryReads
  readonly cohorts: Pick<CohortReads, 'rows'>
  readonly books: Pick<DayBooks, 'quotes'>
  readonly sealed: Pick<Sealed, 'agents' | 'texts'>
  readonly followUps: FollowUps
  readonly owed: ReturnType<typeof openOwedReads>
  readonly incidentSettings: (site: string) => Promise<IncidentSettings>
  /** Calendar of a queue's hours, by the settings; null: always. */
  readonly hoursOf: (site: string) => Promise<(queue: string) => string | null>
  readonly now: () => Instant
}

const query = z.strictObject({ ...range, queue: name.optional(), format: z.enum(['json', 'csv']).default('json') })
const owedQuery = z.strictObject({ queue: name.optional() })
const cohortQuery = query.extend({ step: z.enum(['day', 'week']).default('week'), days: z.string().regex(/^([1-9]|[12]\d|30)$/, { error: 'must be 1 to 30' }).transform(Number).optional() })

/** What service was like: foretold waits, callbacks, first responses, resolution at first contact, and what customers said. */
export const serviceRoutes = ({ reads, cohorts, books, sealed, followUps, owed, incidentSettings, hoursOf, now }: ServiceRoutesDeps): Router => {
  const router = Router()
  const asked = (request: Request, response: Response): { readonly site: string; readonly scope: Scope; readonly filter: z.infer<typeof query> } => {
    const filter = queryOf(query, request.url)
    inOrder(filter)
    return { site: String(request.params.site), scope: scopeOf(credentialOf(response)), filter }
  }
  const only = (queue: string | undefined): { readonly queue?: string } => (queue === undefined ? {} : { queue })

  router.get('/sites/:site/reports/expected-wait', guard('history:read'), async (request, response) => {
    const { site, scope, filter } = asked(request, response)
    const { floor } = await reads.replicaFor(site, scope, filter.queue)
    // By whole hours, as books have them.
    const hotFrom = instantOf(Math.max(filter.from, Math.floor((floor.asOf - HOT_MS) / HOUR) * HOUR))
    const stored = filter.from < hotFrom ? await books.quotes(site, filter.from, instantOf(Math.min(hotFrom, filter.to))) : []
    const rows = floor
      .waits({ from: hotFrom, to: filter.to, ...only(filter.queue) })
      .filter(({ queue }) => reachesQueue(scope.area, queue))
      .map(({ sums, ...wait }) => ({ ...wait, ahtMs: wholeMs(wait.ahtMs), activeMs: wholeMs(wait.activeMs), meanMs: wholeMs(wait.meanMs), p50Ms: wholeMs(wait.p50Ms), p90Ms: wholeMs(wait.p90Ms), error: waitErrorOf([...stored.filter(({ queue }) => queue === wait.queue).map((one) => one.sums), sums]) }))
    sendReport(response, filter.format, { report: 'expected-wait', asOf: isoOf(floor.asOf) }, rows)
  })

  router.get('/sites/:site/reports/callbacks', guard('contacts:read'), async (request, response) => {
    const { site, scope, filter } = asked(request, response)
    const { floor } = await reads.replicaFor(site, scope, filter.queue)
    const rows = []
    const asOf = momentOf(floor, now)
    for await (const contact of reads.contacts(site, scope, { from: filter.from, to: filter.to, ...only(filter.queue) })) {
      const row = callbackRowOf(contact, asOf)
      if (row !== null) rows.push(row)
    }
    const order = { due: 0, attempting: 1, scheduled: 2, failed: 3, connected: 4 } as const
    sendReport(response, filter.format, { report: 'callbacks', asOf: isoOf(asOf), figures: wireOldest(callbackFigures(rows, asOf)) }, rows.sort((a, b) => order[a.state] - order[b.state] || a.dueAt - b.dueAt))
  })

  router.get('/sites/:site/reports/owed', guard('contacts:read'), async (request, response) => {
    const { queue } = queryOf(owedQuery, request.url)
    const { asOf, callbacks, followUps: calls } = await owed(String(request.params.site), scopeOf(credentialOf(response)), queue ?? null)
    response.json({ report: 'owed', asOf: isoOf(asOf), queue: queue ?? null, callbacks: wireOldest(callbacks), followUps: calls })
  })

  router.get('/sites/:site/reports/first-response', guard('history:read'), async (request, response) => {
    const { site, scope, filter } = asked(request, response)
    const replica = await reads.replicaFor(site, scope, filter.queue)
    const [rules, hours] = [rulesOf(await incidentSettings(site)), await hoursOf(site)]
    const settings = settingsOfQueue(replica)
    const { floor } = replica
    const calendarOf = (queue: string) => rules.calendar(hours(queue) ?? 'always')
    const targetsOf = (queue: string) => responseTargetsOf(settings(queue))
    const found = firstResponses({ asOf: floor.asOf, calendarOf, targetMsOf: (queue) => targetsOf(queue).firstMs })
    for await (const contact of reads.contacts(site, scope, { from: filter.from, to: filter.to, ...only(filter.queue) })) found.add(contact)
    const days = (await reads.intervals(site, scope, { from: filter.from, to: filter.to, step: '1d', basis: 'outcome', ...only(filter.queue) })).filter(({ channel }) => channel !== 'voice')
    const open = floor.contacts({ from: openSince(floor.asOf), to: filter.to, ...only(filter.queue) }).filter((contact) => reachesQueue(scope.area, contact.queue) && isOpenConversation(contact))
    for (const { queue, channel } of [...days, ...open]) found.mention(queue, channel)
    const rows = found.rows().map((row) => {
      const own = ({ queue, channel }: { readonly queue: string; readonly channel: string }): boolean => queue === row.queue && channel === row.channel
      const targets = targetsOf(row.queue)
      return { ...row, targets, ...writtenTargets({ rows: days.filter(own), open: open.filter(own), targets, hours: calendarOf(row.queue), from: filter.from, to: filter.to, asOf: floor.asOf }) }
    })
    sendReport(response, filter.format, { report: 'first-response', asOf: isoOf(floor.asOf) }, rows)
  })

  router.get('/sites/:site/reports/fcr', guard('history:read'), async (request, response) => {
    const filter = queryOf(cohortQuery, request.url)
    inOrder(filter)
    const [site, scope] = [String(request.params.site), scopeOf(credentialOf(response))]
    const replica = await reads.replicaFor(site, scope, filter.queue)
    const settings = settingsOfQueue(replica)(filter.queue ?? '')
    const windowMs = filter.days === undefined ? settings.repeatWithinMs : filter.days * DAY
    const rows = fcrCohorts(await cohorts.rows(site, scope, { from: filter.from, to: filter.to, queue: filter.queue ?? null, windowMs }), { to: filter.to, windowMs, step: filter.step, day: settings.day, asOf: replica.floor.asOf })
    const { repeatRate, identified } = (filter.queue === undefined ? replica.floor.totals(scope.area?.queues ?? undefined) : replica.floor.queue(filter.queue))?.today ?? { repeatRate: null, identified: 0 }
    sendReport(response, filter.format, { report: 'fcr', method: 'repeat', windowDays: windowMs / DAY, step: filter.step, queue: filter.queue ?? null, timeZone: settings.day.timeZone, asOf: isoOf(replica.floor.asOf), repeatRateNow: { value: repeatRate, identified } }, rows)
  })

  router.get('/sites/:site/reports/surveys', guard('contacts:read'), async (request, response) => {
    const { site, scope, filter } = asked(request, response)
    const { floor } = await reads.replicaFor(site, scope, filter.queue)
    const contacts: ContactFigures[] = []
    for await (const contact of reads.contacts(site, scope, { from: instantOf(filter.from - SURVEY_OPEN_MS), to: filter.to, ...only(filter.queue) })) if (contact.surveyAt !== null && contact.surveyAt >= filter.from && contact.surveyAt < filter.to) contacts.push(contact)
    const known = new Set(contacts.map(({ contactId }) => contactId))
    const lone = (await reads.lateAnswers(site, scope, { from: filter.from, to: filter.to, ...only(filter.queue) })).filter(({ contactId }) => !known.has(contactId))
    const done = await followUps.of(site, [...known, ...lone.map(({ contactId }) => contactId)])
    const doneAt = ({ contactId }: { readonly contactId: string }): Instant | null => done.get(contactId)?.at ?? null
    const asOf = momentOf(floor, now)
    const answers = [...contacts.flatMap((contact) => surveyAnswerOf(contact, doneAt(contact), asOf) ?? []), ...lone.map((answer) => loneAnswerOf(answer, doneAt(answer), asOf))]
    const texts = await sealed.texts.resolve(site, answers.flatMap(({ comment }) => comment ?? []))
    const names = await sealed.agents.resolve(site, answers.flatMap(({ agent }) => agent ?? []))
    const rows = answers
      .sort((a, b) => b.at - a.at)
      .map(({ agent, comment, followUp, ...rest }) => ({ ...rest, agent: agent === null ? null : agentId(agent, names.get(agent) ?? null), agentName: agent === null ? null : (names.get(agent)?.name ?? null), comment: comment === null ? null : (texts.get(comment) ?? null), followUp: followUp === null ? null : { ...followUp, dueAt: isoOf(followUp.dueAt), doneAt: followUp.doneAt === null ? null : isoOf(followUp.doneAt) } }))
    const count = (state: string): number => answers.filter(({ followUp }) => followUp?.state === state).length
    sendReport(response, filter.format, { report: 'surveys', asOf: isoOf(asOf), followUps: { open: count('open'), late: count('late'), done: count('done') } }, rows)
  })

  router.put('/sites/:site/follow-ups/:contact', guard('incidents:command'), ...jsonBody(), async (request, response) => {
    const { done } = accepted(followUpBody, request.body)
    const [site, id] = [String(request.params.site), String(request.params.contact)]
    const credential = credentialOf(response)
    const month = { from: instantOf(now() - 30 * DAY), to: instantOf(now() + HOUR) }
    const answered = async (): Promise<boolean> => (await reads.lateAnswers(site, scopeOf(credential), month)).some(({ contactId }) => contactId === id)
    if ((await reads.visits(site, scopeOf(credential), { contactId: id }, month)).length === 0 && !(await answered())) throw notFound('contact', id)
    await followUps.done(site, id, done ? { at: now(), by: credential.person?.id ?? credential.id } : null)
    response.json({ contactId: id, done })
  })

  return router
}

const wireOldest = <T extends { readonly oldestDueAt: Instant | null }>(figures: T) => ({ ...figures, oldestDueAt: figures.oldestDueAt === null ? null : isoOf(figures.oldestDueAt) })
