import type { ResourceType } from './deployment/deployment.ts'
import type { Priority, Scale } from './incident/incident.ts'
import type { Instant } from './time.ts'

/** The parts of the settings document that incidents, clocks and ladders need, as values. */

export interface CalendarSettings {
  readonly alwaysOpen: boolean
  readonly timeZone: string
  /** ISO weekday 1 (Monday) to 7 -> half-open "HH:MM" intervals; "24:00" may end one. */
  readonly week: Readonly<Record<number, readonly { readonly from: string; readonly to: string }[]>>
  /** Closed days or parts of days, by local date. */
  readonly holidays: readonly { readonly date: string; readonly from: string | null; readonly to: string | null }[]
  /** Special openings, which win over the week and holidays. */
  readonly openings: readonly { readonly date: string; readonly from: string; readonly to: string }[]
}

/** Whose calendar counts: a site's own, else the organisation's, else what is built in. */
export type CalendarOrigin = 'site' | 'organisation' | 'built-in'

export interface SlaTarget {
  readonly responseMs: number | null
  readonly updateMs: number | null
  readonly updateDays: number | null
  readonly resolutionMs: number | null
  readonly resolutionDays: number | null
  readonly calendar: string
  /** Shares of the working target, ascending. */
  readonly atRisk: readonly number[]
  readonly minimumReactionMs: number
}

export type Target = { readonly role: string } | { readonly person: string } | { readonly rota: string } | { readonly team: string } | { readonly webhook: string } | { readonly slack: string } | { readonly teams: string }

export interface LadderLevel {
  readonly targets: readonly Target[]
  /** The wait before this level fires. */
  readonly waitMs: number
  /** Calendar in whose hours the level may be told; absent: at any hour. */
  readonly window?: string | undefined
}

export interface Policy {
  readonly id: string
  /** Calendar in whose hours P3 and P4 are told; absent: at any hour. */
  readonly routineHours?: string | undefined
  readonly ownership: { readonly levels: readonly LadderLevel[]; /** Extra cycles after the first; null: until acknowledged. */ readonly repeat: number | null }
  readonly deadline: { readonly on: readonly { readonly at: number | 'breach'; readonly targets: readonly Target[] }[] }
}

export interface Route {
  readonly when: { readonly priority?: readonly Priority[]; readonly category?: readonly string[]; readonly service?: readonly string[] }
  readonly policy: string
}

export interface WebhookSettings {
  readonly url: string
  /** Event types it also gets without being addressed by a policy. */
  readonly types: readonly string[]
}

/** A room that is told: a named Slack or Teams channel. */
export interface ChatSettings {
  readonly types: readonly string[]
}

/** A deadline set by law, which runs by itself and is not stopped by a resolution (INCIDENTS 2.4). */
export interface RegulatorySettings {
  readonly name: string
  readonly targetMs: number | null
  readonly targetDays: number | null
  readonly endOfDay: boolean
  readonly calendar: string
  /** `awareness`: from the report; `classification`: from when the category was set. */
  readonly from: 'awareness' | 'classification'
  /** In any case due so long after awareness. */
  readonly capMs: number | null
}

export interface CategorySettings {
  readonly name: string
  /** The least impact an incident of this category can have. */
  readonly impactFloor: Scale | null
  readonly discreet: boolean
  readonly regulatory?: readonly RegulatorySettings[]
  /** Resolved only after a colleague was consulted, or an escalation answered (R18). `with`: one of these; null: any colleague. */
  readonly consult?: { readonly with: readonly Target[] | null } | null
}

/** People who take turns. */
export interface RotaLayer {
  /** Keys of people in the settings, in the order of their turns. */
  readonly people: readonly string[]
  /** Local date of the first turn. */
  readonly startsOn: string
  /** Wall time at which turns end. */
  readonly handoverAt: string
  readonly everyDays: number
  /** Only within these hours; null: round the clock. */
  readonly week: CalendarSettings['week'] | null
}

export interface RotaSettings {
  readonly name: string
  readonly timeZone: string
  /** The first layer that has somebody at an instant is the one that counts. */
  readonly layers: readonly RotaLayer[]
  /** For so long each has the other's turns. */
  readonly swaps: readonly { readonly from: Instant; readonly to: Instant; readonly people: readonly [string, string] }[]
  /** For so long exactly this person is on call; of several the last counts. `replaces`: only where that person would have been. */
  readonly overrides: readonly { readonly from: Instant; readonly to: Instant; readonly person: string; readonly replaces: string | null }[]
}

/** A service that people name in reports. */
export interface ServiceSettings {
  /** Its hours: what counts by the calendar `service` counts by this one for its incidents; null: as everywhere. */
  readonly calendar: string | null
}

/** Planned work: once (`from`, `to`), or again and again within `hours`. */
export interface MaintenanceSettings {
  readonly name: string
  readonly from: Instant | null
  readonly to: Instant | null
  readonly hours: CalendarSettings | null
  /** null: whatever queue, service or category. */
  readonly queues: readonly string[] | null
  readonly services: readonly string[] | null
  readonly categories: readonly string[] | null
  /** Shown on the status page. */
  readonly publish: boolean
}

/** What is not a person and can be sent for. */
export interface ResourceSettings {
  readonly name: string
  readonly type: ResourceType
  /** How somebody reaches it: told to whoever may command incidents. */
  readonly phone: string | null
  readonly account: string | null
  readonly instructions: string | null
  /** Calendar in whose hours it can be had; null: at any hour. */
  readonly hours: CalendarSettings | null
  /** How soon it usually comes. */
  readonly responseMs: number | null
  /** Rooms and webhooks that are told when it is asked for, by priority: the channel that is meant for it. */
  readonly alert: readonly { readonly priorities: readonly Priority[] | null; readonly target: Target }[]
}

/** An entry of the stakeholder register, but its people, who follow today's settings. */
export interface AudienceSettings {
  readonly name: string
  /** null: whatever service, category or priority. */
  readonly services: readonly string[] | null
  readonly categories: readonly string[] | null
  readonly priorities: readonly Priority[] | null
  /** How often it is told something: by priority, and while an incident is major; null or absent: with everybody else. */
  readonly updateMs: Readonly<Partial<Record<Priority | 'major', number | null>>>
}

export interface IncidentSettings {
  readonly version: number
  /** The site's zone. */
  readonly timeZone: string
  readonly calendars: Readonly<Record<string, CalendarSettings>>
  /** Whose each of them is; absent: nobody asks. */
  readonly calendarOrigins?: Readonly<Record<string, CalendarOrigin>>
  /** Rows impact 1..4, columns urgency 1..4. */
  readonly matrix: readonly (readonly Priority[])[]
  readonly sla: Readonly<Record<Priority, SlaTarget>>
  readonly policies: Readonly<Record<string, Policy>>
  readonly routes: readonly Route[]
  readonly categories: Readonly<Record<string, CategorySettings>>
  readonly services: Readonly<Record<string, ServiceSettings>>
  readonly maintenance: Readonly<Record<string, MaintenanceSettings>>
  /** Priorities whose words to stakeholders somebody approves before they are told. */
  readonly updates: { readonly approve: readonly Priority[] }
  /** The stakeholder register; absent: nobody stands in it. */
  readonly audiences?: Readonly<Record<string, AudienceSettings>>
  readonly webhooks: Readonly<Record<string, WebhookSettings>>
  readonly slack: Readonly<Record<string, ChatSettings>>
  readonly teams: Readonly<Record<string, ChatSettings>>
  /** What people call rotas, teams and people, by `rota:ID` and the like; absent: their ids are used. */
  readonly targetNames?: Readonly<Record<string, string>>
}
