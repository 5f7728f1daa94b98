import type { SimulationInput, simulationAnswer } from '../contract/forecast.ts'
import type { Directory } from '../domain/escalation/directory.ts'
import { forecastOf, type ForecastStep } from '../domain/escalation/forecast.ts'
import { localTextOf } from '../domain/wall-clock.ts'
import type { IncidentSettings } from '../domain/incident-settings.ts'
import { decideOpening } from '../domain/incident/decide-open.ts'
import { evolve } from '../domain/incident/evolve.ts'
import { systemActor } from '../domain/incident/incident.ts'
import { rulesOf, slaOf } from '../domain/incident/rules.ts'
import { HOUR, isoOf, later, type Instant } from '../domain/time.ts'
import type { z } from 'zod'
import { toForecastRow, type NameOf } from './forecast-row.ts'

/** That day is closed, whatever its week says. */
const withHoliday = (settings: IncidentSettings, date: string): IncidentSettings => ({
  ...settings,
  calendars: Object.fromEntries(Object.entries(settings.calendars).map(([name, calendar]) => [name, calendar.alwaysOpen ? calendar : { ...calendar, holidays: [...calendar.holidays, { date, from: null, to: null }], openings: calendar.openings.filter((opening) => opening.date !== date) }])),
})

export interface Simulated {
  readonly steps: readonly ForecastStep[]
  answer(nameOf: NameOf): z.output<typeof simulationAnswer>
}

/** An incident that is reported at a moment and that nobody touches: the same decisions that would be made then, and nothing is written. */
export const simulate = ({ input, at, settings: given, directory }: { readonly input: SimulationInput; readonly at: Instant; readonly settings: IncidentSettings; readonly directory: Directory }): Simulated => {
  const { timeZone } = given
  const local = localTextOf(at, timeZone)
  const settings = input.holiday ? withHoliday(given, local.slice(0, 10)) : given
  const rules = rulesOf(settings)
  const { category, service, impact, urgency, callerSafe } = input
  const report = { ref: 'INC-0000-000000', draft: false, type: 'incident', category, texts: {}, callerIdWithheld: true, callerSafe, channel: null, service, impact, urgency, reportedAt: at, queue: null } as const
  const record = evolve(null, decideOpening(report, { now: at, receivedAt: at, actor: systemActor, rules, directory }), rules)
  const priority = record.priority ?? 'P4'
  const until = later(at, input.hours * HOUR)
  const { steps, complete } = forecastOf({ record, rules, directory, subscriptions: settings, now: at, until })
  const calendar = slaOf(rules, priority).calendar
  const opensAt = rules.calendar(calendar).nextWorking(at)
  const route = settings.routes.findIndex(({ policy, when }) => policy === record.policy.id && (when.priority?.includes(priority) ?? true) && (when.category === undefined || (category !== null && when.category.includes(category))) && (when.service === undefined || (service !== null && when.service.includes(service))))
  return {
    steps,
    answer: (nameOf) => ({
      at: isoOf(at),
      local,
      timeZone,
      priority,
      policy: record.policy.id,
      route: route < 0 ? null : route,
      calendar: { name: calendar, open: opensAt === at, opensAt: opensAt === null ? null : isoOf(opensAt) },
      clocks: record.clocks.map(({ kind, name, dueAt }) => ({ kind, name, dueAt: dueAt === null ? null : isoOf(dueAt) })),
      until: isoOf(until),
      complete,
      steps: steps.map((step) => toForecastRow(step, nameOf, settings)),
    }),
  }
}
