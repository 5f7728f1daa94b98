import { z } from 'zod'
import { problemStages } from '../domain/incident/problem.ts'

/** How people get by with a problem that is known and not fixed yet. */
export const knownErrorList = z.object({ items: z.array(z.object({ ref: z.string(), title: z.string(), category: z.string().nullable(), service: z.string().nullable(), stage: z.enum(problemStages), workaround: z.string(), linked: z.number().describe('how many incidents it has caused') })) })
export type KnownError = z.output<typeof knownErrorList>['items'][number]
