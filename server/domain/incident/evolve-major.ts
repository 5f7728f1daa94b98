import type { IncidentEvent } from './events.ts'
import { majorClocks } from './evolve-clocks.ts'
import type { IncidentRecord } from './incident.ts'
import type { MajorIncident } from './major.ts'
import type { Rules } from './rules.ts'

const majorEvents = ['major-proposed', 'major-declared', 'sending-stopped', 'stood-down', 'major-cancelled', 'role-assigned', 'methane-reported'] as const
type MajorEvent = Extract<IncidentEvent, { type: (typeof majorEvents)[number] }>

export const isOfMajor = (event: IncidentEvent): event is MajorEvent => (majorEvents as readonly string[]).includes(event.type)

export const majorChanged = (record: IncidentRecord, event: MajorEvent, rules: Rules): IncidentRecord => {
  const { at, by } = event
  // One that was declared before there were stages has no course yet.
  const course: MajorIncident = record.majorIncident ?? { stage: 'declared', since: at, roles: {}, methane: {} }
  const told = [...('people' in event ? (event.people ?? []) : []), by.id]
  const staged = (stage: MajorIncident['stage'], major: boolean, more: Pick<MajorIncident, 'declaredAt'> = {}): IncidentRecord => ({ ...record, major, majorIncident: { ...course, stage, since: at, told, ...more } })
  switch (event.type) {
    case 'major-proposed':
      return { ...record, majorIncident: { stage: 'standby', since: at, told, roles: {}, methane: {} } }
    case 'major-declared':
      return { ...staged('declared', true, { declaredAt: at }), clocks: majorClocks(record, at, rules) }
    case 'sending-stopped':
      return staged('stop-sending', true)
    case 'stood-down':
      return staged('stood-down', false)
    case 'major-cancelled':
      return staged('cancelled', false)
    case 'role-assigned': {
      const { [event.role]: _before, ...others } = course.roles
      return { ...record, majorIncident: { ...course, roles: event.person === null ? others : { ...others, [event.role]: event.person } } }
    }
    case 'methane-reported':
      return { ...record, majorIncident: { ...course, methane: { ...course.methane, ...event.texts } } }
    default: {
      const never: never = event
      return never
    }
  }
}
