import type { ContactFigures, IntervalFigures } from '../floor.ts'
import type { QueueSettings, ServiceTarget } from '../settings.ts'
import { QUARTER_HOUR } from '../time.ts'

/** What levels are judged by; the present settings for rows that do not say theirs. */
export type SettingsOf = (queue: string) => Pick<QueueSettings, 'target' | 'shortAbandonMs'>

export const targetOf = ({ rules, queue }: IntervalFigures, settingsOf: SettingsOf): ServiceTarget => rules?.target ?? settingsOf(queue).target

/** False where queues had different targets at one time: their levels must not be added (METRICS section 8). */
export const levelsAdd = (rows: readonly IntervalFigures[], settingsOf: SettingsOf): boolean => {
  const at = new Map<number, ServiceTarget>()
  return rows.every((row) => {
    const target = targetOf(row, settingsOf)
    const other = at.get(row.from)
    at.set(row.from, target)
    return other === undefined || (other.variant === target.variant && other.withinMs === target.withinMs)
  })
}

export interface RulesOfContacts {
  /** A contact is judged by what held when it came, as far as the rows reach back. */
  readonly judging: (contact: ContactFigures) => Pick<QueueSettings, 'target' | 'shortAbandonMs'>
  /** It is counted by what held when it ended. */
  readonly counting: (contact: ContactFigures) => Pick<QueueSettings, 'target' | 'shortAbandonMs'>
}

/** The settings of their time, from quarter-hour rows. */
export const rulesOfContacts = (rows: readonly IntervalFigures[], settingsOf: SettingsOf): RulesOfContacts => {
  const known = new Map(rows.map(({ queue, from, rules }) => [`${from} ${queue}`, rules]))
  const at = (queue: string, instant: number | null) => (instant === null ? undefined : known.get(`${Math.floor(instant / QUARTER_HOUR) * QUARTER_HOUR} ${queue}`))
  const counting: RulesOfContacts['counting'] = ({ queue, outcomeAt }) => at(queue, outcomeAt) ?? settingsOf(queue)
  return { counting, judging: (contact) => at(contact.queue, contact.queuedAt) ?? counting(contact) }
}
