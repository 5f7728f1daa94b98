import { Router, type Request } from 'express'
import { z } from 'zod'
import { credentialOf, guard } from '../access/guard.ts'
import type { CorrectionRow } from '../contract/corrections.ts'
import type { ExplanationRow } from '../contract/rows.ts'
import type { ContactFigures } from '../domain/contact-figures.ts'
import type { Explanation } from '../domain/explanation.ts'
import { explainPast } from '../domain/reports/explain-past.ts'
import { DAY, instantOf, type Instant } from '../domain/time.ts'
import { queryOf } from '../http/body.ts'
import { problem } from '../http/problem.ts'
import type { ExplainCohorts } from './explain-cohorts.ts'
import { queueOrAll, windowText } from './figures-routes.ts'
import { toCorrectionRow, type ReadCorrections } from './correction-reads.ts'
import { contactsFields, cursorOf, inOrder, instant, intervalsQuery, limit, name, placeIn, placeOf, zone } from './history-queries.ts'
import { settingsOfQueue, type HistoryReads } from './history-reads.ts'
import { scopeOf, type Scope } from './scope.ts'
import { toExplanationRow, toIntervalRow } from './to-rows.ts'

const contactsQuery = z.strictObject({ ...contactsFields, cursor: z.string().max(600).optional(), limit })
const explainQuery = z.strictObject({ metric: name, queue: name.optional(), agent: name.optional(), window: windowText.optional(), from: instant.optional(), to: instant.optional(), tz: zone.optional() })
/** Contacts of one explanation; more are nothing that anybody reads. */
const MOST_EXPLAINED = 20_000
const MOST_CORRECTIONS = 100

/** Rows, contacts and explanations behind the live figures. */
export const historyRoutes = (reads: HistoryReads, corrections: ReadCorrections, cohorts: ExplainCohorts): Router => {
  const router = Router()
  const siteOf = (request: Request): string => String(request.params.site)

  /** What closed intervals behind an explanation were before. */
  const correctedBehind = async (site: string, scope: Scope, { queue, from, to, basis }: Pick<Explanation, 'queue' | 'from' | 'to' | 'basis'>): Promise<readonly CorrectionRow[]> => {
    if (from === null || from >= to) return []
    const found = await corrections(site, scope, { from, to, queue: queue ?? undefined, basis: basis === 'arrival' ? 'arrival' : 'outcome' })
    return found.slice(-MOST_CORRECTIONS).reverse().map(toCorrectionRow)
  }

  const rowOf = async (site: string, scope: Scope, explanation: Explanation, corrected: readonly CorrectionRow[]): Promise<ExplanationRow> => {
    const [numerator, denominator] = await Promise.all([explanation.numeratorContacts, explanation.denominatorContacts].map((side) => reads.contactRows(site, scope, side)))
    return { ...toExplanationRow(explanation, numerator ?? [], denominator ?? []), corrections: corrected }
  }

  /** A range of any age: what live figures know no more stands in stored rows and in the books of closed days. */
  const past = async (site: string, scope: Scope, { metric, queue, from, to }: { readonly metric: string; readonly queue: string | null; readonly from: Instant; readonly to: Instant }): Promise<ExplanationRow> => {
    inOrder({ from, to })
    const of = queue === null ? {} : { queue }
    const rows = await reads.intervals(site, scope, { from, to, step: '15m', basis: 'outcome', ...of })
    const contacts: ContactFigures[] = []
    for await (const contact of reads.contacts(site, scope, { from: instantOf(from - DAY), to, ...of })) {
      contacts.push(contact)
      if (contacts.length > MOST_EXPLAINED) throw problem(422, 'too_many_rows', `more than ${MOST_EXPLAINED} contacts stand behind this range: ask for less time or one queue`)
    }
    const settingsOf = settingsOfQueue(await reads.replicaFor(site, scope, queue ?? undefined))
    const explanation = explainPast({ metric, queue, from, to, rows, contacts, settingsOf })
    if (explanation === null) throw problem(422, 'not_explained', `metric "${metric.slice(0, 40)}" has no value over a range that is over`)
    return rowOf(site, scope, explanation, await correctedBehind(site, scope, explanation))
  }

  router.get('/sites/:site/intervals', guard('history:read'), async (request, response) => {
    const query = queryOf(intervalsQuery, request.url)
    inOrder(query)
    const site = siteOf(request)
    const rows = (await reads.intervals(site, scopeOf(credentialOf(response)), query)).map(toIntervalRow)
    response.json({ rows, series: query.series ?? 'original', recomputes: await reads.recomputesOf(site, query) })
  })

  router.get('/sites/:site/contacts', guard('contacts:read'), async (request, response) => {
    const { cursor, limit: count, ...filter } = queryOf(contactsQuery, request.url)
    inOrder(filter)
    const after = cursor === undefined ? null : placeIn(cursor)
    const [site, scope] = [siteOf(request), scopeOf(credentialOf(response))]
    const page: ContactFigures[] = []
    let more = false
    for await (const contact of reads.contacts(site, scope, filter, after)) {
      more = page.length === count
      if (more) break
      page.push(contact)
    }
    const last = page.at(-1)
    response.json({ items: await reads.contactRows(site, scope, page), next: more && last !== undefined ? cursorOf(placeOf(last)) : null })
  })

  router.get('/sites/:site/explain', guard('contacts:read'), async (request, response) => {
    const { metric, queue: asked, agent, window: named, from, to, tz } = queryOf(explainQuery, request.url)
    const [site, scope] = [siteOf(request), scopeOf(credentialOf(response))]
    const ranged = from !== undefined || to !== undefined
    if (asked === undefined ? agent === undefined : agent !== undefined && !ranged) throw problem(400, 'query_invalid', 'queue or agent: name one of them')
    const of = asked === undefined ? { queue: null } : queueOrAll(asked, scope)
    const { queue } = of
    if (ranged) {
      if (from === undefined || to === undefined || named !== undefined) throw problem(400, 'query_invalid', 'from and to belong together and take the place of window')
      if (agent !== undefined) {
        inOrder({ from, to })
        return void response.json(await rowOf(site, scope, await cohorts(site, scope, { metric, agent, queue: queue ?? undefined, from, to, tz, gone: () => response.destroyed }), []))
      }
      return void response.json(await past(site, scope, { metric, queue, from, to }))
    }
    const window = named ?? 'today'
    const replica = await reads.replicaFor(site, scope, queue ?? undefined)
    if (queue !== null && replica.floor.queue(queue) === null) throw problem(422, 'not_explained', `queue "${queue.slice(0, 40)}" is known from history only: live figures of it do not exist`)
    const explanation = agent === undefined ? replica.floor.explain({ metric, ...of, window }) : await reads.explainAgent(site, scope, { metric, agent })
    if (explanation === null) throw problem(422, 'not_explained', `metric "${metric.slice(0, 40)}" over window "${window}" cannot be explained: name a figure of a queue's "now" or "today" and the window R15, R30, R60, today, or an instant of the last 48 hours`)
    response.json(await rowOf(site, scope, explanation, agent === undefined ? await correctedBehind(site, scope, explanation) : []))
  })

  return router
}
