import { Router } from 'express'
import { guard } from '../access/guard.ts'
import { isoOf } from '../domain/time.ts'
import type { Auditor } from './auditor.ts'

/** What the auditor of this server saw twice; `lookedAt` null: not yet looked. */
export const auditorRoutes = ({ auditor }: { readonly auditor: Pick<Auditor, 'state'> }): Router => {
  const router = Router()
  router.get('/sites/:site/escalation-audit', guard('incidents:read'), (request, response) => {
    const { at, findings } = auditor.state(String(request.params['site']))
    response.json({ lookedAt: at === null ? null : isoOf(at), ok: findings.length === 0, findings })
  })
  return router
}
