import { z } from 'zod'
import { ofStates } from '../domain/agent-states.ts'

/** What agents and teams did in a range. Ratios are 0..1 and null without a denominator; durations ms; AHT has quality beside it. */

const iso = z.iso.datetime({ precision: 3 }).describe('ISO 8601 UTC with milliseconds')
const count = z.number().int().min(0)
const ms = z.number().int().min(0)
const mean = z.number().int().nullable()
const ratio = z.number().nullable()

const figures = {
  handled: count.describe('legs whose handling ended'),
  ahtMs: mean, activeMs: mean.describe('handle time with the time of several contacts at once shared among them; null where some of it was kept before it was counted'), talkMs: mean, holdMs: mean, acwMs: mean,
  holdOfHeldMs: mean.describe('over legs that had hold; holdMs and acwMs are over all'), acwOfWrappedMs: mean,
  acwCapped: count.describe('legs whose after-call work was cut at the cap'),
  talkMsTotal: ms, holdMsTotal: ms, acwMsTotal: ms, activeMsTotal: ms.nullable(),
  csat: ratio.describe('top two boxes, by the end of the contact'), csatLow: ratio.describe('95 % range'), csatHigh: ratio, csatMean: ratio.describe('1 to 5'), surveys: count, surveysSatisfied: count,
  fcrDisposition: ratio.describe('first contacts marked resolved, of those marked'), resolutionsAsked: count, resolved: count,
  repeatRate: ratio.describe('of the contacts of known customers that they took: those that followed an earlier one'), identifiedAnswered: count, repeatsAnswered: count,
  fcrCohort: ratio.describe('first-contact resolution by repeats: of the contacts of known customers that they handled last those after which the customer did not come again within D; of the head\'s cohort, null while none of it has matured or no customer is known'),
  fcrCohortLow: ratio.describe('95 % range'), fcrCohortHigh: ratio, fcrEligible: count.describe('n; no colour below 30'), fcrResolvedAtFirst: count, fcrIdentifiedShare: ratio.describe('of all answered inbound contacts of these cohorts those that can be judged'),
  transferred: count, transferRate: ratio,
  ringNoAnswer: count, ringNoAnswerMs: ms, ringMs: mean,
  firstResponses: count.describe('first answers in written conversations, by whoever wrote them'), firstResponsesInTarget: count, firstResponseMs: mean, firstResponseBusinessMs: mean,
  signedInMs: ms, availableMs: ms, onContactMs: ms, wrapUpMs: ms, ringingMs: ms, auxMs: ms, notQueuedMs: ms,
  unreachableMs: ms.describe('not of the time signed in'),
  aux: z.array(z.object({ reason: z.string().nullable(), ms })).describe('longest first'),
  occupancy: ratio.describe('null under 5 minutes signed in'), utilisation: ratio,
  scheduledMs: ms, exceptionMs: ms, adherence: ratio.describe('null without a schedule'),
}
const stretch = z.object({ from: iso, to: iso })

export const agentReportRow = z.object({ agent: z.string(), agentName: z.string().nullable(), team: z.string().nullable(), day: iso.optional().describe('when the business day began; by day alone'), ...figures })
export const teamReportRow = z.object({ team: z.string().nullable(), agents: count.describe('each once'), ...figures })
export const agentReportAnswer = z.object({
  report: z.string(),
  by: z.enum(['agent', 'team', 'day']),
  from: iso,
  to: iso,
  timeZone: z.string(),
  queue: z.string().nullable(),
  channel: z.string().nullable(),
  notKept: z.array(stretch).describe('stretches of the range of which nobody kept what agents did'),
  cohort: z.object({ method: z.literal('repeat'), windowDays: z.number(), from: iso, to: iso.nullable().describe('end of what has matured; null: nothing has'), maturesAt: iso.describe('when all of the range has') }).describe('the contacts that fcrCohort is of, by when they ended'),
  definitions: z.record(z.string(), z.object({ unit: z.string(), basis: z.string().nullable(), text: z.string() })).optional().describe('with definitions=true'),
  total: z.object({ agents: count, ...figures }),
  rows: z.array(z.union([agentReportRow, teamReportRow])),
})

const states = z.object(ofStates(() => count))
export const teamNowRow = z.object({
  team: z.string().nullable(),
  agents: count,
  signedIn: count,
  states: states.describe('add up to agents'),
  occupancy: ratio.describe('last 30 minutes, ratio of sums over the team; null under 5 minutes signed in'),
  longest: z.array(z.object({ state: z.enum(['available', 'ringing', 'on-contact', 'acw', 'aux', 'not-queued']), agent: z.string(), agentName: z.string().nullable(), since: iso })).describe('who has been longest in each state'),
})
export const teamsAnswer = z.object({ report: z.string(), asOf: iso, window: z.string(), rows: z.array(teamNowRow) })
export type TeamNowRow = z.infer<typeof teamNowRow>

export type AgentReportRow = z.infer<typeof agentReportRow>
export type TeamReportRow = z.infer<typeof teamReportRow>
export type AgentReportBody = z.infer<typeof agentReportAnswer>
