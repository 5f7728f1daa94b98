import { shallowRef, watch, type ShallowRef } from 'vue'
import { request, RequestFailed } from '../http/api.ts'
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

/** What people and teams did; null until the first answer, and while another question is asked. */
export const useAgentReport = (asked: () => AgentReportAsked): { readonly answer: Readonly<ShallowRef<AgentReportAnswer | null>>; readonly failure: Readonly<ShallowRef<string | null>>; readonly csv: () => string } => {
  const session = useSessionStore()
  const answer = shallowRef<AgentReportAnswer | null>(null)
  const failure = shallowRef<string | null>(null)
  const path = (): string => {
    const { range, queue, zone, ownZone, by, team = '', agent = '' } = asked()
    const query = { from: new Date(range.from).toISOString(), to: new Date(range.to).toISOString(), by, ...(ownZone ? {} : { tz: zone }), ...Object.fromEntries(Object.entries({ queue, team, agent }).filter(([, value]) => value !== '')) }
    return `/sites/${encodeURIComponent(session.site?.id ?? '')}/reports/agents?${new URLSearchParams(query).toString()}`
  }
  watch(path, async (now) => {
    answer.value = null
    failure.value = null
    try {
      const found = await request(now, readAgentReport)
      if (now === path()) answer.value = found
    } catch (error) {
      if (!(error instanceof RequestFailed)) throw error
      if (now === path()) failure.value = error.message
    }
  }, { immediate: true })
  return { answer, failure, csv: () => `/api/v1${path()}&format=csv&definitions=true` }
}
