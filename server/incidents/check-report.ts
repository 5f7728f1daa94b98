import type { IncidentInput, InputFault } from '../contract/incidents.ts'
import { concerns, type Area } from '../contract/roles.ts'
import type { IncidentSettings } from '../domain/incident-settings.ts'
import type { Instant } from '../domain/time.ts'
import { DAY, MINUTE } from '../domain/time.ts'

/** A clock that is ahead by so much is still believed. */
const AHEAD = 5 * MINUTE
/** Older reports are history: they come in through imports. */
const BEHIND = 31 * DAY

/** Faults that only the site's settings and the clock can tell. */
export const reportFaults = ({ category, queue, reportedAt }: IncidentInput, { categories }: Pick<IncidentSettings, 'categories'>, { now, area }: { readonly now: Instant; readonly area: Area | null }): readonly InputFault[] => {
  const faults: InputFault[] = []
  if (category !== undefined && !Object.hasOwn(categories, category)) faults.push({ path: 'category', code: 'invalid', detail: `must be one of ${Object.keys(categories).join(', ')}` })
  if (!concerns(area, queue ?? null)) faults.push({ path: 'queue', code: 'invalid', detail: `must be one of your queues: ${(area?.queues ?? []).join(', ')}` })
  if (reportedAt !== undefined && reportedAt > now + AHEAD) faults.push({ path: 'reportedAt', code: 'invalid', detail: 'must not lie more than 5 minutes in the future' })
  if (reportedAt !== undefined && reportedAt < now - BEHIND) faults.push({ path: 'reportedAt', code: 'invalid', detail: 'must not lie more than 31 days back: import older incidents' })
  return faults
}
