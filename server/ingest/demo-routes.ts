import { Router } from 'express'
import { guard } from '../access/guard.ts'
import { DEMO_TOPIC, demoScenarioNames, demoScenarios, demoSite, isDemoScenario, type DemoPlaying, type DemoScenario, type DemoView } from '../contract/demo.ts'
import { instantOf, isoOf } from '../domain/time.ts'
import { notFound } from '../http/problem.ts'
import type { Redis } from '../redis/connect.ts'
import type { Keys } from '../redis/keys.ts'
import type { Notices } from '../redis/notices.ts'

export interface DemoRoutesDeps {
  readonly redis: Redis
  readonly keys: Keys
  readonly notices: Pick<Notices, 'publish'>
}

const lastOf = (text: string | undefined): DemoView['last'] => {
  if (text === undefined) return null
  const { scenario, at } = JSON.parse(text) as { scenario: DemoScenario; at: number }
  return { scenario, at: isoOf(instantOf(at)) }
}

/** What is played, and what a visitor may make happen; on the demo site alone, every other site has no such thing. */
export const demoRoutes = ({ redis, keys, notices }: DemoRoutesDeps): Router => {
  const router = Router()

  const onlyDemo = (site: unknown): void => {
    if (site !== demoSite) throw notFound('demo of site', String(site))
  }
  router.get('/sites/:site/demo', guard('status:read'), async (request, response) => {
    onlyDemo(request.params['site'])
    const { state, last } = await redis.hGetAll(keys.site(demoSite).demo)
    const view: DemoView = {
      state: (state as DemoPlaying | undefined) ?? 'preparing',
      scenarios: demoScenarios.map((id) => ({ id, name: demoScenarioNames[id] })),
      last: lastOf(last),
    }
    response.json(view)
  })

  router.post('/sites/:site/demo/:scenario', guard('status:read'), async (request, response) => {
    onlyDemo(request.params['site'])
    const scenario = String(request.params['scenario'])
    if (!isDemoScenario(scenario)) throw notFound('scenario', scenario)
    await notices.publish(DEMO_TOPIC, scenario)
    response.status(202).json({ scenario })
  })
  return router
}
