import { z } from 'zod'
import { drillParts } from './forecast.ts'

/** What is sent and answered about drills. */
export const drillInput = z.strictObject({
  scenario: z.string({ error: ({ input }) => (input === undefined ? 'is missing' : 'must be the id of a scenario') }).min(1).max(60),
  speed: z.number({ error: 'must be a number from 1 to 60' }).min(1, { error: 'must be 1 to 60' }).max(60, { error: 'must be 1 to 60' }).default(1),
})

const iso = z.string()
export const scenarioRow = z.object({ id: z.string(), name: z.string(), about: z.string(), injects: z.number(), lastsMs: z.number().describe('from the first to the last inject, in the time of the script') })
export const scenarioList = z.object({ items: z.array(scenarioRow) })

export const drillRow = z.object({
  id: z.string(),
  scenario: z.string(),
  name: z.string(),
  about: z.string(),
  speed: z.number(),
  state: z.enum(['running', 'ended']),
  startedAt: iso,
  endsAt: iso.describe('by itself, or when it was ended'),
  injects: z.array(z.object({ at: iso, from: z.string(), text: z.string() })).describe('what has been said by now'),
  nextAt: iso.nullable().describe('when something more is said; null: nothing is to come'),
  incidents: z.array(z.string()).describe('what was logged in it'),
})
export const drillList = z.object({ items: z.array(drillRow) })
export const drillDetail = drillRow.extend({ score: z.object({ score: z.number().nullable(), parts: drillParts }).nullable().describe('for those who may read incidents; of the first that was logged') })

export type DrillRow = z.output<typeof drillRow>
