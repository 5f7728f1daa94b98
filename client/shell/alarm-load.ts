import type { Incident } from '../../server/contract/rows.ts'

const WINDOW_MS = 600_000

export interface AlarmLoad {
  readonly count: number
  readonly level: 'fine' | 'busy' | 'overloaded' | 'flood'
  /** 1..4 */
  readonly step: number
}

/** Alarms that sound (P1 to P3), opened in the last ten minutes: one is fine, up to five busy, up to ten too many, more a flood. */
export const alarmLoad = (incidents: readonly Incident[], now: number): AlarmLoad => {
  const count = incidents.filter(({ priority, openedAt }) => priority !== null && priority !== 'P4' && openedAt !== null && now - Date.parse(openedAt) < WINDOW_MS).length
  if (count <= 1) return { count, level: 'fine', step: 1 }
  if (count <= 5) return { count, level: 'busy', step: 2 }
  return count <= 10 ? { count, level: 'overloaded', step: 3 } : { count, level: 'flood', step: 4 }
}
