import { useWords } from '../composables/use-words.ts'
import { hoursText, meanText } from '../format/duration.ts'
import type { AgentColumn, AgentFiguresLine, AgentReportLine } from './agent-lines.ts'

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
  return { textOf, called, labelOf }
}
