import type { forecastAnswer, ForecastRow, rotaList, rotaShifts, SimulationInput, simulationAnswer } from '../contract/forecast.ts'
import { incidentSettingsOf, inheriting, parseSettings, rotasOf, type Calendars, type SettingsDocument, type SettingsFault } from '../contract/settings.ts'
import { concerns, type Area } from '../contract/roles.ts'
import type { CheckWith } from '../contract/settings/check.ts'
import type { Directory } from '../domain/escalation/directory.ts'
import { forecastOf, type PaceNow } from '../domain/escalation/forecast.ts'
import type { Rota } from '../domain/escalation/rota.ts'
import type { PersonId } from '../domain/incident/incident.ts'
import { HOUR, instantOf, isoOf, later, type Instant } from '../domain/time.ts'
import { instantOfText } from '../domain/wall-clock.ts'
import type { People } from '../redis/incident-directory.ts'
import type { IncidentLog } from '../redis/incident-log.ts'
import type { IncidentRules, SettingsSource } from '../redis/incident-rules.ts'
import type { PeopleNames } from '../redis/incident-people.ts'
import type { z } from 'zod'
import { peopleOfSteps, toForecastRow, type NameOf } from './forecast-row.ts'
import { toRotaRow, toRotaShifts, type RotaQuestion } from './rota-rows.ts'
import { simulate } from './simulate.ts'

export interface PlannerDeps {
  readonly log: IncidentLog
  readonly rules: IncidentRules
  readonly settings: SettingsSource & { get(site: string): Promise<{ readonly document: SettingsDocument; readonly above: Calendars; readonly version: number }> }
  readonly people: Pick<People, 'directory'>
  readonly names: PeopleNames
  /** What people were told, and are to be told, within a minute. */
  readonly pace: (site: string, now: Instant) => Promise<PaceNow>
  readonly site: (id: string) => { readonly id: string; readonly name: string; readonly timeZone: string } | null
  readonly outboundAllow: CheckWith['outboundAllow']
}

/** Answers about what is to come; nothing here writes. */
export interface Planner {
  /** null: no such incident, or not for somebody of that area. */
  forecast(site: string, ref: string, hours: number, area: Area | null): Promise<z.output<typeof forecastAnswer> | null>
  /** The next two hours, as screens keep them. */
  shown(site: string, ref: string): Promise<ForecastRow | null>
  simulate(site: string, input: SimulationInput): Promise<{ readonly ok: true; readonly answer: z.output<typeof simulationAnswer> } | { readonly ok: false; readonly faults: readonly SettingsFault[] }>
  rotas(site: string, at: Instant | null): Promise<z.output<typeof rotaList>>
  /** null: no such rota. */
  shifts(site: string, rota: string, from: Instant, to: Instant): Promise<z.output<typeof rotaShifts> | null>
  rota(site: string, rota: string): Promise<RotaQuestion | null>
  now(site: string): Promise<Instant>
}

/** What screens show of what is to come (INCIDENTS 4). */
const SHOWN_HOURS = 2

export const openPlanner = ({ log, rules, settings, people, names, pace: paceOf, site: siteOf, outboundAllow }: PlannerDeps): Planner => {
  const nowOf = async (site: string): Promise<Instant> => (await log.read(site, '')).now
  const namesFor = async (site: string, ids: readonly PersonId[]): Promise<NameOf> => {
    const known = await names.resolve(site, ids)
    return (id) => known.get(id) ?? id
  }

  const questions = async (site: string): Promise<readonly RotaQuestion[]> => {
    const [{ document }, directory] = await Promise.all([settings.get(site), people.directory(site)])
    const rotas: ReadonlyMap<string, Rota> = directory.rotas ?? new Map()
    return [...rotas].map(([id, rota]) => ({ id, rota, directory, nameOf: (key) => document.people[key]?.name ?? key }))
  }

  /** Sections to try take the place of the saved ones; their rotas replace those of the directory. */
  const tried = async (site: string, given: Readonly<Record<string, unknown>> | undefined, at: Instant) => {
    const place = siteOf(site)
    const [saved, directory] = await Promise.all([settings.get(site), people.directory(site)])
    if (given === undefined || place === null) return { ok: true, settings: await settings.incidentSettings(site), directory } as const
    const parsed = parseSettings({ ...saved.document, ...given }, { outboundAllow, today: isoOf(at).slice(0, 10), organisation: saved.above })
    if (!parsed.ok) return parsed
    const changed: Directory = { ...directory, rotas: rotasOf(parsed.settings, place.timeZone), webhooks: Object.keys(parsed.settings.channels.webhooks) }
    return { ok: true, settings: incidentSettingsOf(inheriting(parsed.settings, saved.above), place, saved.version), directory: changed } as const
  }

  const forecast: Planner['forecast'] = async (site, ref, hours, area) => {
    const { record, now } = await log.read(site, ref)
    if (record === null || !concerns(area, record.queue)) return null
    const [pinned, directory, subscriptions, pace] = await Promise.all([rules.of(site, record), people.directory(site), settings.incidentSettings(site), paceOf(site, now)])
    const until = later(now, hours * HOUR)
    const { steps, complete } = forecastOf({ record, rules: pinned, directory, subscriptions, now, until, pace })
    const nameOf = await namesFor(site, peopleOfSteps(steps))
    return { ref, now: isoOf(now), until: isoOf(until), complete, steps: steps.map((step) => toForecastRow(step, nameOf, pinned.settings)) }
  }

  return {
    now: nowOf,
    forecast,
    shown: async (site, ref) => {
      const known = await forecast(site, ref, SHOWN_HOURS, null)
      return known === null ? null : { ref, complete: known.complete, steps: known.steps }
    },
    simulate: async (site, input) => {
      const timeZone = siteOf(site)?.timeZone ?? 'UTC'
      const at = input.wall === undefined ? (input.at === undefined ? await nowOf(site) : instantOf(input.at)) : instantOfText(input.wall, timeZone)
      if (at === null) return { ok: false, faults: [{ path: 'wall', code: 'bad_value', detail: 'is not a date of the calendar' }] }
      const world = await tried(site, input.settings, at)
      if (!world.ok) return world
      const { category } = input
      if (category !== null && !Object.hasOwn(world.settings.categories, category)) return { ok: false, faults: [{ path: 'category', code: 'unknown_category', detail: `"${category}" is not a category of this site: ${Object.keys(world.settings.categories).join(', ')}` }] }
      const { steps, answer } = simulate({ input, at, settings: world.settings, directory: world.directory })
      return { ok: true, answer: answer(await namesFor(site, peopleOfSteps(steps))) }
    },
    rotas: async (site, asked) => {
      const at = asked ?? (await nowOf(site))
      return { items: (await questions(site)).map((question) => toRotaRow(question, at)), next: null }
    },
    rota: async (site, id) => (await questions(site)).find((question) => question.id === id) ?? null,
    shifts: async (site, id, from, to) => {
      const found = (await questions(site)).find((question) => question.id === id)
      return found === undefined ? null : toRotaShifts(found, from, to)
    },
  }
}
