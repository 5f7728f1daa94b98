import type { PlanInterval } from '../domain/plan/day-plan.ts'
import type { Activity } from '../domain/plan/adherence.ts'
import { DAY, HOUR, instantOf, QUARTER_HOUR } from '../domain/time.ts'
import { BadRow, durationIn, instantIn, numberIn, readRows, rowsOfTable, type Rejected } from './small-table.ts'

/** Plans and schedules as workforce tools write them out. */
export interface PlanFile<T> {
  readonly found: readonly T[]
  readonly rejected: readonly Rejected[]
}
export type ReadPlan<T> = PlanFile<T> | { readonly missing: string }

/** Columns `queue, from, to?, forecast, aht|ahtMs, required, scheduled`; a row longer than a quarter hour is shared equally by its quarters. */
export const readPlanCsv = (text: string, timeZone: string): ReadPlan<PlanInterval> => {
  const table = rowsOfTable(text, [['queue'], ['from']])
  if ('missing' in table) return table
  return readRows(table.rows, ({ cell }): readonly PlanInterval[] => {
    const queue = cell('queue')
    if (queue === '' || queue.length > 200) throw new BadRow('column "queue" is empty')
    const from = instantIn(cell('from'), timeZone)
    const to = cell('to') === '' ? from + QUARTER_HOUR : instantIn(cell('to'), timeZone)
    if (from % QUARTER_HOUR !== 0 || to % QUARTER_HOUR !== 0 || to <= from || to - from > DAY) throw new BadRow('an interval begins and ends on a quarter hour and is at most a day long')
    const quarters = (to - from) / QUARTER_HOUR
    const forecast = numberIn(cell('forecast', 'offered', 'volume'), 'forecast')
    const ahtMs = numberIn(cell('ahtMs'), 'ahtMs') ?? durationIn(cell('aht'), 'aht')
    const [required, scheduled] = [numberIn(cell('required'), 'required'), numberIn(cell('scheduled'), 'scheduled')]
    if (forecast === null && ahtMs === null && required === null && scheduled === null) throw new BadRow('nothing is planned in this row: forecast, aht, required or scheduled')
    return Array.from({ length: quarters }, (_, index) => ({ queue, from: instantOf(from + index * QUARTER_HOUR), forecast: forecast === null ? null : forecast / quarters, ahtMs, required, scheduled }))
  })
}

export interface NamedActivity extends Activity {
  readonly agentId: string
  readonly agentName: string | null
}

/** No stretch of one activity is longer than a day. */
const LONGEST_MS = 24 * HOUR

/** Columns `agent, from, to, activity?, name?`; without an activity it is `work`. */
export const readScheduleCsv = (text: string, timeZone: string): ReadPlan<NamedActivity> => {
  const table = rowsOfTable(text, [['agent', 'agentId'], ['from'], ['to']])
  if ('missing' in table) return table
  return readRows(table.rows, ({ cell }): readonly NamedActivity[] => {
    const agentId = cell('agent', 'agentId')
    if (agentId === '' || agentId.length > 200) throw new BadRow('column "agent" is empty')
    const activity = activityName(cell('activity'))
    const [from, to] = [instantIn(cell('from'), timeZone), instantIn(cell('to'), timeZone)]
    if (to <= from || to - from > LONGEST_MS) throw new BadRow('"to" must lie after "from", at most a day')
    return [{ agentId, agentName: cell('name', 'agentName') || null, activity, from, to }]
  })
}

export const activityName = (text: string): string => (text.trim() === '' ? 'work' : text.trim().toLowerCase().replace(/[^\p{L}\p{N}]+/gu, '-').slice(0, 60))
