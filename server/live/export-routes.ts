import { Router, type Request, type Response } from 'express'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { z } from 'zod'
import { credentialOf, guard } from '../access/guard.ts'
import { incidentStates, priorities } from '../contract/incidents.ts'
import { numbersIn, withoutNumbers } from '../contract/named-records.ts'
import { areaOf, type Area } from '../contract/roles.ts'
import type { Incident } from '../contract/rows.ts'
import { queryOf } from '../http/body.ts'
import { notFound, problem } from '../http/problem.ts'
import type { AuditRow, AuditRows } from '../incidents/audit-rows.ts'
import type { Page } from '../incidents/history.ts'
import type { Incidents } from '../incidents/incidents.ts'
import { agentLines, type AgentLinesDeps } from './agent-lines.ts'
import { exported, incidentLine } from './exports/columns.ts'
import { bytesOf, formats, mediaTypes, TooManyRows, type Format } from './exports/formats.ts'
import type { ExportTable } from './exports/table.ts'
import { contactsFields, inOrder, instant, intervalsFields, yes } from './history-queries.ts'
import type { HistoryReads } from './history-reads.ts'
import { scopeOf, type Scope } from './scope.ts'
import { toIntervalRow } from './to-rows.ts'

export interface ExportRoutesDeps {
  readonly reads: HistoryReads
  readonly incidents: Pick<Incidents, 'list' | 'sees'>
  readonly audit: AuditRows
  readonly agents: Omit<AgentLinesDeps, 'reads'>
}

const common = { definitions: yes.default(true), bom: yes.default(false) }
const listOf = <const T extends readonly string[]>(values: T) =>
  z
    .string()
    .transform((text) => text.split(','))
    .pipe(z.array(z.enum(values, { error: `must be among ${values.join(', ')}, with commas between them` })).min(1))
const intervals = z.strictObject({ ...common, ...intervalsFields })
const contacts = z.strictObject({ ...common, ...contactsFields })
const incidentFields = { state: listOf(incidentStates).optional(), priority: listOf(priorities).optional(), q: z.string().max(200).optional() }
const incidentsQuery = z.strictObject({ ...common, ...incidentFields })
const agentsQuery = z.strictObject(common)
const auditQuery = z.strictObject({ ...common, from: instant.optional(), to: instant.optional() })

const PAGE = 500

/** The screen's figures as files: the same reads, the same rights, and what the columns mean. */
export const exportRoutes = ({ reads, incidents, audit, agents }: ExportRoutesDeps): Router => {
  const router = Router()

  /** The first bytes are made before the answer begins, so that what cannot be read is still a refusal. */
  const send = async (request: Request, response: Response, kind: ExportTable['kind'], options: { readonly definitions: boolean; readonly bom: boolean }, rows: ExportTable['rows'], more: Pick<ExportTable, 'recomputes'> = {}): Promise<void> => {
    const site = String(request.params.site)
    const format = formatOf(request)
    const bytes = bytesOf(format, { site, kind, ...exported[kind], ...more, rows }, options)
    const first = await bytes.next().catch((error: unknown) => {
      throw error instanceof TooManyRows ? problem(422, 'too_many_rows', error.message) : error
    })
    response.set({ 'content-type': mediaTypes[format], 'content-disposition': `attachment; filename="${site}-${kind}.${format}"`, 'cache-control': 'no-store' })
    const whole = async function* (): AsyncGenerator<string | Buffer> {
      if (!first.done) yield first.value
      yield* bytes
    }
    // Whoever leaves in the middle of a file has changed his mind: nothing failed.
    await pipeline(Readable.from(whole()), response).catch((error: unknown) => {
      if (!response.destroyed || response.writableFinished || !hungUp(error)) throw error
    })
  }

  router.get('/sites/:site/export/intervals.:format', guard('history:read'), async (request, response) => {
    const { definitions, bom, ...query } = queryOf(intervals, request.url)
    inOrder(query)
    const rows = await reads.intervals(String(request.params.site), scopeOf(credentialOf(response)), query)
    const recomputes = query.series === 'recomputed' ? { recomputes: await reads.recomputesOf(String(request.params.site), query) } : {}
    await send(request, response, 'intervals', { definitions, bom }, each(rows, (row) => ({ ...toIntervalRow(row) })), recomputes)
  })

  router.get('/sites/:site/export/agents.:format', guard('agents:read'), async (request, response) => {
    const options = queryOf(agentsQuery, request.url)
    await send(request, response, 'agents', options, each(await agentLines({ reads, ...agents }, String(request.params.site), scopeOf(credentialOf(response))), (row) => row))
  })

  router.get('/sites/:site/export/contacts.:format', guard('contacts:read'), async (request, response) => {
    const { definitions, bom, ...filter } = queryOf(contacts, request.url)
    inOrder(filter)
    await send(request, response, 'contacts', { definitions, bom }, await begun(contactLines(reads, String(request.params.site), scopeOf(credentialOf(response)), filter)))
  })

  router.get('/sites/:site/export/incidents.:format', guard('incidents:read'), async (request, response) => {
    const { definitions, bom, state, priority, q } = queryOf(incidentsQuery, request.url)
    const words = q === undefined || q.trim() === '' ? null : q.trim().toLocaleLowerCase().split(/\s+/)
    const site = String(request.params.site)
    const area = areaOf(credentialOf(response))
    const pages = async function* (): AsyncGenerator<Readonly<Record<string, unknown>>> {
      for (let below: number | null = null; ; ) {
        const page: Page<Incident> = await incidents.list(site, { states: state ?? null, priorities: priority ?? null, words, area, below, limit: PAGE })
        yield* page.items.map(incidentLine)
        if (page.next === null) return
        below = Number(page.next)
      }
    }
    await send(request, response, 'incidents', { definitions, bom }, pages())
  })

  /** An act may name other records: those of other areas are not in the file. */
  const auditedFor = async (site: string, row: AuditRow, area: Area | null, seen: Map<string, boolean>): Promise<Pick<AuditRow, 'data'>> => {
    if (area === null || row.data === null) return row
    const named = numbersIn(row.data).filter((ref) => ref !== row.ref)
    for (const ref of named) if (!seen.has(ref)) seen.set(ref, await incidents.sees(site, ref, area))
    return { data: withoutNumbers(row.data, new Set(named.filter((ref) => seen.get(ref) === false))) }
  }

  router.get('/sites/:site/export/audit.:format', guard('audit:read'), async (request, response) => {
    const { definitions, bom, from, to } = queryOf(auditQuery, request.url)
    const site = String(request.params.site)
    const area = areaOf(credentialOf(response))
    const seen = new Map<string, boolean>()
    const rows = async function* () {
      for await (const row of audit(site)) {
        if (area !== null && !seen.has(row.ref)) seen.set(row.ref, await incidents.sees(site, row.ref, area))
        if (seen.get(row.ref) === false) continue
        const at = row.at === null ? null : Date.parse(row.at)
        if (at === null || ((from === undefined || at >= from) && (to === undefined || at < to))) yield { ...row, ...(await auditedFor(site, row, area, seen)) }
      }
    }
    await send(request, response, 'audit', { definitions, bom }, rows())
  })

  return router
}

const hungUp = (error: unknown): boolean => error instanceof Error && 'code' in error && (error.code === 'ERR_STREAM_PREMATURE_CLOSE' || error.code === 'ECONNRESET')

const formatOf = (request: Request): Format => {
  const format = formats.find((known) => known === request.params.format)
  if (format === undefined) throw notFound('format', String(request.params.format))
  return format
}

/** Rows whose first was read: a queue or an agent that is not there refuses the file instead of breaking it off. */
const begun = async <T>(rows: AsyncGenerator<T>): Promise<AsyncGenerator<T>> => {
  const first = await rows.next()
  return (async function* () {
    if (!first.done) yield first.value
    yield* rows
  })()
}

async function* each<T>(rows: readonly T[], line: (row: T) => Readonly<Record<string, unknown>>): AsyncGenerator<Readonly<Record<string, unknown>>> {
  for (const row of rows) yield line(row)
}

async function* contactLines(reads: HistoryReads, site: string, scope: Scope, filter: Parameters<HistoryReads['contacts']>[2]): AsyncGenerator<Readonly<Record<string, unknown>>> {
  let batch = []
  for await (const contact of reads.contacts(site, scope, filter)) {
    batch.push(contact)
    if (batch.length < PAGE) continue
    for (const row of await reads.contactRows(site, scope, batch)) yield { ...row }
    batch = []
  }
  for (const row of await reads.contactRows(site, scope, batch)) yield { ...row }
}
