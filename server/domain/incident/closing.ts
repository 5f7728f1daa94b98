import { natureOf } from '../clock/clock-kinds.ts'
import { emptyFieldsOf } from './completeness.ts'
import type { IncidentRecord } from './incident.ts'

/** A review is mandatory for P1, P2, major and breached incidents (R38); a problem is one itself. */
export const needsReview = ({ type, priority, major, clocks }: IncidentRecord): boolean => type !== 'problem' && (priority === 'P1' || priority === 'P2' || major || clocks.some(({ breachedAt }) => breachedAt !== null))

/** Only of a log that was begun in a hurry; its category has a line and a command of its own. */
const lackingInLog = (record: IncidentRecord): readonly string[] => {
  const fields = record.completion === null ? [] : emptyFieldsOf(record).filter((field) => field !== 'category')
  return fields.length === 0 ? [] : [`what the log lacks: ${fields.join(', ')} (amend)`]
}

/** What still stands in the way of closing, all at once, each with the command that mends it. */
export const missingForClosing = (record: IncidentRecord): readonly string[] => [
  ...(needsReview(record) && record.review === 'none' ? ['the review (review)'] : []),
  ...(record.major ? ['the standing down of the major incident (stand-down)'] : []),
  ...(record.updates.sent > 0 && !record.updates.closing ? ['the closing message to stakeholders (update-stakeholders with state resolved)'] : []),
  ...record.clocks.flatMap((clock) => (natureOf(clock).ofTheLaw && clock.stoppedAt === null ? [`the report to the regulator: ${clock.name ?? clock.kind} (report-regulator)`] : [])),
  ...lackingInLog(record),
  ...(record.category === null ? ['the category (categorise)'] : []),
]
