import { Router } from 'express'
import { credentialOf, guard } from '../access/guard.ts'
import { refPattern } from '../contract/incidents.ts'
import { areaOf, concerns } from '../contract/roles.ts'
import type { SettingsDocument } from '../contract/settings.ts'
import type { IncidentRules } from '../redis/incident-rules.ts'
import { notFound } from '../http/problem.ts'
import type { Incidents } from './incidents.ts'
import { filledTemplates } from './update-templates.ts'

export interface UpdateRoutesDeps {
  readonly incidents: Pick<Incidents, 'record'>
  readonly rules: IncidentRules
  readonly document: (site: string) => Promise<SettingsDocument>
  readonly redisNow: (site: string) => Promise<Parameters<typeof filledTemplates>[0]['now']>
}

export const updateRoutes = ({ incidents, rules, document, redisNow }: UpdateRoutesDeps): Router => {
  const router = Router()
  router.get('/sites/:site/incidents/:ref/update-templates', guard('incidents:read'), async (request, response) => {
    const [site, ref] = [String(request.params['site']), String(request.params['ref'])]
    const record = refPattern.test(ref) ? await incidents.record(site, ref) : null
    if (record === null || !concerns(areaOf(credentialOf(response)), record.queue)) throw notFound('incident', ref)
    const [by, { updates, stakeholders }, now] = await Promise.all([rules.of(site, record), document(site), redisNow(site)])
    response.json(filledTemplates({ record, templates: updates.templates, groups: Object.keys(stakeholders), rules: by, now, incidentName: record.ref }))
  })
  return router
}
