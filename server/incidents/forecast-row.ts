import type { ForecastStepRow, TellingRow } from '../contract/forecast.ts'
import { targetCalled, targetName } from '../domain/escalation/directory.ts'
import type { ForecastStep, ForecastTelling } from '../domain/escalation/forecast.ts'
import type { IncidentEvent } from '../domain/incident/events.ts'
import type { PersonId } from '../domain/incident/incident.ts'
import type { IncidentSettings } from '../domain/incident-settings.ts'
import { audienceCalled } from '../domain/incident/rules.ts'
import { isoOf } from '../domain/time.ts'

const kinds: Readonly<Partial<Record<IncidentEvent['type'], ForecastStepRow['kind']>>> = {
  'level-fired': 'level',
  'level-skipped': 'level-skipped',
  'ladder-unmanned': 'unmanned',
  'ladder-ended': 'ladder-ended',
  'unowned-reminded': 'unowned-reminder',
  'clock-warned': 'warning',
  'clock-breached': 'breach',
  'breach-reminded': 'breach-reminder',
  'lease-prompted': 'lease-question',
  'lease-lost': 'lease-lost',
  'owner-gone': 'owner-gone',
  resumed: 'hold-review',
  'snooze-ended': 'snooze-ended',
  'handover-lapsed': 'handover-lapsed',
  closed: 'closed',
  'deployment-unanswered': 'deployment-unanswered',
  'deployment-requested': 'deployment-asked',
  'deployment-late': 'deployment-late',
  'deployment-still-on': 'deployment-still-on',
  'review-awaited': 'review-awaited',
}

const peopleOf = (event: IncidentEvent): readonly PersonId[] => {
  if ('targets' in event && event.targets !== undefined) return [...new Set(event.targets.flatMap(({ people }) => people))]
  return 'people' in event ? (event.people ?? []) : []
}
export const peopleOfSteps = (steps: readonly ForecastStep[]): readonly PersonId[] => [...new Set(steps.flatMap(({ event, deliveries }) => [...peopleOf(event), ...deliveries.flatMap(({ person }) => person ?? [])]))]

export type NameOf = (id: PersonId) => string

const tellingRow = ({ person, channel, then, target, notBefore, at, type }: ForecastTelling, nameOf: NameOf): TellingRow => ({ person: person === null ? null : { id: person, name: nameOf(person) }, channel, then: [...then], target, at: isoOf(at), held: at > notBefore, type })

const clockOf = (event: IncidentEvent): string | null => ('clock' in event ? event.clock : null)
const nameIn = (event: IncidentEvent): string | null => ('clock' in event && 'name' in event ? (event.name ?? null) : null)

/** A step as the contract shows it. */
export const toForecastRow = ({ at, event, deliveries }: ForecastStep, nameOf: NameOf, settings: IncidentSettings): ForecastStepRow => ({
  at: isoOf(at),
  kind: kinds[event.type] ?? 'other',
  ladder: 'ladder' in event ? event.ladder : null,
  level: 'level' in event ? event.level : null,
  cycle: 'cycle' in event ? event.cycle : null,
  clock: 'clock' in event ? (nameIn(event) ?? event.clock) : null,
  ...(clockOf(event) === 'audience' ? { clockCalled: audienceCalled(nameIn(event) ?? '', { settings }) } : {}),
  share: 'share' in event ? event.share : null,
  why: 'why' in event ? event.why : null,
  targets: 'targets' in event && event.targets !== undefined ? event.targets.map(({ target }) => targetName(target)) : [],
  called: 'targets' in event && event.targets !== undefined ? event.targets.map(({ target }) => targetCalled(target, settings)) : [],
  people: peopleOf(event).map((id) => ({ id, name: nameOf(id) })),
  tells: deliveries.map((delivery) => tellingRow(delivery, nameOf)),
})
