import type { CalendarSettings } from './incident-settings.ts'
import type { Channel } from './platform-events.ts'
import type { Instant } from './time.ts'

export type ServiceLevelVariant = 'V1' | 'V2' | 'V3' | 'V4' | 'V5' | 'V6' | 'V7'

export interface ServiceTarget {
  /** 0..1 */
  readonly percent: number
  readonly withinMs: number
  readonly variant: ServiceLevelVariant
}

export interface BusinessDay {
  /** IANA zone. */
  readonly timeZone: string
  /** "HH:MM", wall clock. */
  readonly startsAt: string
}

export interface QueueSettings {
  readonly name: string
  readonly wallName: string
  readonly channel: Channel
  readonly target: ServiceTarget
  readonly shortAbandonMs: number
  readonly day: BusinessDay
  /** Cap of one leg's after-call work; longer is counted as capped. Default 30 min. */
  readonly acwCapMs: number
  /** First-contact-resolution window of the repeat method. Default 7 days. */
  readonly repeatWithinMs: number
  /** Contacts that one agent may hold at once; absent or null: not known. */
  readonly slots?: number | null
  /** Name of the calendar in `calendars` of the hours in which the queue answers; absent: always. */
  readonly hours?: string
  /** Targets of written conversations in these hours; absent ones are the queue's target, and without `resolutionMs` no resolution is judged. */
  readonly responses?: ResponseSettings
}

export interface ResponseSettings {
  readonly firstMs?: number
  readonly nextMs?: number
  readonly resolutionMs?: number
  /** The clock of a resolution stands while the conversation is on hold (snoozed), until the customer writes. */
  readonly pausesOnHold?: boolean
}

/** What answers and resolutions of a queue are held against, each by itself; a resolution only where a target is set. */
export interface ResponseTargets {
  readonly firstMs: number
  readonly nextMs: number
  readonly resolutionMs: number | null
  readonly pausesOnHold: boolean
}

export const responseTargetsOf = ({ target, responses }: Pick<QueueSettings, 'target' | 'responses'>): ResponseTargets => ({
  firstMs: responses?.firstMs ?? target.withinMs,
  nextMs: responses?.nextMs ?? target.withinMs,
  resolutionMs: responses?.resolutionMs ?? null,
  pausesOnHold: responses?.pausesOnHold ?? false,
})

export interface SourceSettings {
  readonly platform: string
  /** 'none': handling ends with the conversation. 'pause:REASON': a pause with that reason is after-call work. null: the source sends contact.wrapped. */
  readonly acw: string | null
  readonly expectedEveryMs: number | null
  readonly agentHeartbeatMs: number | null
}

/** The part of the settings document that the fold needs; valid from `validFrom` on, forward only. */
/** What the site wants of handling and quality; null: no target set. Shown beside the figures, never an alarm by itself. */
export interface QualityGoals {
  readonly ahtMs: number | null
  readonly fcr: number | null
  readonly csat: number | null
}

export interface FloorSettings {
  readonly version: number
  readonly validFrom: Instant
  readonly site: { readonly id: string; readonly name: string; readonly timeZone: string }
  readonly defaults: QueueSettings
  readonly queues: Readonly<Record<string, QueueSettings>>
  readonly sources: Readonly<Record<string, SourceSettings>>
  /** Those that queues name as their hours; absent in settings stored before responses were counted in them. */
  readonly calendars?: Readonly<Record<string, CalendarSettings>>
  /** Absent in settings stored before there were goals. */
  readonly goals?: QualityGoals
}

export const defaultQueueSettings = (timeZone: string): QueueSettings => ({
  name: '',
  wallName: '',
  channel: 'voice',
  target: { percent: 0.8, withinMs: 20_000, variant: 'V3' },
  shortAbandonMs: 5_000,
  day: { timeZone, startsAt: '00:00' },
  acwCapMs: 1_800_000,
  repeatWithinMs: 604_800_000,
})

export const defaultFloorSettings = (site: { id: string; name: string; timeZone: string }, validFrom: Instant): FloorSettings => ({
  version: 0,
  validFrom,
  site,
  defaults: defaultQueueSettings(site.timeZone),
  queues: {},
  sources: {},
})
