import { describe, expect, it } from '@jest/globals'
import { defaultSettings, floorSettingsOf, incidentSettingsOf, parseSettings, readSettingsText, settingsWarnings, type SettingsDocument } from '../../server/contract/settings.ts'
import { instantOf } from '../../server/domain/time.ts'

const check = { outboundAllow: [], today: '2026-11-22' }
const site = { id: 'acme', name: 'Acme', timeZone: 'Europe/London' }

const accepted = (document: unknown): SettingsDocument => {
  const answer = parseSettings(document, check)
  if (!answer.ok) throw new Error(JSON.stringify(answer.faults))
  return answer.settings
}
const faults = (document: unknown, allow: readonly string[] = []) => {
  const answer = parseSettings(document, { ...check, outboundAllow: allow })
  return answer.ok ? [] : answer.faults.map(({ path, code }) => `${path} ${code}`)
}

const example = `
queues:
  support: { name: Support, wallName: Support, channel: voice, target: { percent: 0.8, withinMs: 20000, variant: V3 }, shortAbandonMs: 5000, day: { timeZone: Europe/London, startsAt: "00:00" } }
calendars: { office: { timeZone: Europe/London, week: { mon: ["09:00-12:00", "13:00-17:30"] }, holidays: [], openings: [] } }
priorities: { matrix: [[P1,P1,P2,P2],[P1,P2,P2,P3],[P2,P3,P3,P4],[P3,P3,P4,P4]] }
sla: { P1: { responseMs: 300000, updateMs: 1200000, resolutionMs: 14400000, calendar: always, atRisk: [0.5, 0.75, 0.9], minimumReactionMs: 300000 } }
policies:
  default:
    ownership: { levels: [ { targets: [ { role: supervisor } ], waitMs: 0 }, { targets: [ { role: duty-manager }, { webhook: noc } ], waitMs: 300000 } ], repeat: 3 }
    deadline:  { on: [ { at: breach, targets: [ { role: duty-manager }, { webhook: noc } ] } ] }
routes: [ { when: { priority: [P1, P2] }, policy: default } ]
channels: { webhooks: { noc: { url: "https://example.org/hook", secret: whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLgSw, types: [] } }, mail: {}, slack: {}, teams: {} }
breaches: [ { metric: serviceLevel, queue: "*", window: R30, below: 0.8, forMs: 120000, clearAbove: 0.82, minimum: 10, raise: { category: service-level, impact: 3, urgency: 2 } } ]
sources: { pbx: { platform: asterisk-ami, host: 127.0.0.1, port: 5038, username: floor, secret: geheim, tls: false }, log: { platform: asterisk-queue-log, file: /var/log/asterisk/queue_log, acw: none } }
imports: { calls-csv: { timeZone: Europe/London, dateFormat: yyyy-MM-dd, columns: { id: id, queue: q, agent: a, queuedAt: [date, time], wait: w, answered: { column: x, yes: ["Y"] }, talk: t, skip: { column: s, in: [Z] } } } }
groups: {}
rotas: {}
people: {}
teams: {}
categories: {}
playbooks: {}
retention: {}
links: {}
`
const exampleDocument = () => {
  const text = readSettingsText(example, 'yaml')
  if (!text.ok) throw new Error(text.detail)
  return text.value
}

describe('the settings document', () => {
  it('accepts an example of every section, with the default names still known', () => {
    const settings = accepted(exampleDocument())
    expect(settings.calendars).toEqual({ office: { timeZone: 'Europe/London', week: { mon: ['09:00-12:00', '13:00-17:30'] }, holidays: [], openings: [] } })
    expect(settings.sla.P3).toEqual(defaultSettings.sla.P3)
  })

  it('is complete when empty, and unchanged when its defaults are written back', () => {
    expect(accepted({})).toEqual(defaultSettings)
    expect(accepted(structuredClone(defaultSettings))).toEqual(defaultSettings)
  })

  it('replaces a given section whole', () => {
    expect(accepted({ calendars: { office: { alwaysOpen: true } } }).calendars).toEqual({ office: { alwaysOpen: true } })
    expect(accepted({ breaches: [] }).breaches).toEqual([])
    expect(accepted({ routes: [] }).routes).toEqual([])
  })

  it('fills what sla and defaults leave out, key by key', () => {
    const { sla, defaults } = accepted({ sla: { P1: { responseMs: 60_000 }, P3: { resolutionMs: 3_600_000 } }, defaults: { queue: { target: { withinMs: 30_000 } } } })
    expect(sla.P1).toEqual({ ...defaultSettings.sla.P1, responseMs: 60_000 })
    expect(sla.P3).toEqual({ responseMs: 3_600_000, updateMs: 14_400_000, resolutionMs: 3_600_000, calendar: 'service', minimumReactionMs: 1_800_000 })
    expect(defaults.queue).toEqual({ target: { percent: 0.8, withinMs: 30_000, variant: 'V3' }, shortAbandonMs: 5_000, day: { startsAt: '00:00' } })
  })

  it('reads the same document from JSON and YAML', () => {
    const value = exampleDocument()
    expect(readSettingsText(JSON.stringify(value), 'json')).toEqual({ ok: true, value })
  })
})

describe('faults of a settings document', () => {
  it.each<readonly [string, unknown, string]>([
    ['an unknown section', { bogus: 1 }, 'bogus unknown_field'],
    ['an unknown field', { queues: { a: { nome: 'x' } } }, 'queues.a.nome unknown_field'],
    ['an unknown version', { version: 2 }, 'version bad_value'],
    ['a share over 1', { queues: { a: { target: { percent: 80 } } } }, 'queues.a.target.percent out_of_range'],
    ['a zero target time', { sla: { P1: { responseMs: 0 } } }, 'sla.P1.responseMs out_of_range'],
    ['a negative duration', { queues: { a: { shortAbandonMs: -1 } } }, 'queues.a.shortAbandonMs out_of_range'],
    ['a target of a million years', { sla: { P1: { responseMs: 1e15 } } }, 'sla.P1.responseMs out_of_range'],
    ['text for a number', { sla: { P1: { responseMs: '5m' } } }, 'sla.P1.responseMs bad_type'],
    ['a zone that does not exist', { calendars: { a: { alwaysOpen: true, timeZone: 'Mars/Base' } } }, 'calendars.a.timeZone bad_value'],
    ['hours that are none', { calendars: { a: { week: { mon: ['9-17'] } } } }, 'calendars.a.week.mon.0 bad_value'],
    ['a day that is none', { calendars: { a: { week: { funday: ['09:00-17:00'] } } } }, 'calendars.a.week.funday bad_name'],
    ['a date that is none', { calendars: { a: { alwaysOpen: true, holidays: ['2026-02-30'] } } }, 'calendars.a.holidays.0 bad_value'],
    ['a calendar that never opens', { calendars: { a: { week: { mon: [] } } } }, 'calendars.a never_open'],
    ['a matrix of three rows', { priorities: { matrix: [['P1', 'P1', 'P1', 'P1'], ['P1', 'P1', 'P1', 'P1'], ['P1', 'P1', 'P1', 'P1']] } }, 'priorities.matrix out_of_range'],
    ['a route to nowhere', { routes: [{ when: {}, policy: 'night' }] }, 'routes.0.policy unknown_policy'],
    ['a route of an unknown category', { routes: [{ when: { category: 'weather' }, policy: 'default' }] }, 'routes.0.when.category unknown_category'],
    ['an unknown calendar', { sla: { P1: { calendar: 'lunar' } } }, 'sla.P1.calendar unknown_calendar'],
    ['an unknown webhook', { policies: { p: { ownership: { levels: [{ targets: [{ webhook: 'noc' }], waitMs: 0 }] } } } }, 'policies.p.ownership.levels.0.targets.0.webhook unknown_webhook'],
    ['an unknown person', { policies: { p: { deadline: { on: [{ at: 'breach', targets: [{ person: 'sam' }] }] } } } }, 'policies.p.deadline.on.0.targets.0.person unknown_person'],
    ['a target of two kinds', { policies: { p: { ownership: { levels: [{ targets: [{ role: 'admin', webhook: 'x' }], waitMs: 0 }] } } } }, 'policies.p.ownership.levels.0.targets.0 bad_value'],
    ['a role that does not exist', { policies: { p: { ownership: { levels: [{ targets: [{ role: 'king' }], waitMs: 0 }] } } } }, 'policies.p.ownership.levels.0.targets.0 bad_value'],
    ['a thousand levels', { policies: { p: { ownership: { levels: Array.from({ length: 1_000 }, () => ({ targets: [{ role: 'admin' }], waitMs: 1_000 })) } } } }, 'policies.p.ownership.levels out_of_range'],
    ['a ladder that would storm', { policies: { p: { ownership: { levels: [{ targets: [{ role: 'admin' }], waitMs: 0 }], repeat: 3 } } } }, 'policies.p.ownership.repeat repeat_without_wait'],
    ['two kinds of one duration', { sla: { P3: { resolutionMs: 1, resolutionDays: 1 } } }, 'sla.P3.resolutionDays contradiction'],
    ['a webhook secret of another kind', { channels: { webhooks: { a: { url: 'https://example.org/', secret: 'geheim' } } } }, 'channels.webhooks.a.secret bad_value'],
    ['a breach rule without a bound', { breaches: [{ metric: 'serviceLevel' }] }, 'breaches.0 bad_value'],
    ['a breach rule that clears too early', { breaches: [{ metric: 'serviceLevel', below: 0.8, clearAbove: 0.7 }] }, 'breaches.0.clearAbove bad_value'],
    ['a manager interface without a login', { sources: { pbx: { platform: 'asterisk-ami', host: 'pbx' } } }, 'sources.pbx.username missing'],
    ['a platform that does not exist', { sources: { pbx: { platform: 'avaya' } } }, 'sources.pbx.platform bad_value'],
    ['a relative file', { sources: { log: { platform: 'asterisk-queue-log', file: 'queue_log' } } }, 'sources.log.file bad_value'],
    ['a link that runs code', { links: { crm: 'javascript:alert(1)' } }, 'links.crm bad_value'],
  ])('names %s', (_what, document, fault) => {
    expect(faults(document)).toContain(fault)
  })

  it('come all at once and say what would be accepted', () => {
    const answer = parseSettings({ queues: { a: { target: { variant: 'V9' } } }, sla: { P1: { calender: 'x' } } }, check)
    expect(answer).toEqual({
      ok: false,
      faults: [
        { path: 'queues.a.target.variant', code: 'bad_value', detail: 'must be one of V1, V2, V3, V4, V5, V6, V7' },
        { path: 'sla.P1.calender', code: 'unknown_field', detail: '"calender" is not known here; accepted: responseMs, updateMs, updateDays, resolutionMs, resolutionDays, calendar, atRisk, minimumReactionMs' },
      ],
    })
  })

  it.each(['null', '[]', '"x"', '3'])('refuse %s as a document', (text) => {
    expect(faults(JSON.parse(text))).toEqual([' bad_type'])
  })

  it('a cycle of YAML references, doubled keys and broken text are refused before any schema', () => {
    expect(readSettingsText('queues: &a { b: *a }', 'yaml')).toMatchObject({ ok: false })
    expect(readSettingsText('queues: {}\nqueues: {}', 'yaml')).toMatchObject({ ok: false, code: 'body_invalid' })
    expect(readSettingsText('queues: [', 'yaml')).toMatchObject({ ok: false, code: 'body_invalid' })
    expect(readSettingsText('{"queues":{"__proto__":{"name":"x"}}}', 'json')).toMatchObject({ ok: false, code: 'key_refused' })
  })
})

describe('webhook addresses at save', () => {
  const withUrl = (url: string) => ({ channels: { webhooks: { a: { url, secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLgSw' } } } })
  it.each(['http://127.0.0.1/', 'https://127.0.0.1/', 'https://0/', 'https://[::1]/', 'https://[::ffff:10.0.0.1]/', 'https://169.254.169.254/', 'https://2130706433/', 'https://0x7f.1/', 'https://localhost./', 'https://example.org:6379/', 'file:///etc/passwd', 'https://user:pass@example.org/', 'http://example.org/', 'https://10.1.2.3/', 'https://[fd00::1]/', 'gopher://example.org', 'not an address'])('refuse %s', (url) => {
    expect(faults(withUrl(url))).toEqual(['channels.webhooks.a.url url_refused'])
  })
  it.each(['https://example.org/hook', 'https://8.8.8.8/', 'https://example.org:8443/x?y=z'])('accept %s', (url) => {
    expect(faults(withUrl(url))).toEqual([])
  })
  it('accept a private address, over http too, when its network is named', () => {
    expect(faults(withUrl('http://127.0.0.1:9000/hook'), ['127.0.0.0/8'])).toEqual([])
    expect(faults(withUrl('http://localhost:9000/hook'), ['127.0.0.0/8'])).toEqual([])
    expect(faults(withUrl('http://10.1.2.3/hook'), ['127.0.0.0/8'])).toEqual(['channels.webhooks.a.url url_refused'])
    expect(faults(withUrl('http://8.8.8.8/hook'), ['127.0.0.0/8'])).toEqual(['channels.webhooks.a.url url_refused'])
  })
})

describe('values for the domain', () => {
  it('give a queue what its site and the defaults say', () => {
    const document = accepted({ queues: { a: { name: 'Alpha', target: { percent: 0.9 } } }, defaults: { queue: { target: { withinMs: 30_000 }, repeatWithinDays: 3 } } })
    const floor = floorSettingsOf(document, site, 4, instantOf(5))
    expect(floor).toMatchObject({ version: 4, validFrom: 5, site })
    expect(floor.queues.a).toEqual({ name: 'Alpha', wallName: 'Alpha', channel: 'voice', target: { percent: 0.9, withinMs: 30_000, variant: 'V3' }, shortAbandonMs: 5_000, day: { timeZone: 'Europe/London', startsAt: '00:00' }, acwCapMs: 1_800_000, repeatWithinMs: 259_200_000 })
  })

  it('spread ranges of days, let one day win, and split hours at midnight', () => {
    const { calendars } = incidentSettingsOf(accepted({ calendars: { night: { week: { 'fri-sun': ['22:00-06:00'], sat: ['20:00-24:00'] } } } }), site, 1)
    expect(calendars.night?.week).toEqual({ 1: [{ from: '00:00', to: '06:00' }], 5: [{ from: '22:00', to: '24:00' }], 6: [{ from: '00:00', to: '06:00' }, { from: '20:00', to: '24:00' }], 7: [{ from: '22:00', to: '24:00' }] })
    expect(calendars.always).toMatchObject({ alwaysOpen: true })
    expect(calendars.service?.week[3]).toEqual([{ from: '09:00', to: '17:00' }])
  })

  it('give ladders their repetition, and none to a ladder that never waits', () => {
    const { policies } = incidentSettingsOf(accepted({ policies: { a: { ownership: { levels: [{ targets: [{ role: 'admin' }] }] } }, b: { ownership: { levels: [{ targets: [{ role: 'admin' }], waitMs: 60_000 }] } } } }), site, 1)
    expect([policies.a?.ownership.repeat, policies.b?.ownership.repeat, policies.default?.ownership.repeat]).toEqual([0, 3, 3])
  })

  it('give every section of the example', () => {
    const settings = incidentSettingsOf(accepted(exampleDocument()), site, 2)
    expect(settings.policies.default?.deadline.on).toEqual([{ at: 'breach', targets: [{ role: 'duty-manager' }, { webhook: 'noc' }] }])
    expect(settings.routes).toEqual([{ when: { priority: ['P1', 'P2'] }, policy: 'default' }])
    expect(settings.webhooks).toEqual({ noc: { url: 'https://example.org/hook', types: [] } })
    expect(JSON.stringify(settings)).not.toContain('whsec_')
    expect(Object.keys(settings.categories)).toEqual(['safety', 'security', 'operational', 'service-level', 'data-protection', 'technology'])
  })
})

describe('warnings', () => {
  it('tell of ladders that reach nobody', () => {
    const document = accepted({ channels: { webhooks: { noc: { url: 'https://example.org/', secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLgSw' } } }, policies: { empty: {}, machine: { ownership: { levels: [{ targets: [{ webhook: 'noc' }], waitMs: 5_000 }] } }, human: { ownership: { levels: [{ targets: [{ role: 'supervisor' }] }] } } } })
    expect(settingsWarnings(document, { supervisor: 1 }, '2026-03-02').map(({ path, code }) => `${path} ${code}`)).toEqual(['policies.empty.ownership no_levels', 'policies.machine.ownership no_human'])
    expect(settingsWarnings(document, {}, '2026-03-02').map(({ code }) => code)).toEqual(['no_levels', 'no_human', 'no_human'])
  })

  it('tell of a category that asks for somebody whom there is not', () => {
    const document = accepted({ categories: { medical: { consult: { with: [{ role: 'stakeholder' }] } }, other: { consult: {} } } })
    expect(settingsWarnings(document, { supervisor: 1 }, '2026-03-02').map(({ path, code }) => `${path} ${code}`)).toEqual(['categories.medical.consult.with no_human'])
    expect(settingsWarnings(document, { supervisor: 1, stakeholder: 1 }, '2026-03-02')).toEqual([])
    expect(incidentSettingsOf(document, site, 2).categories).toMatchObject({ medical: { consult: { with: [{ role: 'stakeholder' }] } }, other: { consult: { with: null } }, safety: { consult: null } })
    expect(faults({ categories: { medical: { consult: { with: [{ person: 'ghost' }] } } } })).toEqual(['categories.medical.consult.with.0.person unknown_person'])
  })

  it('grafana/oncall#1326: name somebody on a ladder who cannot be reached, or whose telephone nobody has tried', () => {
    const document = accepted({ people: { mute: { name: 'Mute' }, new: { name: 'New', phone: '+447700900001' }, well: { name: 'Well', phone: '+447700900002', verified: ['phone'] }, off: { name: 'Off the ladder' } }, policies: { night: { ownership: { levels: [{ targets: [{ person: 'mute' }, { person: 'new' }, { person: 'well' }], waitMs: 60_000 }] } } } })
    expect(settingsWarnings(document, {}, '2026-03-02').map(({ path, code }) => `${path} ${code}`)).toEqual(['people.mute no_channel', 'people.new.verified not_verified'])
  })
})
