import type { AudienceSettings, CalendarSettings, CategorySettings, IncidentSettings, MaintenanceSettings, Policy, ResourceSettings, RotaSettings, Route, SlaTarget } from '../../domain/incident-settings.ts'
import { rotaOf as compiledRota, type Rota } from '../../domain/escalation/rota.ts'
import type { FloorSettings, QueueSettings, ResponseSettings, SourceSettings } from '../../domain/settings.ts'
import { DAY, instantOf, type Instant } from '../../domain/time.ts'
import { instantOfText } from '../../domain/wall-clock.ts'
import { defaultCadences, defaultSettings, type builtInCategories, type SettingsDocument } from './defaults.ts'
import { weekdaysOf } from './incidents-schema.ts'

/** The settings document as the values that the domain works with. */

interface SiteOf {
  readonly id: string
  readonly name: string
  /** IANA zone, used wherever a section names none. */
  readonly timeZone: string
}
type QueueSection = SettingsDocument['queues'][string]

const DEFAULT_ACW_CAP_MS = 1_800_000
const DEFAULT_REPEAT_MS = 7 * DAY

const responsesOf = ({ firstMs, nextMs, resolutionMs, pausesOnHold }: NonNullable<QueueSection['responses']>): ResponseSettings => ({
  ...(firstMs === undefined ? {} : { firstMs }),
  ...(nextMs === undefined ? {} : { nextMs }),
  ...(resolutionMs === undefined ? {} : { resolutionMs }),
  ...(pausesOnHold === undefined ? {} : { pausesOnHold }),
})

const queueOf = (own: QueueSection, base: QueueSettings, id: string): QueueSettings => ({
  name: own.name ?? id,
  wallName: own.wallName ?? own.name ?? id,
  channel: own.channel ?? base.channel,
  target: { percent: own.target?.percent ?? base.target.percent, withinMs: own.target?.withinMs ?? base.target.withinMs, variant: own.target?.variant ?? base.target.variant },
  shortAbandonMs: own.shortAbandonMs ?? base.shortAbandonMs,
  day: { timeZone: own.day?.timeZone ?? base.day.timeZone, startsAt: own.day?.startsAt ?? base.day.startsAt },
  acwCapMs: own.acwCapMs ?? base.acwCapMs,
  ...(own.hours ?? base.hours ? { hours: own.hours ?? base.hours ?? '' } : {}),
  ...(own.responses ?? base.responses ? { responses: responsesOf({ ...base.responses, ...own.responses }) } : {}),
  ...(own.slots ?? base.slots ? { slots: own.slots ?? base.slots ?? null } : {}),
  repeatWithinMs: own.repeatWithinMs ?? (own.repeatWithinDays === undefined ? base.repeatWithinMs : own.repeatWithinDays * DAY),
})

/** Asterisk knows no wrap-up: handling ends with the conversation unless a pause stands for it (EVENTS section 2). */
const sourceOf = (own: SettingsDocument['sources'][string]): SourceSettings => ({
  platform: own.platform,
  acw: own.acw === undefined ? (own.platform.startsWith('asterisk-') ? 'none' : null) : own.acw,
  expectedEveryMs: own.expectedEveryMs ?? null,
  agentHeartbeatMs: own.agentHeartbeatMs ?? null,
})

const mapTable = <T, U>(table: Readonly<Record<string, T>>, change: (value: T, key: string) => U): Readonly<Record<string, U>> => Object.fromEntries(Object.entries(table).map(([key, value]) => [key, change(value, key)]))

/** The calendars that queues name as their hours: the fold counts responses in them, by the version that held. */
const calendarsOf = (document: SettingsDocument, queues: readonly QueueSettings[], site: SiteOf): Pick<FloorSettings, 'calendars'> => {
  const named = new Set(queues.flatMap(({ hours }) => hours ?? []))
  if (named.size === 0) return {}
  const known = Object.entries({ ...defaultSettings.calendars, ...document.calendars }).filter(([id]) => named.has(id))
  return { calendars: Object.fromEntries(known.map(([id, calendar]) => [id, calendarOf(calendar, site.timeZone)])) }
}

/** What the fold needs, valid from the moment it was saved. */
export const floorSettingsOf = (document: SettingsDocument, site: SiteOf, version: number, validFrom: Instant): FloorSettings => {
  const builtIn: QueueSettings = { name: '', wallName: '', channel: 'voice', target: { percent: 0.8, withinMs: 20_000, variant: 'V3' }, shortAbandonMs: 5_000, day: { timeZone: site.timeZone, startsAt: '00:00' }, acwCapMs: DEFAULT_ACW_CAP_MS, repeatWithinMs: DEFAULT_REPEAT_MS }
  const defaults = { ...queueOf(document.defaults.queue ?? {}, builtIn, ''), name: '', wallName: '' }
  const queues = mapTable(document.queues, (queue, id) => queueOf(queue, defaults, id))
  return { version, validFrom, site: { id: site.id, name: site.name, timeZone: site.timeZone }, defaults, queues, ...calendarsOf(document, [defaults, ...Object.values(queues)], site), sources: mapTable(document.sources, sourceOf), goals: { ahtMs: document.goals.ahtMs ?? null, fcr: document.goals.fcr ?? null, csat: document.goals.csat ?? null } }
}

interface OpenHours {
  readonly from: string
  readonly to: string
}

/** Hours over midnight belong to two days. */
const weekOf = (week: Readonly<Record<string, readonly string[]>>): Readonly<Record<number, readonly OpenHours[]>> => {
  const days = new Map<number, OpenHours[]>()
  const add = (day: number, from: string, to: string) => days.set(day, [...(days.get(day) ?? []), { from, to }])
  const single = new Set(Object.keys(week).flatMap((key) => (key.includes('-') ? [] : (weekdaysOf(key) ?? []))))
  for (const [key, hours] of Object.entries(week)) {
    // A day named alone wins over a range that holds it.
    const named = (weekdaysOf(key) ?? []).filter((day) => !key.includes('-') || !single.has(day))
    for (const day of named) {
      for (const text of hours) {
        const [from, to] = [text.slice(0, 5), text.slice(6)]
        if (from < to) add(day, from, to)
        else {
          add(day, from, '24:00')
          if (to !== '00:00') add((day % 7) + 1, '00:00', to)
        }
      }
    }
  }
  return Object.fromEntries([...days].map(([day, open]) => [day, open.sort((a, b) => (a.from < b.from ? -1 : 1))]))
}

export const calendarOf = (own: SettingsDocument['calendars'][string], timeZone: string): CalendarSettings => ({
  alwaysOpen: own.alwaysOpen ?? false,
  timeZone: own.timeZone ?? timeZone,
  week: weekOf(own.week ?? {}),
  holidays: (own.holidays ?? []).map((holiday) => (typeof holiday === 'string' ? { date: holiday, from: null, to: null } : { date: holiday.date, from: holiday.from ?? null, to: holiday.to ?? null })),
  openings: (own.openings ?? []).map(({ date, from, to }) => ({ date, from, to })),
})

const DEFAULT_AT_RISK = [0.5, 0.75, 0.9]

const slaOf = (own: SettingsDocument['sla']['P1']): SlaTarget => ({
  responseMs: own?.responseMs ?? null,
  updateMs: own?.updateMs ?? null,
  updateDays: own?.updateDays ?? null,
  resolutionMs: own?.resolutionMs ?? null,
  resolutionDays: own?.resolutionDays ?? null,
  calendar: own?.calendar ?? 'always',
  atRisk: own?.atRisk ?? DEFAULT_AT_RISK,
  minimumReactionMs: own?.minimumReactionMs ?? 0,
})

/** A ladder without a wait must not repeat by itself, or it would fire for ever in one moment. */
const DEFAULT_REPEAT = 3
const policyOf = (own: SettingsDocument['policies'][string], id: string): Policy => {
  const levels = own.ownership?.levels ?? []
  const wait = levels.reduce((sum, level) => sum + level.waitMs, 0)
  const repeat = own.ownership?.repeat === undefined ? (wait < 1_000 ? 0 : DEFAULT_REPEAT) : own.ownership.repeat
  return { id, routineHours: own.routineHours, ownership: { levels, repeat }, deadline: { on: own.deadline?.on ?? [] } }
}

const routeOf = ({ when, policy }: SettingsDocument['routes'][number]): Route => ({
  when: { ...(when.priority === undefined ? {} : { priority: [when.priority].flat() }), ...(when.category === undefined ? {} : { category: [when.category].flat() }), ...(when.service === undefined ? {} : { service: [when.service].flat() }) },
  policy,
})

const builtInCategoryNames: Readonly<Record<(typeof builtInCategories)[number], string>> = { safety: 'Safety', security: 'Security', operational: 'Operational disruption', 'service-level': 'Service level', 'data-protection': 'Data protection', technology: 'Technology' }
/** 72 hours from awareness; a site that says otherwise in its own `data-protection` category has its own clocks. */
const builtInRegulatory: Readonly<Record<string, CategorySettings['regulatory']>> = { 'data-protection': [{ name: 'Personal data breach', targetMs: 3 * DAY, targetDays: null, endOfDay: false, calendar: 'always', from: 'awareness', capMs: null }] }
const regulatoryOf = (own: SettingsDocument['categories'][string], id: string): NonNullable<CategorySettings['regulatory']> =>
  own.regulatory?.map(({ name, afterMs, afterDays, endOfDay, calendar, from, capMs }) => ({ name, targetMs: afterMs ?? null, targetDays: afterDays ?? null, endOfDay: endOfDay ?? false, calendar: calendar ?? 'always', from, capMs: capMs ?? null })) ?? builtInRegulatory[id] ?? []
const categoryOf = (own: SettingsDocument['categories'][string], id: string): CategorySettings => ({ name: own.name ?? id, impactFloor: own.impactFloor ?? null, discreet: own.discreet ?? false, regulatory: regulatoryOf(own, id), consult: own.consult === undefined ? null : { with: own.consult.with ?? null } })

const rotaOf = (own: SettingsDocument['rotas'][string], id: string, timeZone: string): RotaSettings => {
  const at = (text: string): Instant => instantOf(Date.parse(text))
  return {
    name: own.name ?? id,
    timeZone: own.timeZone ?? timeZone,
    layers: own.layers.map(({ people, startsOn, handoverAt, everyDays, week }) => ({ people, startsOn, handoverAt, everyDays, week: week === undefined ? null : weekOf(week) })),
    swaps: (own.swaps ?? []).map(({ from, to, people }) => ({ from: at(from), to: at(to), people })),
    overrides: own.overrides.map(({ from, to, person, replaces }) => ({ from: at(from), to: at(to), person, replaces: replaces ?? null })),
  }
}

/** Rotas as they are set, ready to be asked; they follow the document, not the incident. */
export const rotasOf = ({ rotas }: Pick<SettingsDocument, 'rotas'>, timeZone: string): ReadonlyMap<string, Rota> => new Map(Object.entries(rotas).map(([id, own]) => [id, compiledRota(rotaOf(own, id, timeZone))]))

type MaintenanceSection = SettingsDocument['maintenance'][string]
/** Both ends as instants: a wall-clock time is read on the wall of the window's zone. */
export const maintenanceEnds = ({ from, to, timeZone }: Pick<MaintenanceSection, 'from' | 'to' | 'timeZone'>, zone: string): { readonly from: Instant | null; readonly to: Instant | null } => {
  const instant = (text: string | undefined): Instant | null => (text === undefined ? null : /Z|[+-]\d{2}:?\d{2}$/.test(text.slice(10)) ? instantOf(Date.parse(text)) : instantOfText(text, timeZone ?? zone))
  return { from: instant(from), to: instant(to) }
}
const maintenanceOf = (own: MaintenanceSection, id: string, zone: string): MaintenanceSettings => ({
  name: own.name ?? id,
  ...maintenanceEnds(own, zone),
  hours: own.week === undefined ? null : calendarOf({ week: own.week }, own.timeZone ?? zone),
  queues: own.queues ?? null,
  services: own.services ?? null,
  categories: own.categories ?? null,
  publish: own.publish,
})

const audienceOf = ({ name, services, categories, priorities, updateMs }: SettingsDocument['stakeholders'][string], id: string): AudienceSettings => ({
  name: name ?? id,
  services: services ?? null,
  categories: categories ?? null,
  priorities: priorities ?? null,
  updateMs: updateMs ?? (Object.hasOwn(defaultCadences, id) ? defaultCadences[id] : undefined) ?? {},
})

/** What incidents, clocks and ladders need. The names `always`, `service` and `default` are always there. */
export const incidentSettingsOf = (document: SettingsDocument, site: SiteOf, version: number, calendarOrigins?: IncidentSettings['calendarOrigins']): IncidentSettings => ({
  version,
  timeZone: site.timeZone,
  calendars: mapTable({ ...defaultSettings.calendars, ...document.calendars }, (calendar) => calendarOf(calendar, site.timeZone)),
  ...(calendarOrigins === undefined ? {} : { calendarOrigins }),
  matrix: document.priorities.matrix,
  sla: { P1: slaOf(document.sla.P1), P2: slaOf(document.sla.P2), P3: slaOf(document.sla.P3), P4: slaOf(document.sla.P4) },
  policies: mapTable({ ...defaultSettings.policies, ...document.policies }, policyOf),
  routes: document.routes.map(routeOf),
  categories: { ...mapTable<string, CategorySettings>(builtInCategoryNames, (name, id) => categoryOf({ name }, id)), ...mapTable(document.categories, categoryOf) },
  services: mapTable(document.services, ({ calendar }) => ({ calendar: calendar ?? null })),
  maintenance: mapTable(document.maintenance, (own, id) => maintenanceOf(own, id, site.timeZone)),
  updates: { approve: document.updates.approve },
  audiences: mapTable(document.stakeholders, audienceOf),
  webhooks: mapTable(document.channels.webhooks, ({ url, types }) => ({ url, types })),
  slack: mapTable(document.channels.slack, ({ types }) => ({ types: types ?? [] })),
  teams: mapTable(document.channels.teams, ({ types }) => ({ types: types ?? [] })),
  targetNames: { ...namesOf('rota', document.rotas), ...namesOf('team', document.teams), ...namesOf('person', document.people) },
})

const namesOf = (kind: string, table: Readonly<Record<string, { readonly name?: string | undefined }>>): Readonly<Record<string, string>> => Object.fromEntries(Object.entries(table).map(([id, { name }]) => [`${kind}:${id}`, name ?? id]))

/** What can be sent for besides people, as it is set today. */
export const resourcesOf = ({ resources, calendars }: Pick<SettingsDocument, 'resources' | 'calendars'>, timeZone: string): Readonly<Record<string, ResourceSettings>> =>
  mapTable(resources, ({ name, type, phone, account, instructions, hours, responseMs, alert }) => ({
    name,
    type,
    phone: phone ?? null,
    account: account ?? null,
    instructions: instructions ?? null,
    hours: hours === undefined ? null : calendarOf(calendars[hours] ?? defaultSettings.calendars[hours] ?? { alwaysOpen: true }, timeZone),
    responseMs: responseMs ?? null,
    alert: (alert ?? []).map(({ priorities, target }) => ({ priorities: priorities ?? null, target })),
  }))

/** Calendar of each queue's hours; null: it always answers. */
export const hoursOfQueues = ({ queues, defaults }: Pick<SettingsDocument, 'queues' | 'defaults'>) => (queue: string): string | null => (Object.hasOwn(queues, queue) ? queues[queue]?.hours : undefined) ?? defaults.queue?.hours ?? null
