import type { ContactCounted, ContactFigures } from '../contact-figures.ts'
import type { IntervalFigures } from '../queue-figures.ts'
import { readByDay } from '../kpi/level-of-rows.ts'
import type { QueueSettings, ServiceLevelVariant, ServiceTarget } from '../settings.ts'
import { QUARTER_HOUR } from '../time.ts'

/** What levels are judged by; the present settings for rows that do not say theirs. */
export type SettingsOf = (queue: string) => Pick<QueueSettings, 'target' | 'shortAbandonMs'>

export const targetOf = ({ rules, queue }: IntervalFigures, settingsOf: SettingsOf): ServiceTarget => rules?.target ?? settingsOf(queue).target

/** By which variant each of these rows is read, `otherwise` where they do not say their own. */
export const variantsOf = (rows: readonly IntervalFigures[], otherwise: (queue: string) => ServiceLevelVariant): ((row: IntervalFigures) => ServiceLevelVariant) =>
  readByDay(rows, ({ rules, from }) => (rules === undefined ? null : { variant: rules.target.variant, day: rules.day.from, at: from }), ({ queue }) => otherwise(queue))

interface Held {
  readonly from: number
  /** Begin of the last row that was counted by it. */
  until: number
  readonly target: ServiceTarget
}
const same = (one: ServiceTarget, other: ServiceTarget): boolean => one.variant === other.variant && one.withinMs === other.withinMs

/** False where queues had different targets at one time, also where their contacts came at different times: their levels must not be added (METRICS section 8). */
export const levelsAdd = (rows: readonly IntervalFigures[], settingsOf: SettingsOf): boolean => {
  const targets = new Map<string, Held[]>()
  for (const row of [...rows].sort((a, b) => a.from - b.from)) {
    const [own, target] = [targets.get(row.queue) ?? [], targetOf(row, settingsOf)]
    targets.set(row.queue, own)
    const last = own.at(-1)
    if (last !== undefined && same(last.target, target)) last.until = row.from
    else own.push({ from: row.from, until: row.from, target })
  }
  /** A queue held what its newest row says, or already what its next one does, or what is set now. */
  const mayHold = (queue: string, own: readonly Held[], at: number, target: ServiceTarget): boolean => {
    const place = own.findLastIndex(({ from }) => from <= at)
    const held = own[place]
    return held === undefined || same(held.target, target) || (held.until < at && same((own[place + 1] ?? settingsOf(queue)).target, target))
  }
  const all = [...targets]
  return all.every(([queue, own]) => own.every(({ from, target }) => all.every(([other, others]) => other === queue || mayHold(other, others, from, target))))
}

export interface RulesOfContacts {
  /** What a contact was judged by; of a record that does not say it, what held when it came, as far as the rows reach back. */
  readonly judging: (contact: ContactFigures) => Pick<ContactCounted, 'withinMs' | 'shortAbandonMs'>
  /** It is counted in a level by what its interval is read by. */
  readonly variantOf: (contact: ContactFigures) => ServiceLevelVariant
}

/** The settings of their time, from quarter-hour rows. */
export const rulesOfContacts = (rows: readonly IntervalFigures[], settingsOf: SettingsOf): RulesOfContacts => {
  const known = new Map(rows.map((row) => [`${row.from} ${row.queue}`, row]))
  const read = variantsOf(rows, (queue) => settingsOf(queue).target.variant)
  const at = (queue: string, instant: number | null): IntervalFigures | undefined => (instant === null ? undefined : known.get(`${Math.floor(instant / QUARTER_HOUR) * QUARTER_HOUR} ${queue}`))
  return {
    judging: ({ counted, queue, queuedAt, outcomeAt }) => {
      if (counted !== undefined) return counted
      const { target, shortAbandonMs } = at(queue, queuedAt)?.rules ?? at(queue, outcomeAt)?.rules ?? settingsOf(queue)
      return { withinMs: target.withinMs, shortAbandonMs }
    },
    variantOf: ({ queue, outcomeAt }) => {
      const row = at(queue, outcomeAt)
      return row === undefined ? settingsOf(queue).target.variant : read(row)
    },
  }
}
