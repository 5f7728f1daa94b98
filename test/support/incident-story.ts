import { defaultSettings, incidentSettingsOf } from '../../server/contract/settings.ts'
import type { Directory } from '../../server/domain/escalation/directory.ts'
import { timersOf, type Timer } from '../../server/domain/escalation/plan-timers.ts'
import type { IncidentSettings } from '../../server/domain/incident-settings.ts'
import type { IncidentCommand, Refused, Report } from '../../server/domain/incident/commands.ts'
import { decide } from '../../server/domain/incident/decide.ts'
import { decideOpening } from '../../server/domain/incident/decide-open.ts'
import { decideTimer } from '../../server/domain/incident/decide-timer.ts'
import type { IncidentEvent } from '../../server/domain/incident/events.ts'
import { evolve } from '../../server/domain/incident/evolve.ts'
import type { Actor, IncidentRecord } from '../../server/domain/incident/incident.ts'
import { rulesOf } from '../../server/domain/incident/rules.ts'
import { instantOf, type Instant } from '../../server/domain/time.ts'

export type HeardEvent = IncidentEvent extends infer E ? (E extends IncidentEvent ? Omit<E, 'at'> : never) : never

/** One incident told by hand: a clock that is moved, commands, and timers that fire when the clock passes them. */
export interface Story {
  readonly record: IncidentRecord
  readonly events: readonly IncidentEvent[]
  readonly timers: readonly Timer[]
  readonly now: Instant
  /** Moves the clock and fires what falls due on the way, each at its own instant. */
  until(iso: string): Story
  /** Moves the clock without firing anything, as if all workers were down. */
  asleepUntil(iso: string): Story
  /** Fires what is due now, all of it at this instant. */
  wake(): Story
  when(command: IncidentCommand, by?: Actor): Story
  /** Something else that happens now, such as a receipt. */
  heard(event: HeardEvent): Story
  /** The refusal of a command. */
  refused(command: IncidentCommand, by?: Actor): Refused
  types(): readonly string[]
}

export const at = (iso: string): Instant => instantOf(Date.parse(iso))
export const supervisor: Actor = { id: 'sam', role: 'supervisor' }
export const dutyManager: Actor = { id: 'ada', role: 'duty-manager' }

export const settingsWith = (more: Partial<IncidentSettings> = {}): IncidentSettings => ({ ...incidentSettingsOf(defaultSettings, { id: 'north', name: 'North', timeZone: 'Europe/London' }, 1), ...more })

export const everybody: Directory = {
  people: [
    { id: 'sam', aliases: [], role: 'supervisor', teams: [], onDuty: true },
    { id: 'ada', aliases: [], role: 'duty-manager', teams: [], onDuty: true },
    { id: 'root', aliases: [], role: 'admin', teams: [], onDuty: false },
  ],
  webhooks: ['noc'],
  onCall: {},
}

const defaults: Report = {
  ref: 'INC-2026-000001',
  draft: false,
  type: 'incident',
  category: 'technology',
  texts: { title: 't1', nature: 't2', location: 't3', reporter: 't4', callerId: 't5' },
  callerIdWithheld: false,
  callerSafe: null,
  channel: 'voice',
  service: 'Payments',
  impact: 1,
  urgency: 1,
  reportedAt: at('2026-11-23T10:00:00Z'),
  queue: null,
}

export interface StoryStart {
  readonly report?: Partial<Report>
  readonly settings?: Partial<IncidentSettings>
  readonly directory?: Directory
  /** When it is logged; default: when it was reported. */
  readonly openedAt?: string
}

export const story = ({ report = {}, settings = {}, directory = everybody, openedAt }: StoryStart = {}): Story => {
  const rules = rulesOf(settingsWith(settings))
  const begin = { ...defaults, ...report }
  const openAt = openedAt === undefined ? begin.reportedAt : at(openedAt)
  const opening = decideOpening(begin, { now: openAt, receivedAt: openAt, actor: supervisor, rules, directory })

  const told = (record: IncidentRecord, events: readonly IncidentEvent[], now: Instant): Story => {
    const after = (more: readonly IncidentEvent[], when: Instant): Story => told(more.reduce((state, event) => evolve(state, event, rules), record), [...events, ...more], when)
    const timers = timersOf(record, rules)
    const fireNext = (until: Instant, firedAt: (timer: Timer) => Instant): Story | null => {
      const due = [...timers].sort((a, b) => a.dueAt - b.dueAt)[0]
      if (due === undefined || due.dueAt > until) return null
      const instant = firedAt(due)
      return after(decideTimer(record, due, { now: instant, firedAt: instant, rules, directory }), instant)
    }
    const decided = (command: IncidentCommand, by: Actor) => decide(record, command, { now, receivedAt: now, actor: by, rules, directory })
    return {
      record,
      events,
      timers,
      now,
      until: (iso) => fireNext(at(iso), ({ dueAt }) => (dueAt > now ? dueAt : now))?.until(iso) ?? told(record, events, at(iso)),
      asleepUntil: (iso) => told(record, events, at(iso)),
      wake: () => fireNext(now, () => now)?.wake() ?? told(record, events, now),
      when: (command, by = supervisor) => {
        const decision = decided(command, by)
        if ('refused' in decision) throw new Error(`refused: ${decision.refused.code}: ${decision.refused.detail}`)
        return after(decision.events, now)
      },
      heard: (event) => after([{ ...event, at: now }], now),
      refused: (command, by = supervisor) => {
        const decision = decided(command, by)
        if (!('refused' in decision)) throw new Error(`accepted: ${JSON.stringify(decision.events)}`)
        return decision.refused
      },
      types: () => events.map(({ type }) => type),
    }
  }
  return told(evolve(null, opening, rules), [opening], openAt)
}
