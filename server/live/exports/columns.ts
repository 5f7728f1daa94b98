import type { Incident } from '../../contract/rows.ts'
import { agentDefinitions, contactDefinitions, definitions, type Definition } from '../../domain/kpi/definitions.ts'
import { columnsOf } from '../to-rows.ts'
import { maskedCaller } from '../../incidents/masked-caller.ts'
import type { ExportTable } from './table.ts'

/** Columns of each exported table in order; what is not named does not leave the server. */

const text = (words: string): Definition => ({ unit: 'text', basis: null, text: words })
const instant = (words: string): Definition => ({ unit: 'instant', basis: null, text: words })

const incidentDefinitions: Readonly<Record<string, Definition>> = {
  ref: text('reference'),
  type: text('incident, complaint, service request, enquiry or problem'),
  category: text('category of the settings'),
  title: text('title'),
  nature: text('what happened'),
  channel: text('how it was reported'),
  location: text('where'),
  service: text('service concerned'),
  reporter: text('who reported it'),
  callerId: text('last three digits of the caller’s number, or withheld'),
  callerSafe: { unit: 'yes-no', basis: null, text: 'the caller is safe' },
  impact: text('1 to 4'),
  urgency: text('1 to 4'),
  priority: text('P1 to P4 by the matrix, or set by a person'),
  state: text('state of the incident'),
  owner: text('who holds it'),
  level: text('level of the ownership ladder that fired last'),
  major: { unit: 'yes-no', basis: null, text: 'declared major' },
  queue: text('queue whose figure raised it'),
  reportedAt: instant('reported; of what was merged into it the earliest'),
  openedAt: instant('opened'),
  acknowledgedAt: instant('acknowledged'),
  resolvedAt: instant('resolved'),
  responseState: text('response clock: running, paused, met, breached or void'),
  responseDueAt: instant('response due'),
  updateState: text('update clock'),
  updateDueAt: instant('update due'),
  resolutionState: text('resolution clock'),
  resolutionDueAt: instant('resolution due'),
  peopleAsked: { unit: 'agents', basis: null, text: 'people who were sent for' },
  peopleConfirmed: { unit: 'agents', basis: null, text: 'of them those who said that they come, or were there' },
  peopleConsumedMs: { unit: 'ms', basis: null, text: 'time for which people were bound, together, of those who are released' },
  policy: text('escalation policy'),
  completeness: { unit: 'ratio', basis: null, text: 'share of the fields that are filled in' },
  formerRefs: text('numbers it had while it was taken for another type'),
  successor: text('number under which it goes on as another type'),
  audienceClocks: text('clocks of groups with a cadence of their own: name, state and when due of each, apart by semicolons'),
  regulatoryClocks: text('clocks of the law, in the same way'),
}
const auditDefinitions: Readonly<Record<string, Definition>> = {
  seq: text('number of the link in the chain of the site'),
  at: instant('when'),
  ref: text('incident, or the order of a recompute (recompute:ID)'),
  version: text('number of the event within the incident'),
  type: text('what was done'),
  actor: text('id of who did it'),
  actorName: text('name'),
  actorRole: text('role'),
  text: text('note or reason; empty where erased'),
  data: text('details as JSON'),
  hash: text('SHA-256 of the event as it was written'),
  link: text('SHA-1 over the link before, seq, ref, version and hash: a changed or missing row breaks the chain'),
}

export const exported: Readonly<Record<ExportTable['kind'], Pick<ExportTable, 'columns' | 'definitions'>>> = {
  intervals: { columns: columnsOf.intervals, definitions },
  contacts: { columns: columnsOf.contacts, definitions: contactDefinitions },
  incidents: { columns: Object.keys(incidentDefinitions), definitions: incidentDefinitions },
  audit: { columns: Object.keys(auditDefinitions), definitions: auditDefinitions },
  agents: { columns: Object.keys(agentDefinitions), definitions: agentDefinitions },
}

/** One line of an incident; the caller's number is masked. */
export const incidentLine = (incident: Incident): Readonly<Record<string, unknown>> => {
  const sent = (incident.deployments ?? []).filter(({ person }) => person !== null)
  const clock = (kind: string) => incident.clocks.find((one) => one.kind === kind)
  const clocks = Object.fromEntries(['response', 'update', 'resolution'].flatMap((kind) => [[`${kind}State`, clock(kind)?.state ?? null], [`${kind}DueAt`, clock(kind)?.dueAt ?? null]]))
  const named = (kind: string): string | null => incident.clocks.flatMap((one) => (one.kind === kind ? [[one.name, one.state, one.dueAt].filter((part) => part !== null).join(' ')] : [])).join('; ') || null
  const consumed = sent.flatMap(({ consumedMs }) => consumedMs ?? [])
  const people = { peopleAsked: sent.length, peopleConfirmed: sent.filter(({ acceptedAt, enRouteAt, onTaskAt }) => (acceptedAt ?? enRouteAt ?? onTaskAt) !== null).length, peopleConsumedMs: consumed.length === 0 ? null : consumed.reduce((sum, ms) => sum + ms, 0) }
  return { ...incident, ...clocks, ...people, owner: incident.owner?.name ?? null, callerId: maskedCaller(incident.callerId), formerRefs: (incident.formerRefs ?? []).join(' ') || null, successor: incident.successor ?? null, audienceClocks: named('audience'), regulatoryClocks: named('regulatory') }
}
