import { z } from 'zod'

/** What closed intervals were before, and how far their first figures were from the present ones. */

const iso = z.iso.datetime({ precision: 3 })
const cell = z.union([z.number(), z.string(), z.boolean()]).nullable()
const basis = z.enum(['outcome', 'arrival'])
export const correctionReason = z.enum(['late', 'gap-repaired', 'expired', 'import', 'missed', 'folded-again']).describe('late: events after the interval had closed; gap-repaired: what a source missed was told later; expired: time alone; import; missed: rows were not kept for some time; folded-again: once nothing late could come')

export const correctionRow = z.object({
  queue: z.string(),
  channel: z.string(),
  basis,
  from: iso.describe('begin of the interval'),
  at: iso.describe('when it was corrected'),
  reason: correctionReason,
  sources: z.array(z.string()).readonly().describe('who told of it late, or the import; empty where time alone did it'),
  changes: z.array(z.object({ figure: z.string(), before: cell, after: cell })).readonly(),
})
export type CorrectionRow = z.infer<typeof correctionRow>

export const correctionsAnswer = z.object({ rows: z.array(correctionRow) })

export const reconciliationAnswer = z.object({
  report: z.string(),
  queue: z.string().nullable(),
  rows: z.array(
    z.object({
      queue: z.string(),
      channel: z.string(),
      basis,
      from: iso,
      final: z.boolean().describe('nothing late can change it any more'),
      corrections: z.number().int(),
      reason: correctionReason,
      sources: z.string().describe('separated by commas'),
      figure: z.string(),
      first: cell.describe('as it was when the interval had closed'),
      now: cell,
      difference: z.number().nullable().describe('now less first, of numbers'),
    }),
  ),
})
