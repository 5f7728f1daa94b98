import type { AgentReportBody, AgentReportRow, TeamReportRow } from '../../server/contract/agent-report.ts'
import { activeWorthSaying } from '../format/active-time.ts'
import { sortedBy } from '../format/sort-rows.ts'
import { isRecord, listOf, recordOf } from '../http/read.ts'

/** The lines of the report of people and teams: what they say, and in which order. */

export type AgentFiguresLine = Omit<AgentReportRow, 'agent' | 'agentName' | 'team' | 'day'>
export interface AgentReportLine extends AgentFiguresLine {
  readonly key: string
  /** Null on a team's line. */
  readonly agent: string | null
  readonly name: string | null
  readonly team: string | null
  /** People of a team; 1 on a person's line. */
  readonly people: number
  readonly day: string | null
  /** Whether any of what they ended has had its time to come again. */
  readonly matured: boolean
}

export type ReportCohort = AgentReportBody['cohort']

export interface AgentReportAnswer {
  /** Null where a server of the version before answers. */
  readonly cohort: ReportCohort | null
  readonly lines: readonly AgentReportLine[]
  readonly total: AgentReportLine | null
  /** Stretches of which nobody kept what people did. */
  readonly notKept: readonly { readonly from: string; readonly to: string }[]
}

const lineOf = (row: Readonly<Record<string, unknown>>, maturedTo: string | null): AgentReportLine => {
  const { agent, agentName, team, day, agents } = row as unknown as Partial<AgentReportRow & TeamReportRow>
  return { ...(row as unknown as AgentFiguresLine), key: `${agent ?? `team ${team ?? ''}`} ${day ?? ''}`, agent: agent ?? null, name: agentName ?? null, team: team ?? null, people: agents ?? 1, day: day ?? null, matured: maturedTo !== null && (day === undefined || day < maturedTo) }
}
const isLine = (row: unknown): row is Readonly<Record<string, unknown>> => isRecord(row) && typeof row.handled === 'number' && Array.isArray(row.aux)

export const readAgentReport = (body: unknown): AgentReportAnswer => {
  const answer = recordOf(body)
  const cohort = isRecord(answer.cohort) ? (answer.cohort as unknown as ReportCohort) : null
  const line = (row: Readonly<Record<string, unknown>>): AgentReportLine => lineOf(row, cohort?.to ?? null)
  return { cohort, lines: listOf(answer.rows).filter(isLine).map(line), total: isLine(answer.total) ? line(answer.total) : null, notKept: listOf(answer.notKept).filter(isRecord) as unknown as AgentReportAnswer['notKept'] }
}

type FigureKind = 'count' | 'time' | 'span' | 'ratio'
export interface AgentColumn {
  readonly key: string
  readonly kind: FigureKind
  readonly value: (line: AgentFiguresLine) => number | null
  /** How many stand behind a share; too few are faint. */
  readonly n?: (line: AgentFiguresLine) => number
  /** Why there is none. */
  readonly why: string | ((line: AgentReportLine) => string)
}

export const whyOf = ({ why }: AgentColumn, line: AgentReportLine): string => (typeof why === 'string' ? why : why(line))

/** Below this many answers a share of them says little. */
export const FEW_ANSWERS = 30

/** Handle time has quality beside it, wherever it stands. */
export const agentColumns: readonly AgentColumn[] = [
  { key: 'handled', kind: 'count', value: (line) => line.handled, why: 'noHandled' },
  { key: 'aht', kind: 'time', value: (line) => line.ahtMs, why: 'noHandled' },
  { key: 'active', kind: 'time', value: (line) => line.activeMs ?? null, why: (line) => (line.handled > 0 ? 'unknown' : 'noHandled') },
  { key: 'csat', kind: 'ratio', value: (line) => line.csat, n: (line) => line.surveys, why: 'noSurveys' },
  { key: 'fcr', kind: 'ratio', value: (line) => line.fcrCohort ?? null, n: (line) => line.fcrEligible ?? 0, why: (line) => (line.matured ? 'noKnown' : 'notMatured') },
  { key: 'transfers', kind: 'ratio', value: (line) => line.transferRate, why: 'noHandled' },
  { key: 'missed', kind: 'count', value: (line) => line.ringNoAnswer, why: 'unknown' },
  { key: 'occupancy', kind: 'ratio', value: (line) => line.occupancy, why: 'littleTime' },
  { key: 'utilisation', kind: 'ratio', value: (line) => line.utilisation, why: 'littleTime' },
  { key: 'signedIn', kind: 'span', value: (line) => line.signedInMs, why: 'unknown' },
  { key: 'aux', kind: 'span', value: (line) => line.auxMs, why: 'unknown' },
  { key: 'adherence', kind: 'ratio', value: (line) => line.adherence, why: 'noSchedule' },
]

/** Active time stands only where it says something else than handle time of anybody. */
export const columnsFor = (lines: readonly AgentFiguresLine[]): readonly AgentColumn[] => (lines.some((line) => activeWorthSaying(line) !== null) ? agentColumns : agentColumns.filter(({ key }) => key !== 'active'))

/** A person by name, else by id; people without a team last. */
export const nameOf = (line: AgentReportLine): string => (line.agent === null ? (line.team ?? '\uffff') : (line.name ?? line.agent))
const valueOf = (line: AgentReportLine, column: string): number | string | null => (column === 'name' ? nameOf(line) : column === 'team' ? line.team : column === 'people' ? line.people : (agentColumns.find(({ key }) => key === column)?.value(line) ?? null))

/** What is not known stands last, whichever way. */
export const sortLines = (lines: readonly AgentReportLine[], column: string, descending: boolean): readonly AgentReportLine[] =>
  sortedBy(lines, (line) => valueOf(line, column), descending, (a, b) => nameOf(a).localeCompare(nameOf(b)))

export const filterLines = (lines: readonly AgentReportLine[], text: string): readonly AgentReportLine[] => {
  const wanted = text.trim().toLowerCase()
  return wanted === '' ? lines : lines.filter(({ name, agent, team }) => `${name ?? ''} ${agent ?? ''} ${team ?? ''}`.toLowerCase().includes(wanted))
}

/** Clock time by state, in the order of work to absence. */
export const statesOf = (line: AgentFiguresLine): readonly { readonly state: 'on-contact' | 'acw' | 'available' | 'ringing' | 'aux' | 'not-queued'; readonly ms: number }[] => [
  { state: 'on-contact', ms: line.onContactMs }, { state: 'acw', ms: line.wrapUpMs }, { state: 'available', ms: line.availableMs },
  { state: 'ringing', ms: line.ringingMs }, { state: 'aux', ms: line.auxMs }, { state: 'not-queued', ms: line.notQueuedMs },
]
