import { z } from 'zod'
import { busyReasons } from '../domain/deployment/candidates.ts'
import { deploymentStates, resourceTypes } from '../domain/deployment/deployment.ts'
import { priorities } from './incidents.ts'
import type { DeploymentRow } from './rows.ts'

/** Who and what can be sent for, and what became of it. */

const iso = z.string().describe('ISO 8601, UTC')
const personRef = z.object({ id: z.string(), name: z.string() })
const ms = z.number().nullable().describe('null: a stamp it would need is missing; none is invented')

export const deploymentRow = z.object({
  id: z.string(),
  person: personRef.nullable(),
  resource: z.object({ id: z.string(), name: z.string(), type: z.enum(resourceTypes) }).nullable(),
  state: z.enum(deploymentStates),
  by: personRef,
  text: z.string().nullable(),
  place: z.string().describe('the request that they stand for: the first of those who were asked one after the other'),
  requestedAt: iso,
  alertedAt: iso.nullable().describe('a message to them is out'),
  alertedBy: z.string().nullable().optional().describe('channel of that message'),
  acceptedAt: iso.nullable(),
  enRouteAt: iso.nullable(),
  onTaskAt: iso.nullable(),
  endedAt: iso.nullable(),
  eta: iso.nullable(),
  dueAt: iso.nullable().describe('when it is asked about next, by itself'),
  late: z.boolean(),
  ticket: z.string().nullable(),
  inPlaceBy: personRef.nullable().describe('who put a thing in place'),
  revertBy: iso.nullable(),
  takenFrom: z.string().nullable().describe('the incident that they were taken from'),
  queueMs: ms,
  confirmMs: ms,
  travelMs: ms,
  onTaskMs: ms,
  consumedMs: ms,
}) satisfies z.ZodType<DeploymentRow>

const candidate = z.object({
  person: personRef,
  role: z.string(),
  onDuty: z.boolean(),
  free: z.boolean(),
  why: z.enum(busyReasons).nullable().describe('why they are not free'),
  elsewhere: z.object({ ref: z.string().nullable().describe('null: an incident outside the area of the reader'), priority: z.enum(priorities).nullable() }).nullable(),
  state: z.string().nullable().describe('what they do on the platform; null: they are not on it'),
  since: iso.nullable(),
})
export type CandidateRow = z.output<typeof candidate>

const thing = z.object({
  id: z.string(),
  name: z.string(),
  type: z.enum(resourceTypes),
  phone: z.string().nullable(),
  account: z.string().nullable(),
  instructions: z.string().nullable(),
  responseMs: z.number().nullable().describe('how soon it usually comes'),
  free: z.boolean(),
  why: z.enum(['here', 'closed']).nullable(),
})
export type ThingRow = z.output<typeof thing>

export const candidatesAnswer = z.object({ ref: z.string(), now: iso, people: z.array(candidate).describe('free ones first'), resources: z.array(thing) })
export type CandidatesAnswer = z.output<typeof candidatesAnswer>

/** To whoever is asked and may not read incidents. */
export const deploymentAnswer = z.object({ ref: z.string(), deployment: deploymentRow })

/** Seconds to mobilise by channel, and of each channel by priority. */
export const mobilisationAnswer = z.object({
  report: z.literal('mobilisation'),
  from: iso,
  to: iso,
  wholeFrom: iso.nullable().describe('of incidents reported since then all is in it, there were more than are looked at (50,000); null: of all'),
  rows: z.array(
    z.object({
      channel: z.string().describe('by which the request reached them; `none`: by no message; `unknown`: by one that an older version did not keep'),
      priority: z.enum(priorities).nullable().describe('of the incident as it is now; null: the row of all of them'),
      asked: z.number(),
      mobilised: z.number().describe('said that they come, are on their way or there'),
      declined: z.number(),
      silent: z.number().describe('said nothing, or did not come'),
      queueMsP50: ms.describe('median from the request to the message being out'),
      confirmMsP50: ms.describe('median from there to their word'),
      mobiliseMsP50: ms.describe('median from the request to their word'),
      mobiliseMsP90: ms,
    }),
  ),
})
export type MobilisationRow = z.output<typeof mobilisationAnswer>['rows'][number]
