import type { Incident } from '../contract/rows.ts'
import type { IncidentRecord, IncidentState } from '../domain/incident/incident.ts'
import { outwardTitle } from '../domain/incident/title.ts'

const onTheWall: readonly IncidentState[] = ['open', 'acknowledged', 'in-progress', 'on-hold']

/** What a wall may show of an incident, or null when it has no place there: the title but no other free text, and nothing of a caller. */
export const wallSafe = (incident: Incident, record: Pick<IncidentRecord, 'discreet'>, options: { readonly withOwner: boolean }): Incident | null => {
  if (!onTheWall.includes(incident.state)) return null
  return {
    ref: incident.ref,
    type: incident.type,
    category: incident.category,
    // A discreet incident is told by its category: its title may name an illness or a person. So may one that nobody wrote.
    title: outwardTitle({ ...incident, discreet: record.discreet }, options.withOwner ? { ...incident, nature: null } : incident),
    nature: null,
    channel: null,
    location: null,
    service: record.discreet ? null : incident.service,
    reporter: null,
    callerId: null,
    callerSafe: null,
    impact: incident.impact,
    urgency: incident.urgency,
    priority: incident.priority,
    state: incident.state,
    owner: options.withOwner ? incident.owner : null,
    level: incident.level,
    cycle: incident.cycle,
    ladder: incident.ladder,
    next: incident.next === null ? null : { at: incident.next.at, level: incident.next.level, targets: options.withOwner ? incident.next.targets : [], called: options.withOwner ? (incident.next.called ?? incident.next.targets) : [] },
    major: incident.major,
    reportedAt: incident.reportedAt,
    openedAt: incident.openedAt,
    acknowledgedAt: incident.acknowledgedAt,
    resolvedAt: incident.resolvedAt,
    snoozedUntil: incident.snoozedUntil,
    clocks: incident.clocks,
    revision: incident.revision,
    policy: incident.policy,
    completeness: incident.completeness,
    queue: incident.queue,
    ...(incident.drill === true ? { drill: true } : {}),
    ...(incident.maintenance == null ? {} : { maintenance: incident.maintenance }),
  }
}
