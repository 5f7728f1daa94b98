import { Router, type Request, type Response } from 'express'
import { credentialOf, guard } from '../access/guard.ts'
import type { CandidatesAnswer } from '../contract/deployments.ts'
import { parseCommand, refPattern } from '../contract/incidents.ts'
import { namingOnly } from '../contract/named-records.ts'
import { areaOf, concerns, may } from '../contract/roles.ts'
import { calendarOf } from '../domain/clock/calendar.ts'
import { candidatesFor } from '../domain/deployment/candidates.ts'
import { isLive } from '../domain/deployment/deployment.ts'
import type { Directory } from '../domain/escalation/directory.ts'
import { onDutyAt } from '../domain/escalation/duty.ts'
import { isoOf, type Instant } from '../domain/time.ts'
import { jsonBody } from '../http/body.ts'
import { notFound } from '../http/problem.ts'
import type { PeopleNames } from '../redis/incident-people.ts'
import type { Incidents } from './incidents.ts'
import { bodyOf, callerOf, inputProblem, keyOf, refusalProblem } from './common-routes.ts'
import type { Revision } from '../redis/epoch.ts'

export interface DeploymentRoutesDeps {
  readonly incidents: Pick<Incidents, 'record' | 'command' | 'rows' | 'sees'>
  readonly directory: (site: string) => Promise<Directory>
  readonly names: PeopleNames
  readonly redisNow: (site: string) => Promise<Instant>
  acknowledged(site: string, revision: Revision): void
}

/** Who could be sent now, and why not each other; and answers by those who are asked. */
export const deploymentRoutes = ({ incidents, directory: directoryOf, names, redisNow, acknowledged }: DeploymentRoutesDeps): Router => {
  const router = Router()
  const recordOf = async (request: Request, response: Response) => {
    const [site, ref] = [String(request.params['site']), String(request.params['ref'])]
    const record = refPattern.test(ref) ? await incidents.record(site, ref) : null
    if (record === null || !concerns(areaOf(credentialOf(response)), record.queue)) throw notFound('incident', ref)
    return { site, ref, record }
  }

  router.get('/sites/:site/incidents/:ref/candidates', guard('incidents:command'), async (request, response) => {
    const { site, ref, record } = await recordOf(request, response)
    const [directory, now] = await Promise.all([directoryOf(site), redisNow(site)])
    const found = candidatesFor(record, onDutyAt(directory, now))
    const known = await names.resolve(site, found.map(({ person }) => person))
    const area = areaOf(credentialOf(response))
    const bound = [...new Set(found.flatMap(({ commitment }) => commitment?.ref ?? []))]
    const seen = new Set(area === null ? bound : (await Promise.all(bound.map(async (other) => ((await incidents.sees(site, other, area)) ? [other] : [])))).flat())
    const people = found.map(({ person, role, onDuty, busy, commitment, presence }) => ({
      person: { id: person, name: known.get(person) ?? person },
      role,
      onDuty,
      free: busy === null,
      why: busy,
      elsewhere: commitment === null ? null : { ref: seen.has(commitment.ref) ? commitment.ref : null, priority: commitment.priority },
      state: presence?.state ?? null,
      since: presence === null || presence.since === null ? null : isoOf(presence.since),
    }))
    const resources = Object.entries(directory.resources ?? {}).map(([id, { hours, alert: _alert, ...resource }]) => {
      const here = record.deployments.some((deployment) => deployment.resource?.id === id && isLive(deployment))
      const why = here ? ('here' as const) : hours !== null && calendarOf(hours).nextWorking(now) !== now ? ('closed' as const) : null
      return { id, ...resource, free: why === null, why }
    })
    response.set('cache-control', 'no-store').json({ ref, now: isoOf(now), people, resources } satisfies CandidatesAnswer)
  })

  /** By whoever is asked, who may not read incidents: an agent who is sent. Whoever commands may answer for them. */
  for (const type of ['confirm-deployment', 'release-deployment'] as const) {
    router.post(`/sites/:site/incidents/:ref/${type}`, guard('incidents:log'), ...jsonBody(), async (request, response) => {
      const [site, ref] = [String(request.params['site']), String(request.params['ref'])]
      const credential = credentialOf(response)
      const caller = callerOf(credential)
      const answer = parseCommand({ ...bodyOf(request), type })
      if (!answer.ok) throw inputProblem(answer.faults)
      const given = 'deployment' in answer.command ? answer.command.deployment : ''
      const record = refPattern.test(ref) ? await incidents.record(site, ref) : null
      const theirs = record?.deployments.some(({ id, person }) => id === given && person === caller.person.id) === true
      if (record === null || !(may(credential, 'incidents:command') || theirs)) throw notFound('incident', ref)
      const result = await incidents.command(site, ref, answer.command, caller, keyOf(request))
      if (result.kind !== 'done') throw refusalProblem(result, ref)
      if (result.revision !== null) acknowledged(site, result.revision)
      const [row] = await incidents.rows(site, [result.record], result.asOf)
      const shown = row === undefined ? undefined : namingOnly(areaOf(credential), row)
      response.json({ ref, deployment: shown?.deployments?.find(({ id }) => id === given) ?? null })
    })
  }

  return router
}
