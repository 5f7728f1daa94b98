import { z } from 'zod'
import { parseRfc3339 } from './rfc3339.ts'
import { queue } from './settings/floor-schema.ts'

/** An order to measure closed days again, and what readers are told of it. */

const iso = z.iso.datetime({ precision: 3 })
const instantText = z.string('is missing: an instant with a zone is needed, such as 2026-11-22T09:00:00.000Z').refine((text) => parseRfc3339(text) !== null, { error: 'must be an instant with a zone, such as 2026-11-22T09:00:00.000Z' })

/** What days are measured by: a stored version of the settings (the current one by default), with what is said of queues laid over it. */
export const recomputeSettings = z.strictObject({
  version: z.number().int().min(1).optional(),
  defaults: queue.optional(),
  queues: z.record(z.string().min(1).max(200), queue).refine((queues) => Object.keys(queues).length <= 10_000, { error: 'must name at most 10000 queues' }).optional(),
})
export type RecomputeSettings = z.infer<typeof recomputeSettings>

export const recomputeOrder = z.strictObject({
  from: instantText.describe('any moment of the first day'),
  to: instantText.describe('the end; the day that holds the moment before it is the last'),
  reason: z.string('is missing: why the days are measured again, 3 to 500 characters').min(3).max(500),
  settings: recomputeSettings.optional(),
})

export const recomputeRow = z.object({
  id: z.string(),
  from: iso,
  to: iso,
  reason: z.string().nullable().describe('null: the text was erased'),
  by: z.string().describe('person, or kind and id of the credential'),
  createdAt: iso,
  state: z.enum(['queued', 'running', 'done', 'failed']),
  progress: z.number().min(0).max(1),
  days: z.number().int(),
  doneDays: z.number().int(),
  error: z.string().nullable(),
})
export type RecomputeRow = z.infer<typeof recomputeRow>

/** With the settings that its days were measured by. */
export const recomputeAnswer = recomputeRow.extend({ settings: z.record(z.string(), z.unknown()) })

/** Said of every answer that can show either series. */
export const seriesFields = { series: z.enum(['original', 'recomputed']), recomputes: z.array(recomputeRow).describe('behind series=recomputed, newest first: their reasons belong to its figures') }
