import { useAnswer, type Answer } from '../composables/use-answer.ts'
import { useSessionStore } from '../stores/session-store.ts'
import { type AgentReportAnswer, readAgentReport } from './agent-lines.ts'
import type { Range } from './report-range.ts'

export interface AgentReportAsked {
  readonly range: Range
  readonly queue: string
  readonly zone: string
  /** Days are of the site's business day, not of `zone`. */
  readonly ownZone: boolean
  readonly by: 'agent' | 'team' | 'day'
  readonly team?: string
  readonly agent?: string
}

/** What people and teams did; null until the first answer, and while another question is asked. `csv`: where the same is had as a file. */
export const useAgentReport = (asked: () => AgentReportAsked): Omit<Answer<AgentReportAnswer>, 'again'> & { readonly csv: () => string } => {
  const session = useSessionStore()
  const path = (): string => {
    const { range, queue, zone, ownZone, by, team = '', agent = '' } = asked()
    const query = { from: new Date(range.from).toISOString(), to: new Date(range.to).toISOString(), by, ...(ownZone ? {} : { tz: zone }), ...Object.fromEntries(Object.entries({ queue, team, agent }).filter(([, value]) => value !== '')) }
    return session.place(`reports/agents?${new URLSearchParams(query).toString()}`)
  }
  const { value, failure } = useAnswer(path, readAgentReport, { anew: true })
  return { value, failure, csv: () => `/api/v1${path()}&format=csv&definitions=true` }
}
