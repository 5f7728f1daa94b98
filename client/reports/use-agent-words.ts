import { useWords } from '../composables/use-words.ts'
import { hoursText, meanText } from '../format/duration.ts'
import type { AgentColumn, AgentFiguresLine, AgentReportLine, ReportCohort } from './agent-lines.ts'

/** How figures of people and teams are written; a dash where there is none. */
export const useAgentWords = () => {
  const words = useWords()
  const textOf = (column: AgentColumn, line: AgentFiguresLine): string | null => {
    const value = column.value(line)
    if (value === null) return null
    switch (column.kind) {
      case 'count': return words.whole(value)
      case 'time': return meanText(value)
      case 'span': return hoursText(value)
      case 'ratio': return words.percent(value)
    }
  }
  const called = (line: AgentReportLine): string => (line.agent === null ? (line.team ?? words.t('people.noTeam')) : (line.name ?? words.t('people.unnamed', { n: line.agent })))
  const labelOf = ({ key }: AgentColumn): string => words.t(`agents.column.${key}`)
  const dayText = (iso: string, zone: string): string => new Intl.DateTimeFormat(words.language(), { day: 'numeric', month: 'short', timeZone: zone }).format(Date.parse(iso))
  /** In the largest unit of which it is a whole number. */
  const windowText = ({ windowDays }: ReportCohort): string => {
    const minutes = Math.round(windowDays * 1_440)
    const [unit, n] = minutes % 1_440 === 0 ? (['days', minutes / 1_440] as const) : minutes % 60 === 0 ? (['hours', minutes / 60] as const) : (['minutes', minutes] as const)
    return words.t(`agents.window.${unit}`, { n: words.whole(n) }, n)
  }
  /** Which contacts resolution at first contact is of, and when the others are final. */
  const cohortText = (cohort: ReportCohort, zone: string): string => {
    const told = { within: windowText(cohort), from: dayText(cohort.from, zone), final: dayText(cohort.maturesAt, zone) }
    if (cohort.to === null) return words.t('agents.cohort.none', told)
    // The end is exclusive: a cohort that ends at midnight is of the day before.
    const to = dayText(new Date(Date.parse(cohort.to) - 1).toISOString(), zone)
    return Date.parse(cohort.maturesAt) - Date.parse(cohort.to) > Math.round(cohort.windowDays * 86_400_000) ? words.t('agents.cohort.part', { ...told, to }) : words.t('agents.cohort.whole', { ...told, to })
  }
  return { textOf, called, labelOf, cohortText }
}
