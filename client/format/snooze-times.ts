import type { Priority } from '../../server/domain/incident/incident.ts'

const MINUTE = 60_000
const short = [5, 10, 15].map((minutes) => minutes * MINUTE)
const long = [15, 30, 60, 240, 720].map((minutes) => minutes * MINUTE)

/** A P1 sleeps for 15 minutes at most, the others for 12 hours (INCIDENTS 2.7). */
export const snoozeTimes = (priority: Priority | null): readonly number[] => (priority === 'P1' ? short : long)
