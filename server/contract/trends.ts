import { z } from 'zod'

export const trendGroups = ['category', 'service', 'location', 'hour', 'cause'] as const
export type TrendGroup = (typeof trendGroups)[number]

const series = z.object({
  key: z.string(),
  name: z.string().nullable().describe('of a cause that is a problem: its title'),
  total: z.number(),
  counts: z.array(z.number()).describe('by week; the last one is still running'),
  mean: z.number().describe('of the whole weeks'),
  upper: z.number().describe('control limits: mean and three roots of it'),
  lower: z.number(),
  signals: z.array(z.enum(['above', 'below', 'shift-up', 'shift-down']).nullable()).describe('beyond the limits, or the eighth in a row on one side of the mean'),
})
const half = z.object({ weeks: z.number(), mean: z.number() })

/** Weekly counts of incidents with control limits, and what improvements changed. */
export const incidentTrendsAnswer = z.object({
  by: z.enum(trendGroups),
  weeks: z.array(z.string()).describe('when each week begins: Monday, by the clock of the site'),
  capped: z.boolean().describe('more incidents than are looked at for trends (50,000): the weeks begin where all of them were'),
  all: series,
  series: z.array(series).describe('those with most in them, most first'),
  improvements: z.array(z.object({ ref: z.string(), what: z.enum(['action', 'fix']), text: z.string().nullable(), doneAt: z.string(), series: z.string(), before: half.nullable(), after: half.nullable(), beyondChance: z.boolean() })).describe('actions of reviews that are done, and problems that are fixed, in the series of their incident; before and after are null where two whole weeks on each side are not there yet'),
})
export type TrendsAnswer = z.output<typeof incidentTrendsAnswer>
