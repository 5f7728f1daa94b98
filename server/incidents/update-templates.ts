import type { UpdateTemplates } from '../contract/forecast.ts'
import type { SettingsDocument } from '../contract/settings.ts'
import type { IncidentRecord } from '../domain/incident/incident.ts'
import { listening } from '../domain/incident/audience-clocks.ts'
import { latestPromise } from '../domain/incident/promise.ts'
import { audienceCalled, slaOf, type Rules } from '../domain/incident/rules.ts'
import { MINUTE, instantOf, isoOf, later, type Instant } from '../domain/time.ts'

export interface TemplateQuestion {
  readonly record: IncidentRecord
  readonly templates: SettingsDocument['updates']['templates']
  /** Names of the stakeholder groups. */
  readonly groups: readonly string[]
  readonly rules: Rules
  readonly now: Instant
  readonly incidentName: string
}

const clockTime = (at: Instant, timeZone: string): string => new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', minute: '2-digit' }).format(at)

const cadencesOf = (record: IncidentRecord, rules: Rules): Readonly<Record<string, number>> => Object.fromEntries(listening(record, rules).map(({ name, targetMs }) => [name, targetMs]))

/** The next full minute within the cadence of the audience, else of its priority, counted from now; null where there is none. */
const nextOf = (record: IncidentRecord, audience: string, rules: Rules, now: Instant): Instant | null => {
  const own = cadencesOf(record, rules)
  const cadence = Object.hasOwn(own, audience) ? (own[audience] ?? null) : record.priority === null ? null : slaOf(rules, record.priority).updateMs
  if (cadence === null) return null
  const latest = latestPromise(record, audience, now, rules)
  const next = later(now, cadence)
  return instantOf(Math.floor((next < latest ? next : latest) / MINUTE) * MINUTE)
}

const blank = /\{([a-z]+)\}/g
/** What a person has to write: `[cause]`. */
const gap = /\[([^\]]+)\]/g

/**
 * Words for stakeholders with what the incident itself can say filled in; what only a person knows stays as `[...]` and is listed. A
 * discreet incident is told by its category, and nothing of a caller is ever filled in.
 */
export const filledTemplates = ({ record, templates, groups, rules, now, incidentName }: TemplateQuestion): UpdateTemplates => {
  const { timeZone } = rules.settings
  const category = record.category === null ? null : (rules.settings.categories[record.category]?.name ?? record.category)
  const words: Readonly<Record<string, string>> = {
    ref: record.ref,
    priority: record.priority ?? '',
    service: record.discreet ? (category ?? incidentName) : (record.service ?? category ?? incidentName),
    category: category ?? incidentName,
    since: clockTime(record.reportedAt, timeZone),
    now: clockTime(now, timeZone),
  }
  const items = Object.entries(templates).flatMap(([id, { name, audience, state, text, priorities }]) => {
    if (priorities !== undefined && (record.priority === null || !priorities.includes(record.priority))) return []
    const next = nextOf(record, audience, rules, now)
    const filled = text.replace(blank, (whole, word: string) => (word === 'next' ? (next === null ? '[time of the next update]' : clockTime(next, timeZone)) : (words[word] ?? whole)))
    return [{ id, name: name ?? id, audience, state, text: filled, toFill: [...filled.matchAll(gap)].map(([, what = '']) => what), nextUpdateAt: state === 'resolved' || next === null ? null : isoOf(next), noChange: id === 'no-change' }]
  })
  const audiences = ['all', 'public', ...groups]
  return { items, audiences, latestMs: Object.fromEntries(audiences.map((audience) => [audience, latestPromise(record, audience, now, rules) - now])), called: Object.fromEntries(groups.map((group) => [group, audienceCalled(group, rules)])), updateMs: cadencesOf(record, rules), approval: record.priority !== null && rules.settings.updates.approve.includes(record.priority) }
}
