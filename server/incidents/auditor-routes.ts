import { Router } from 'express'
import { credentialOf, guard } from '../access/guard.ts'
import { areaOf } from '../contract/roles.ts'
import { isoOf } from '../domain/time.ts'
import { auditTold } from './audit-told.ts'
import type { Auditor } from './auditor.ts'

/** What the auditor of this server saw twice; `lookedAt` null: not yet looked. */
export const auditorRoutes = ({ auditor }: { readonly auditor: Pick<Auditor, 'state'> }): Router => {
  const router = Router()
  router.get('/sites/:site/escalation-audit', guard('incidents:read'), (request, response) => {
    const state = auditor.state(String(request.params['site']))
    response.json({ lookedAt: state.at === null ? null : isoOf(state.at), ...auditTold(state, areaOf(credentialOf(response))) })
  })
  return router
}
