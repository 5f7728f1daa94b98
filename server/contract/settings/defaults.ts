import type { z } from 'zod'
import { defaultTemplates } from './default-templates.ts'
import type { floorSections } from './floor-schema.ts'
import type { incidentSections } from './incidents-schema.ts'

type Sections = typeof floorSections & typeof incidentSections
export type SectionName = keyof Sections
/** The document as it is stored and shown: every section present. */
export type SettingsDocument = { readonly [Name in SectionName]: z.output<Sections[Name]> }



/** What a site without settings works with (INCIDENTS 2.3, PRACTICE 1). Built in are also the names `always`, `service` and `default` where a section replaces these. */
export const defaultSettings: SettingsDocument = {
  queues: {},
  defaults: { queue: { target: { percent: 0.8, withinMs: 20_000, variant: 'V3' }, shortAbandonMs: 5_000, day: { startsAt: '00:00' } } },
  calendars: { always: { alwaysOpen: true }, service: { week: { 'mon-fri': ['09:00-17:00'] } } },
  priorities: {
    matrix: [
      ['P1', 'P1', 'P2', 'P2'],
      ['P1', 'P2', 'P2', 'P3'],
      ['P2', 'P3', 'P3', 'P4'],
      ['P3', 'P3', 'P4', 'P4'],
    ],
  },
  sla: {
    P1: { responseMs: 300_000, updateMs: 1_200_000, resolutionMs: 14_400_000, calendar: 'always', minimumReactionMs: 300_000 },
    P2: { responseMs: 900_000, updateMs: 3_600_000, resolutionMs: 28_800_000, calendar: 'always', minimumReactionMs: 600_000 },
    P3: { responseMs: 3_600_000, updateMs: 14_400_000, resolutionDays: 2, calendar: 'service', minimumReactionMs: 1_800_000 },
    P4: { responseMs: 14_400_000, updateDays: 1, resolutionDays: 5, calendar: 'service' },
  },
  policies: {
    default: {
      ownership: {
        levels: [
          { targets: [{ role: 'supervisor' }], waitMs: 0 },
          { targets: [{ role: 'duty-manager' }], waitMs: 300_000 },
          { targets: [{ role: 'admin' }], waitMs: 300_000 },
        ],
        repeat: 3,
      },
      routineHours: 'service',
    },
  },
  routes: [{ when: {}, policy: 'default' }],
  channels: { webhooks: {}, mail: {}, slack: {}, teams: {} },
  breaches: [
    { id: 'oldest-wait', metric: 'oldestWaitMs', queue: '*', window: 'now', aboveTargetTimes: 2, forMs: 10_000, minimum: 5, raise: { category: 'service-level', impact: 3, urgency: 2 } },
    { id: 'service-level', metric: 'serviceLevel', queue: '*', window: 'R30', belowTarget: true, forMs: 120_000, minimum: 10, raise: { category: 'service-level', impact: 3, urgency: 2 } },
    { id: 'expected-but-absent', metric: 'expectedButAbsent', queue: '*', window: 'now', forMs: 300_000, minimum: 0, raise: { category: 'technology', impact: 1, urgency: 1 } },
    { id: 'abandon-rate', metric: 'abandonRate', queue: '*', window: 'R30', above: 0.05, forMs: 0, minimum: 10, raise: { category: 'service-level', impact: 3, urgency: 2 } },
  ],
  sources: {},
  imports: {},
  groups: {},
  rotas: {},
  services: {},
  maintenance: {},
  updates: { approve: ['P1'], templates: defaultTemplates },
  people: {},
  stakeholders: {},
  teams: {},
  categories: {},
  playbooks: {},
  resources: {},
  retention: { callersDays: 30, contactsDays: 395, rowsDays: 760, incidentsDays: 730, auditDays: 2_190 },
  links: {},
  status: { publish: false },
  heartbeat: { everyMs: 60_000 },
  goals: {},
  adherence: { activities: {} },
  customers: { sharedNumbers: [] },
}

/** Executives hear of a P1 and of a major incident about every half hour (INCIDENTS 2.10); a group of that key that says otherwise does as it says. */
const EXECUTIVES_EVERY = 1_800_000
export const defaultCadences: Readonly<Record<string, NonNullable<SettingsDocument['stakeholders'][string]['updateMs']>>> = { executives: { P1: EXECUTIVES_EVERY, major: EXECUTIVES_EVERY } }

/** Categories that every site has (CONTRACT section 3). */
export const builtInCategories = ['safety', 'security', 'operational', 'service-level', 'data-protection', 'technology'] as const

/** A given section replaces its default whole; `sla` and `defaults` fill what they leave out. */
export const withDefaults = (given: Partial<SettingsDocument>): SettingsDocument => {
  const merged: SettingsDocument = { ...defaultSettings, ...given }
  const queue = { ...defaultSettings.defaults.queue, ...given.defaults?.queue }
  const fill = (name: 'P1' | 'P2' | 'P3' | 'P4') => {
    const own = given.sla?.[name] ?? {}
    const base = { ...defaultSettings.sla[name] }
    // A target in business days takes the place of one in ms, and the other way round.
    if (own.updateMs !== undefined || own.updateDays !== undefined) {
      delete base.updateMs
      delete base.updateDays
    }
    if (own.resolutionMs !== undefined || own.resolutionDays !== undefined) {
      delete base.resolutionMs
      delete base.resolutionDays
    }
    return { ...base, ...own }
  }
  return {
    ...merged,
    sla: { P1: fill('P1'), P2: fill('P2'), P3: fill('P3'), P4: fill('P4') },
    defaults: { queue: { ...queue, target: { ...defaultSettings.defaults.queue?.target, ...given.defaults?.queue?.target }, day: { ...defaultSettings.defaults.queue?.day, ...given.defaults?.queue?.day } } },
  }
}
