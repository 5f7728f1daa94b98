import type { SettingsDocument } from '../../server/contract/settings.ts'
import type { SourceRow } from '../../server/contract/rows.ts'
import type { MarkKind } from '../base/StatusMark.vue'

export type Source = SettingsDocument['sources'][string]
export type Platform = Source['platform']

/** Platforms that can be connected; what an older document names besides is shown as it is. */
export const offered: readonly Platform[] = ['asterisk-ami', 'asterisk-queue-log', 'twilio', 'amazon-connect', 'events']
/** Fields that mean something for a platform, in the order in which they are filled. */
export const fieldsOf: Readonly<Partial<Record<Platform, readonly ('host' | 'port' | 'username' | 'secret' | 'file')[]>>> = {
  'asterisk-ami': ['host', 'port', 'username', 'secret'],
  'asterisk-queue-log': ['file'],
  twilio: ['secret'],
}
/** What else a platform may say of itself; how its own activities of agents are read, among it. */
export const moreOf: Readonly<Partial<Record<Platform, readonly ('tls' | 'acw' | 'timeZone' | 'activities' | 'agentHeartbeatMs')[]>>> = {
  'asterisk-ami': ['tls', 'acw'],
  'asterisk-queue-log': ['acw', 'timeZone'],
  twilio: ['activities'],
  'amazon-connect': ['agentHeartbeatMs', 'activities'],
}
export type ActivityState = NonNullable<Source['activities']>[string]
/** States that an activity of a platform can mean; calls are told by contacts, not by these. */
export const activityStates: readonly ActivityState[] = ['available', 'paused', 'wrapup', 'not_responding', 'offline']
/** Where a platform sends its events itself; null: we dial it, or follow its file. */
export const pathOf = (site: string, platform: Platform): string | null => {
  if (platform === 'twilio' || platform === 'amazon-connect') return `/api/v1/sites/${site}/sources/${platform}`
  return platform === 'events' ? `/api/v1/sites/${site}/events` : null
}

export type SourceHealth = SourceRow['state'] | 'absent'
export const healthOf = (row: SourceRow | undefined): SourceHealth => row?.state ?? 'absent'
const marks: Readonly<Record<SourceHealth, MarkKind>> = { live: 'ok', late: 'p3', stale: 'p2', unknown: 'unknown', absent: 'unknown' }
export const markOfSource = (health: SourceHealth): MarkKind => marks[health]
