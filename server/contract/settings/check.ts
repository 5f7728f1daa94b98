import { outboundFault, type Cidrs } from '../outbound.ts'
import type { SettingsDocument } from './defaults.ts'
import { builtInCategories } from './defaults.ts'
import type { SettingsFault } from './fault-words.ts'
import { weekdaysOf } from './incidents-schema.ts'
import { inheriting, type Calendars } from './inherited-calendars.ts'
import { isKept } from './parts.ts'
import { maintenanceEnds } from './values.ts'

export interface CheckWith {
  /** Private networks that webhooks may reach (`OUTBOUND_ALLOW`). */
  readonly outboundAllow: Cidrs
  /** Today in UTC, "YYYY-MM-DD": a calendar must open within the next 366 days. */
  readonly today: string
  /** Calendars that the organisation gives. */
  readonly organisation?: Calendars
}

const builtInCalendars = ['always', 'service']
const builtInPolicies = ['default']

const names = (section: object, ...builtIn: readonly string[]): readonly string[] => [...new Set([...Object.keys(section), ...builtIn])].sort()

type Report = (path: string, code: string, detail: string) => void
type Sections = SettingsDocument

const unknownName = (what: string, name: string, known: readonly string[]): string => `there is no ${what} "${name}"; ${known.length === 0 ? `no ${what} is defined` : `known: ${known.slice(0, 20).join(', ')}`}`

const checkTargets = (document: Sections, targets: readonly object[], path: string, report: Report): void => {
  const tables = { webhook: document.channels.webhooks, slack: document.channels.slack, teams: document.channels.teams, person: document.people, rota: document.rotas, team: document.teams } as const
  targets.forEach((target, index) => {
    for (const [kind, table] of Object.entries(tables)) {
      const name: unknown = Object.entries(target).find(([key]) => key === kind)?.[1]
      if (typeof name === 'string' && !Object.hasOwn(table, name)) report(`${path}.${index}.${kind}`, `unknown_${kind}`, unknownName(kind, name, names(table)))
    }
  })
}

const checkCalendarName = (document: Sections, name: string | undefined, path: string, report: Report): void => {
  const known = names(document.calendars, ...builtInCalendars)
  if (name !== undefined && !known.includes(name)) report(path, 'unknown_calendar', unknownName('calendar', name, known))
}

const checkPolicies = (document: Sections, report: Report): void => {
  for (const [name, { ownership, deadline, routineHours }] of Object.entries(document.policies)) {
    const at = `policies.${name}`
    ownership?.levels.forEach((level, index) => {
      checkTargets(document, level.targets, `${at}.ownership.levels.${index}.targets`, report)
      checkCalendarName(document, level.window, `${at}.ownership.levels.${index}.window`, report)
    })
    checkCalendarName(document, routineHours, `${at}.routineHours`, report)
    deadline?.on.forEach((step, index) => checkTargets(document, step.targets, `${at}.deadline.on.${index}.targets`, report))
    const wait = ownership?.levels.reduce((sum, level) => sum + level.waitMs, 0) ?? 0
    if (ownership !== undefined && ownership.levels.length > 0 && wait < 1_000 && (ownership.repeat === null || (ownership.repeat ?? 0) > 0)) report(`${at}.ownership.repeat`, 'repeat_without_wait', 'a ladder whose waits sum up to less than 1000 ms cannot repeat: give a level a waitMs, or repeat: 0')
  }
  document.routes.forEach((route, index) => {
    if (!names(document.policies, ...builtInPolicies).includes(route.policy)) report(`routes.${index}.policy`, 'unknown_policy', unknownName('policy', route.policy, names(document.policies, ...builtInPolicies)))
    const categories = names(document.categories, ...builtInCategories)
    const wanted = route.when.category === undefined ? [] : [route.when.category].flat()
    for (const category of wanted) if (!categories.includes(category)) report(`routes.${index}.when.category`, 'unknown_category', unknownName('category', category, categories))
  })
}

const checkHours = (document: Sections, report: Report): void => {
  for (const [name, { hours }] of Object.entries(document.queues)) checkCalendarName(document, hours, `queues.${name}.hours`, report)
  checkCalendarName(document, document.defaults.queue?.hours, 'defaults.queue.hours', report)
}

const checkSla = (document: Sections, report: Report): void => {
  const calendars = names(document.calendars, ...builtInCalendars)
  for (const [priority, target] of Object.entries(document.sla)) {
    if (target === undefined) continue
    if (target.calendar !== undefined && !calendars.includes(target.calendar)) report(`sla.${priority}.calendar`, 'unknown_calendar', unknownName('calendar', target.calendar, calendars))
    if (typeof target.updateMs === 'number' && typeof target.updateDays === 'number') report(`sla.${priority}.updateDays`, 'contradiction', 'give updateMs or updateDays, not both')
    if (typeof target.resolutionMs === 'number' && typeof target.resolutionDays === 'number') report(`sla.${priority}.resolutionDays`, 'contradiction', 'give resolutionMs or resolutionDays, not both')
    if (target.atRisk !== undefined && target.atRisk.some((share, index, all) => index > 0 && share <= (all[index - 1] ?? 0))) report(`sla.${priority}.atRisk`, 'not_ascending', 'must be ascending shares, e.g. [0.5, 0.75, 0.9]')
  }
}

const dayMs = 86_400_000

/** True when some day of the next 366 has an open moment: exactly enough to refuse a calendar that never opens. */
const opens = (calendar: Sections['calendars'][string], today: string): boolean => {
  if (calendar.alwaysOpen === true) return true
  if ((calendar.openings ?? []).some(({ date }) => date >= today)) return true
  const weekdays = new Set(Object.entries(calendar.week ?? {}).flatMap(([key, hours]) => (hours.length > 0 ? (weekdaysOf(key) ?? []) : [])))
  const closed = new Set((calendar.holidays ?? []).flatMap((holiday) => (typeof holiday === 'string' ? [holiday] : holiday.from === undefined ? [holiday.date] : [])))
  const start = Date.parse(`${today}T00:00:00Z`)
  for (let day = 0; day < 366; day += 1) {
    const at = new Date(start + day * dayMs)
    if (weekdays.has(at.getUTCDay() === 0 ? 7 : at.getUTCDay()) && !closed.has(at.toISOString().slice(0, 10))) return true
  }
  return false
}

export const checkCalendars = (document: Pick<Sections, 'calendars'>, today: string, report: Report): void => {
  for (const [name, calendar] of Object.entries(document.calendars)) {
    if (!opens(calendar, today)) report(`calendars.${name}`, 'never_open', 'has no working time within the next 366 days: give it a week, openings or alwaysOpen: true')
    calendar.openings?.forEach(({ from, to }, index) => {
      if (to <= from) report(`calendars.${name}.openings.${index}.to`, 'out_of_range', 'must be later than from')
    })
    calendar.holidays?.forEach((holiday, index) => {
      if (typeof holiday !== 'string' && holiday.from !== undefined && holiday.to !== undefined && holiday.to <= holiday.from) report(`calendars.${name}.holidays.${index}.to`, 'out_of_range', 'must be later than from')
    })
  }
}

const neededBy: Readonly<Record<string, readonly ('host' | 'username' | 'secret' | 'file')[]>> = { 'asterisk-ami': ['host', 'username', 'secret'], 'asterisk-queue-log': [], freeswitch: ['host', 'secret'] }

const checkSources = (document: Sections, report: Report): void => {
  for (const [name, source] of Object.entries(document.sources)) {
    for (const field of neededBy[source.platform] ?? []) if (source[field] === undefined) report(`sources.${name}.${field}`, 'missing', `is missing: a source of ${source.platform} needs ${(neededBy[source.platform] ?? []).join(', ')}`)
    if (source.file !== undefined && !source.file.startsWith('/') && !/^[A-Za-z]:[\\/]/.test(source.file)) report(`sources.${name}.file`, 'bad_value', 'must be a whole path, from the root')
    if (source.repairs !== undefined && !Object.hasOwn(document.sources, source.repairs)) report(`sources.${name}.repairs`, 'unknown_source', unknownName('source', source.repairs, names(document.sources)))
  }
}

const checkWebhooks = (document: Sections, allow: Cidrs, report: Report): void => {
  for (const [name, webhook] of Object.entries(document.channels.webhooks)) {
    const fault = outboundFault(webhook.url, allow)
    if (fault !== null) report(`channels.webhooks.${name}.url`, 'url_refused', fault)
  }
  for (const kind of ['slack', 'teams'] as const) {
    for (const [name, { url }] of Object.entries(document.channels[kind])) {
      const fault = isKept(url) ? null : outboundFault(url, allow)
      if (fault !== null) report(`channels.${kind}.${name}.url`, 'url_refused', fault)
    }
  }
}

const checkGateways = (document: Sections, allow: Cidrs, report: Report): void => {
  const { sms, voice } = document.channels
  const given = { 'channels.sms': sms, 'channels.sms.backup': sms?.backup, 'channels.voice': voice }
  for (const [path, gateway] of Object.entries(given)) {
    const fault = gateway?.url === undefined ? null : outboundFault(gateway.url, allow)
    if (fault !== null) report(`${path}.url`, 'url_refused', fault)
  }
}

const checkPeople = (document: Sections, report: Report): void => {
  const people = names(document.people)
  const mustKnow = (list: readonly string[], path: string) => list.forEach((person, index) => people.includes(person) || report(`${path}.${index}`, 'unknown_person', unknownName('person', person, people)))
  for (const [name, rota] of Object.entries(document.rotas)) {
    rota.layers.forEach((layer, index) => mustKnow(layer.people, `rotas.${name}.layers.${index}.people`))
    rota.swaps.forEach(({ people: both, from, to }, index) => {
      mustKnow(both, `rotas.${name}.swaps.${index}.people`)
      if (Date.parse(to) <= Date.parse(from)) report(`rotas.${name}.swaps.${index}.to`, 'out_of_range', 'must be later than from')
    })
    rota.overrides.forEach(({ person, replaces, from, to }, index) => {
      mustKnow([person], `rotas.${name}.overrides.${index}.person`)
      if (replaces !== undefined) mustKnow([replaces], `rotas.${name}.overrides.${index}.replaces`)
      if (Date.parse(to) <= Date.parse(from)) report(`rotas.${name}.overrides.${index}.to`, 'out_of_range', 'must be later than from')
    })
  }
  for (const [name, group] of Object.entries(document.stakeholders)) mustKnow(group.people, `stakeholders.${name}.people`)
  for (const [name, team] of Object.entries(document.teams)) mustKnow(team.people, `teams.${name}.people`)
  for (const [name, person] of Object.entries(document.people)) if (person.team !== undefined && !Object.hasOwn(document.teams, person.team)) report(`people.${name}.team`, 'unknown_team', unknownName('team', person.team, names(document.teams)))
}

const checkRest = (document: Sections, report: Report): void => {
  const categories = names(document.categories, ...builtInCategories)
  document.breaches.forEach((rule, index) => {
    if (rule.raise !== undefined && !categories.includes(rule.raise.category)) report(`breaches.${index}.raise.category`, 'unknown_category', unknownName('category', rule.raise.category, categories))
  })
  for (const [name, { regulatory }] of Object.entries(document.categories)) regulatory?.forEach(({ calendar }, index) => checkCalendarName(document, calendar, `categories.${name}.regulatory.${index}.calendar`, report))
  for (const [name, { consult }] of Object.entries(document.categories)) checkTargets(document, consult?.with ?? [], `categories.${name}.consult.with`, report)
  for (const [name, category] of Object.entries(document.categories)) if (category.playbook !== undefined && !Object.hasOwn(document.playbooks, category.playbook)) report(`categories.${name}.playbook`, 'unknown_playbook', unknownName('playbook', category.playbook, names(document.playbooks)))
  for (const [name, queue] of [...Object.entries(document.queues).map(([id, queue]) => [`queues.${id}`, queue] as const), ['defaults.queue', document.defaults.queue ?? {}] as const]) {
    if (queue.repeatWithinMs !== undefined && queue.repeatWithinDays !== undefined) report(`${name}.repeatWithinDays`, 'contradiction', 'give repeatWithinMs or repeatWithinDays, not both')
  }
  for (const [name, group] of Object.entries(document.groups)) group.teams.forEach((team, index) => Object.hasOwn(document.teams, team) || report(`groups.${name}.teams.${index}`, 'unknown_team', unknownName('team', team, names(document.teams))))
}

const checkMaintenance = (document: Sections, report: Report): void => {
  const categories = names(document.categories, ...builtInCategories)
  for (const [name, own] of Object.entries(document.maintenance)) {
    const at = `maintenance.${name}`
    // Without a zone both ends are read in the same one: which it is does not change their order by more than its change of clocks.
    const { from, to } = maintenanceEnds(own, 'UTC')
    if (own.week === undefined && (from === null || to === null)) report(`${at}.${from === null ? 'from' : 'to'}`, 'bad_value', 'is not a date of the calendar')
    else if (from !== null && to !== null && to <= from) report(`${at}.to`, 'out_of_range', 'must be later than from')
    own.categories?.forEach((category, index) => categories.includes(category) || report(`${at}.categories.${index}`, 'unknown_category', unknownName('category', category, categories)))
  }
  for (const [name, group] of Object.entries(document.stakeholders)) group.categories?.forEach((category, index) => categories.includes(category) || report(`stakeholders.${name}.categories.${index}`, 'unknown_category', unknownName('category', category, categories)))
  for (const [name, { calendar }] of Object.entries(document.services)) checkCalendarName(document, calendar, `services.${name}.calendar`, report)
}

const checkResources = (document: Sections, report: Report): void => {
  for (const [name, { hours, alert }] of Object.entries(document.resources)) {
    checkCalendarName(document, hours, `resources.${name}.hours`, report)
    alert?.forEach(({ target }, index) => checkTargets(document, [target], `resources.${name}.alert.${index}.target`, report))
  }
}

/** What single fields cannot show: names that nobody defined, contradictions, ladders that would storm, addresses that may not be reached. */
export const crossFaults = (own: SettingsDocument, { outboundAllow, today, organisation = {} }: CheckWith): readonly SettingsFault[] => {
  const document = inheriting(own, organisation)
  const faults: SettingsFault[] = []
  const report: Report = (path, code, detail) => void faults.push({ path, code, detail })
  checkPolicies(document, report)
  checkSla(document, report)
  checkHours(document, report)
  checkCalendars(own, today, report)
  checkSources(document, report)
  checkWebhooks(document, outboundAllow, report)
  const beat = document.heartbeat.url === undefined ? null : outboundFault(document.heartbeat.url, outboundAllow)
  if (beat !== null) report('heartbeat.url', 'url_refused', beat)
  checkGateways(document, outboundAllow, report)
  checkPeople(document, report)
  checkMaintenance(document, report)
  checkRest(document, report)
  checkResources(document, report)
  return faults
}
