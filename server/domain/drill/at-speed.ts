import { calendarOf } from '../clock/calendar.ts'
import { maintenanceOf } from '../escalation/maintenance.ts'
import type { AudienceSettings, IncidentSettings, Policy, SlaTarget } from '../incident-settings.ts'
import type { Rules } from '../incident/rules.ts'
import { DAY } from '../time.ts'

const quicker = (ms: number, speed: number): number => Math.max(1, Math.round(ms / speed))
const maybe = (ms: number | null, days: number | null, speed: number): number | null => (days !== null ? quicker(days * DAY, speed) : ms === null ? null : quicker(ms, speed))

const slaAt = (speed: number) => ({ responseMs, updateMs, updateDays, resolutionMs, resolutionDays, atRisk, minimumReactionMs }: SlaTarget): SlaTarget => ({
  responseMs: maybe(responseMs, null, speed),
  updateMs: maybe(updateMs, updateDays, speed),
  updateDays: null,
  resolutionMs: maybe(resolutionMs, resolutionDays, speed),
  resolutionDays: null,
  calendar: 'always',
  atRisk,
  minimumReactionMs: quicker(minimumReactionMs, speed),
})

/** Hours of the day mean nothing when an hour passes in minutes: every level may be told at once. */
const policyAt = (speed: number) => ({ id, ownership, deadline }: Policy): Policy => ({ id, ownership: { repeat: ownership.repeat, levels: ownership.levels.map(({ targets, waitMs }) => ({ targets, waitMs: waitMs === 0 ? 0 : quicker(waitMs, speed) })) }, deadline })

const mapped = <Value, Result>(table: Readonly<Record<string, Value>>, of: (value: Value) => Result): Readonly<Record<string, Result>> => Object.fromEntries(Object.entries(table).map(([key, value]) => [key, of(value)]))

const audienceAt = (speed: number) => (audience: AudienceSettings): AudienceSettings => ({ ...audience, updateMs: mapped(audience.updateMs, (ms) => maybe(ms ?? null, null, speed)) })

const settingsAt = (settings: IncidentSettings, speed: number): IncidentSettings => {
  const { P1, P2, P3, P4 } = settings.sla
  const sla = slaAt(speed)
  return { ...settings, sla: { P1: sla(P1), P2: sla(P2), P3: sla(P3), P4: sla(P4) }, policies: mapped(settings.policies, policyAt(speed)), audiences: mapped(settings.audiences ?? {}, audienceAt(speed)), maintenance: {} }
}

/** The live policies and targets of a site for a drill in which time passes so many times as fast: the same ladders to the same people, sooner. */
export const rulesAtSpeed = (rules: Rules, speed: number): Rules => {
  if (speed === 1) return rules
  const always = calendarOf({ alwaysOpen: true, timeZone: rules.settings.timeZone, week: {}, holidays: [], openings: [] })
  return { settings: settingsAt(rules.settings, speed), calendar: () => always, originOf: rules.originOf, maintenance: maintenanceOf({}) }
}
