import { Router } from 'express'
import { z } from 'zod'
import { credentialOf, guard } from '../access/guard.ts'
import { reachesQueue } from '../contract/roles.ts'
import { stuckOf } from '../domain/reports/stuck.ts'
import { instantOf, isoOf, type Instant } from '../domain/time.ts'
import { queryOf } from '../http/body.ts'
import type { Sealed } from '../redis/sealed.ts'
import { sendReport } from './exports/send-report.ts'
import { settingsOfQueue, type HistoryReads } from './history-reads.ts'
import { momentOf } from './moment.ts'
import { scopeOf } from './scope.ts'
import { agentId } from './to-rows.ts'

const query = z.strictObject({ format: z.enum(['json', 'csv']).default('json') })

/** Ghosts and stuck states of the floor as it is now. */
export const stuckRoutes = ({ reads, sealed, now }: { readonly reads: HistoryReads; readonly sealed: Pick<Sealed, 'agents'>; readonly now: () => Instant }): Router => {
  const router = Router()

  router.get('/sites/:site/reports/stuck', guard('agents:read'), async (request, response) => {
    const { format } = queryOf(query, request.url)
    const site = String(request.params.site)
    const { area } = scopeOf(credentialOf(response))
    const replica = await reads.replicaFor(site, scopeOf(credentialOf(response)))
    const { floor } = replica
    const within = (queue: string | null): boolean => area === null || (queue !== null && reachesQueue(area, queue))
    const agents = floor.agentNumbers().flatMap((number) => floor.agent(number) ?? [])
    const open = floor.contacts({ from: instantOf(0), to: instantOf(floor.asOf + 1) }).filter(({ endedAt }) => endedAt === null)
    const found = stuckOf({ asOf: momentOf(floor, now), agents, open, settingsOf: settingsOfQueue(replica) }).filter(({ queue }) => within(queue))
    const names = await sealed.agents.resolve(site, found.flatMap(({ agent }) => agent ?? []))
    const rows = found.map(({ agent, ...rest }) => ({ ...rest, agent: agent === null ? null : agentId(agent, names.get(agent) ?? null), agentName: agent === null ? null : (names.get(agent)?.name ?? null) }))
    sendReport(response, format, { report: 'stuck', asOf: floor.asOf === 0 ? null : isoOf(momentOf(floor, now)) }, rows)
  })

  return router
}
