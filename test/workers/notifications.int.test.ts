import { afterEach, describe, expect, it } from '@jest/globals'
import type { Delivery } from '../../server/domain/escalation/delivery.ts'
import { heldUntil } from '../../server/domain/escalation/pace.ts'
import { systemActor } from '../../server/domain/incident/incident.ts'
import { instantOf } from '../../server/domain/time.ts'
import { openBounces } from '../../server/incidents/bounces.ts'
import { openIncidentRules } from '../../server/redis/incident-rules.ts'
import type { SendOutcome } from '../../workers/channels/channel.ts'
import { ada, ladder } from '../support/incident-house.ts'
import { openPageHouse, plan, type PageHouse } from '../support/page-house.ts'
import { until } from '../support/until.ts'

/** INCIDENTS section 3, the rows about notifications: what went wrong elsewhere, each with its thread. */

let house: PageHouse
afterEach(() => house.close())

const toBoth = { targets: [{ role: 'supervisor' }, { role: 'duty-manager' }], waitMs: 0 }
const toAda = (waitMs = 0) => ({ targets: [{ role: 'duty-manager' }], waitMs })
const oneLevel = ladder([toAda()])
const summary = () => house.sent.map(({ channel, target }) => `${channel} ${target}`)
const events = async (ref: string) => (await house.incidents.timeline(house.site, ref, 0, 1_000))?.items ?? []
const acknowledge = (ref: string) => house.incidents.command(house.site, ref, { type: 'acknowledge' }, ada)
const fails: () => SendOutcome = () => ({ kind: 'failed', detail: 'answered 503', afterMs: null })

describe('who is told', () => {
  it('target/goalert#912: two people on a level are one escalation and one message each', async () => {
    house = await openPageHouse({ policy: ladder([toBoth]), contacts: { sam: plan(['push']), ada: plan(['sms']) } })
    await house.work()
    const { ref } = await house.open()
    await house.count(2)
    await house.quiet()
    expect(summary().sort()).toEqual(['push sam', 'sms ada'])
    expect((await events(ref)).filter(({ type }) => type === 'level-fired')).toHaveLength(1)
  })

  it('a person whose mail comes back is told by their next channel, once; whoever has none is a dead letter', async () => {
    house = await openPageHouse({ policy: ladder([toBoth]), contacts: { sam: plan(['mail']), ada: plan(['mail', 'push']) } })
    await house.work()
    const { ref } = await house.open()
    await house.count(2)
    await until('both mails are taken', async () => (await events(ref)).filter(({ type }) => type === 'delivered').length === 2)
    const bounced = openBounces({ log: house.incidentLog, rules: openIncidentRules(house.settings), outbox: house.outbox, notificationLog: house.notificationLog, now: () => instantOf(Date.now()) })
    const mails = house.sent.map(({ message }) => message.delivery)
    expect(await Promise.all([...mails, ...mails].map((delivery) => bounced(house.site, delivery, 'the mail came back (5.1.1)')))).toEqual([true, true, true, true])
    await house.count(3)
    await house.quiet()
    expect(summary().sort()).toEqual(['mail ada', 'mail sam', 'push ada'])
    expect(await house.outbox.deadLetters(house.site)).toMatchObject([{ person: 'sam', channel: 'mail', lastError: 'the mail came back (5.1.1)' }])
    expect((await events(ref)).filter(({ type }) => type === 'delivery-failed').map(({ data }) => data['detail'])).toEqual(['the mail came back (5.1.1)', 'the mail came back (5.1.1)'])
    expect(await bounced(house.site, 'made/up', 'x')).toBe(false)
    // After the acknowledgement nobody is told by another channel that it comes back.
    await acknowledge(ref)
    expect(house.sent).toHaveLength(3)
  })

  it('a person who is named twice on a level is told once', async () => {
    house = await openPageHouse({ policy: ladder([{ targets: [{ role: 'duty-manager' }, { person: 'ada' }], waitMs: 0 }]), contacts: { ada: plan(['push']) } })
    await house.work()
    await house.open()
    await house.count(1)
    await house.quiet()
    expect(summary()).toEqual(['push ada'])
  })

  it('target/goalert#1790: an escalation that comes again is sent again; only a key that was used is not', async () => {
    house = await openPageHouse({ policy: ladder([toAda(), toAda(300)]), contacts: { ada: plan(['push']) } })
    await house.work()
    await house.open()
    await house.count(2)
    await house.quiet()
    expect(summary()).toEqual(['push ada', 'push ada'])
    const [first, second] = house.sent
    expect(first?.message.id).not.toBe(second?.message.id)
    const row = await house.notificationLog.get(house.site, first?.message.delivery ?? '')
    expect(await house.outbox.queue(house.site, row?.delivery as Delivery)).toBe(false)
    expect(house.sent).toHaveLength(2)
  })

  it('grafana/oncall#1326: somebody without any channel is a dead letter with an alarm, not silence', async () => {
    house = await openPageHouse({ policy: oneLevel, contacts: { ada: plan([]) } })
    await house.work()
    const { ref } = await house.open()
    await until('the dead letter', async () => (await house.outbox.deadCount(house.site)) === 1)
    expect(house.sent).toEqual([])
    expect(await house.outbox.deadLetters(house.site)).toMatchObject([{ channel: 'none', person: 'ada', lastError: 'no way to reach this person is set' }])
    expect((await events(ref)).map(({ type }) => type)).toContain('delivery-failed')
    expect(house.log.lines.some(({ text }) => text === 'a notification is a dead letter')).toBe(true)
  })

  it('on the demo site is nobody outside the machine, by whatever channel: its telephones are simulated (PRACTICE 8)', async () => {
    house = await openPageHouse({ policy: ladder([{ targets: [{ webhook: 'noc' }, { role: 'supervisor' }, { role: 'duty-manager' }], waitMs: 0 }]), contacts: { sam: plan(['push', 'mail']), ada: plan(['sms']) }, silent: true })
    await house.work()
    await house.open()
    const ended = async (how: string) => (await house.steps()).filter((line) => line.endsWith(how)).length
    await until('all rows were looked at', async () => (await ended('cancelled')) === 2 && (await ended('delivered')) === 1)
    await house.quiet()
    expect(house.sent).toEqual([])
  })

  it('grafana/oncall#4319: a webhook that is switched off is passed over, and the log says so', async () => {
    house = await openPageHouse({ policy: ladder([{ targets: [{ webhook: 'noc' }], waitMs: 0 }, toAda(0)]), contacts: { ada: plan(['push']) } })
    house.people({ webhooks: [] })
    await house.work()
    const { ref } = await house.open()
    await house.count(1)
    await house.quiet()
    expect(summary()).toEqual(['push ada'])
    expect((await events(ref)).flatMap(({ type, data }) => (type === 'level-skipped' ? [data['why']] : []))).toEqual(['nobody'])
  })
})

describe('a channel that fails', () => {
  it('is followed by the next one at once, and not by the next level', async () => {
    house = await openPageHouse({ policy: ladder([toAda(), toAda(60_000)]), contacts: { ada: plan(['push', 'sms', 'voice']) } })
    house.answers('push', () => ({ kind: 'refused', detail: 'no browser' }))
    house.answers('sms', fails)
    await house.work()
    const { ref } = await house.open()
    await house.count(3)
    await house.quiet()
    expect(summary()).toEqual(['push ada', 'sms ada', 'voice ada'])
    expect((house.sent[2]?.at ?? 0) - (house.sent[0]?.at ?? 0)).toBeLessThan(2_000)
    expect((await events(ref)).flatMap(({ type, data }) => (type.startsWith('deliver') ? [`${type} ${String(data['channel'])}`] : []))).toEqual(['delivery-failed push', 'delivery-failed sms', 'delivered voice'])
  })

  it('grafana/oncall#3708: the tries end in one dead letter, an alarm, and replay under the same key', async () => {
    house = await openPageHouse({ policy: oneLevel, contacts: { ada: plan(['push']) } })
    house.answers('push', fails)
    await house.work()
    const { ref } = await house.open()
    await until('the dead letter', async () => (await house.outbox.deadCount(house.site)) === 1)
    expect(house.sent).toHaveLength(3)
    expect(new Set(house.sent.map(({ message }) => message.id)).size).toBe(1)
    expect(house.log.lines.filter(({ text }) => text === 'a notification is a dead letter')).toHaveLength(1)
    const [letter] = await house.outbox.deadLetters(house.site)
    expect(letter).toMatchObject({ ref, attempts: 3, lastError: 'answered 503' })
    house.answers('push', () => ({ kind: 'accepted', detail: 'taken' }))
    expect(await house.outbox.replay(house.site, letter?.id ?? '', 'root')).toBe(true)
    await house.count(4)
    await house.quiet()
    expect(house.sent[3]?.message.id).toBe(house.sent[0]?.message.id)
    expect(await house.outbox.deadCount(house.site)).toBe(0)
    expect(await house.outbox.replay(house.site, letter?.id ?? '', 'root')).toBe(false)
  })

  it('without a receipt in its time is followed by the next one; with one it is not', async () => {
    house = await openPageHouse({ policy: oneLevel, contacts: { ada: plan(['sms', 'mail']) }, waits: [] })
    house.answers('sms', () => ({ kind: 'accepted', detail: 'queued', receiptWithinMs: 300, reference: 'SM1' }))
    await house.work()
    await house.open()
    await house.count(2)
    expect(summary()).toEqual(['sms ada', 'mail ada'])
    expect((house.sent[1]?.at ?? 0) - (house.sent[0]?.at ?? 0)).toBeGreaterThanOrEqual(295)
    house.answers('sms', () => ({ kind: 'accepted', detail: 'queued', receiptWithinMs: 20_000, reference: 'SM2' }))
    await house.open()
    await house.count(3)
    const { delivery } = house.sent[2]?.message ?? { delivery: '' }
    expect(await house.outbox.receipt(house.site, delivery, { state: 'delivered', detail: 'the gateway says delivered' })).toBe(true)
    await house.quiet()
    expect(house.sent).toHaveLength(3)
    expect((await house.notificationLog.get(house.site, delivery))?.steps.at(-1)).toMatchObject({ state: 'delivered', detail: 'the gateway says delivered' })
  })

  it('that tells nothing is asked again for a P1 under the same id, and not for a P3', async () => {
    house = await openPageHouse({ policy: oneLevel, contacts: { ada: plan(['mail']) } })
    let tries = 0
    house.answers('mail', () => ((tries += 1) === 1 ? { kind: 'unknown', detail: 'no answer' } : { kind: 'accepted', detail: 'taken' }))
    await house.work()
    await house.open()
    await house.count(2)
    await house.quiet()
    expect(new Set(house.sent.map(({ message }) => message.id)).size).toBe(1)
    tries = 0
    house.change({ calendars: { ...(await house.settings.incidentSettings(house.site)).calendars, service: { alwaysOpen: true, timeZone: 'UTC', week: {}, holidays: [], openings: [] } } })
    await house.open({ impact: 3, urgency: 3 })
    await house.count(3)
    await house.quiet()
    expect(house.sent).toHaveLength(3)
    expect((await house.steps())[0]).toBe('mail ada queued sending unknown')
  })
})

describe('an acknowledgement', () => {
  it.each(['push', 'sms', 'voice', 'mail', 'slack', 'teams', 'desktop'] as const)('grafana/oncall#4760, #4654: in the middle of the chain, %s being under way, nothing is sent after it', async (channel) => {
    house = await openPageHouse({ policy: ladder([toAda(), toAda(60_000)]), contacts: { ada: plan([channel, channel === 'mail' ? 'sms' : 'mail']) } })
    let fail: (outcome: SendOutcome) => void = () => undefined
    house.answers(channel, () => new Promise((resolve) => { fail = resolve }))
    await house.work()
    const { ref } = await house.open()
    await house.count(1)
    expect((await acknowledge(ref)).kind).toBe('done')
    fail({ kind: 'failed', detail: 'answered 500', afterMs: null })
    await house.quiet()
    expect(summary()).toEqual([`${channel} ada`])
    // Nor will the second level be: without its row nothing falls due.
    expect(await house.redis.hExists(house.keys.site(house.site).timers, `${ref}/ownership`)).toBe(0)
  })

  it('takes what waits for a receipt away: no call follows a text message that was answered', async () => {
    house = await openPageHouse({ policy: oneLevel, contacts: { ada: plan(['sms', 'voice']) } })
    house.answers('sms', () => ({ kind: 'accepted', detail: 'queued', receiptWithinMs: 300 }))
    await house.work()
    const { ref } = await house.open()
    await until('the receipt is awaited', async () => (await house.steps()).some((line) => line.endsWith('accepted')))
    await acknowledge(ref)
    await until('the receipt is overdue', () => Date.now() > (house.sent[0]?.at ?? 0) + 500)
    await house.quiet()
    expect(summary()).toEqual(['sms ada'])
  })

  it('grafana/oncall#5145: a message that comes back after it (a replayed dead letter) is looked at again and not sent', async () => {
    house = await openPageHouse({ policy: oneLevel, contacts: { ada: plan(['push']) }, waits: [] })
    house.answers('push', fails)
    await house.work()
    const { ref } = await house.open()
    await until('the dead letter', async () => (await house.outbox.deadCount(house.site)) === 1)
    await acknowledge(ref)
    const [letter] = await house.outbox.deadLetters(house.site)
    await house.outbox.replay(house.site, letter?.id ?? '', 'root')
    await until('it was looked at', async () => (await house.steps())[0]?.endsWith('cancelled'))
    expect(house.sent).toHaveLength(1)
  })
})

describe('stages of a major incident that follow one another at once', () => {
  it('leave one message by the next channel, of the present stage; the log keeps what became of each', async () => {
    house = await openPageHouse({ policy: ladder([toAda(600_000)]), contacts: { ada: plan(['sms', 'mail']) }, waits: [] })
    house.answers('sms', () => ({ kind: 'accepted', detail: 'queued', receiptWithinMs: 20_000 }))
    const { ref } = await house.open()
    const began = Date.now()
    for (const [index, type] of (['major-proposed', 'major-declared', 'stood-down'] as const).entries()) {
      await house.happens(ref, () => ({ type, at: instantOf(began + index), by: systemActor, text: null, people: ['ada'] }))
      if (index === 0) await house.work()
      await house.count(index + 1)
    }
    for (const { message } of [...house.sent]) await house.outbox.receipt(house.site, message.delivery, { state: 'failed', detail: 'the gateway could not' })
    await house.count(4)
    await house.quiet()
    expect(summary()).toEqual(['sms ada', 'sms ada', 'sms ada', 'mail ada'])
    expect(house.sent[3]?.message.delivery).toMatch(/\/v4\//u)
    expect((await house.steps()).filter((line) => line.startsWith('sms'))).toEqual(Array(3).fill('sms ada queued sending accepted sending failed'))
  })
})

describe('what is told', () => {
  it('grafana/oncall#4754: a repetition tells how things are now, not how they were', async () => {
    house = await openPageHouse({ policy: oneLevel, contacts: { ada: plan(['push']) }, waits: [600] })
    house.answers('push', fails)
    await house.work()
    const { ref } = await house.open()
    await house.count(1)
    house.answers('push', () => ({ kind: 'accepted', detail: 'taken' }))
    house.change({ categories: { ...(await house.settings.incidentSettings(house.site)).categories } })
    await house.incidents.command(house.site, ref, { type: 'categorise', category: 'safety', reason: 'smoke' }, ada)
    await house.count(2)
    expect(house.sent.map(({ message }) => (message.data['incident'] as { category: string }).category)).toEqual(['technology', 'safety'])
    expect(house.sent[0]?.message.id).toBe(house.sent[1]?.message.id)
  })

  it('is thin: no caller, no reporter, no words of the report but the title', async () => {
    house = await openPageHouse({ policy: oneLevel, contacts: { ada: plan(['sms']) } })
    await house.work()
    const { ref } = await house.open()
    await house.count(1)
    const { text } = house.sent[0]?.message ?? {}
    expect(text).toMatchObject({ ref, subject: '[P1] Card payments fail', canAcknowledge: true, replyCode: expect.stringMatching(/^[A-Z0-9]{4}$/), link: expect.stringContaining('https://floor.example.org/n/') })
    expect(JSON.stringify(text)).not.toMatch(/Jo of team|496 0000|second floor|declined/)
    // An urgent report that nobody gave a title is called by what happened, in the caller's words: those stay at home.
    await house.open({ title: undefined, category: undefined, callerSafe: false, nature: 'Mary Ellison, 07700 900123, has collapsed' })
    await house.count(2)
    expect(house.sent[1]?.message).toMatchObject({ text: { subject: '[P1] safety' }, data: { incident: { title: 'safety' } } })
    expect(JSON.stringify(house.sent[1]?.message)).not.toMatch(/Ellison|900123|collapsed/)
  })

  it('Netflix/dispatch#3485: resolved and told to stakeholders is one message of each kind to each receiver', async () => {
    house = await openPageHouse({ policy: ladder([]), contacts: {} })
    house.change({ webhooks: { noc: { url: 'https://noc.example.org/', types: ['incident.resolved', 'stakeholder.update'] } } })
    await house.work()
    const { ref } = await house.open()
    await house.incidents.command(house.site, ref, { type: 'update-stakeholders', text: 'Card payments work again', state: 'resolved', audience: 'all' }, ada)
    await house.incidents.command(house.site, ref, { type: 'resolve', code: 'fixed', text: 'Restarted', serviceRestored: true }, ada)
    await house.incidents.command(house.site, ref, { type: 'resolve', code: 'fixed', text: 'Restarted', serviceRestored: true }, ada)
    await house.count(2)
    await house.quiet()
    expect(house.sent.map(({ message }) => message.type).sort()).toEqual(['incident.resolved', 'stakeholder.update'])
  })
})

describe('an update to stakeholders', () => {
  it('is told to the people of the groups it is for, in its own words, with a link that takes nothing; the closing one to everybody who got an earlier one', async () => {
    house = await openPageHouse({ policy: ladder([{ targets: [{ webhook: 'noc' }], waitMs: 3_600_000 }]), contacts: { sam: plan(['sms']), ada: plan(['mail']), administrator: plan(['push']) } })
    house.people({ stakeholders: { board: { people: ['sam'], services: null, categories: null, priorities: ['P1'] }, shop: { people: ['ada', 'sam'], services: ['Payments'], categories: null, priorities: null }, other: { people: ['administrator'], services: ['Voice'], categories: null, priorities: null } } })
    await house.work()
    const { ref } = await house.open()
    const tell = (audience: string, state: 'investigating' | 'resolved', text: string) => house.incidents.command(house.site, ref, { type: 'update-stakeholders', text, state, audience, nextUpdateAt: null }, ada)
    await tell('all', 'investigating', 'Cards are declined; cash works')
    await house.count(2)
    expect(summary().sort()).toEqual(['mail ada', 'sms sam'])
    const { text } = house.sent[0]?.message ?? {}
    expect(text).toMatchObject({ lines: [ref, 'Investigating.', 'Cards are declined; cash works'], link: `https://floor.example.org/status/${house.site}`, canAcknowledge: false, replyCode: null })
    expect(await tell('nobody knows this group', 'investigating', 'Still looking')).toMatchObject({ kind: 'refused', refusal: { code: 'audience_empty', detail: expect.stringContaining('audiences are all, public, board, shop, other') } })
    await tell('board', 'resolved', 'Cards work again')
    await house.count(4)
    await house.quiet()
    expect(house.sent.slice(2).map(({ target, message }) => [target, message.text.lines.at(-1)]).sort()).toEqual([['ada', 'Cards work again'], ['sam', 'Cards work again']])
    expect((await events(ref)).find(({ type }) => type === 'stakeholders-updated')?.data['told']).toEqual(expect.arrayContaining([expect.objectContaining({ id: 'ada' }), expect.objectContaining({ id: 'sam' })]))
  })
})

describe('reminders', () => {
  const prompted = (dueAt: number) => ({ type: 'lease-prompted' as const, at: instantOf(Date.now()), by: systemActor, dueAt: instantOf(dueAt) })
  const updateDue = (dueAt: number) => ({ type: 'clock-warned' as const, at: instantOf(Date.now()), by: systemActor, clock: 'update' as const, name: null, share: 0.9, alsoCrossed: [], dueAt: instantOf(dueAt), people: ['ada'] })

  it('grafana/oncall#5179: two workers and two reasons to remind one person of one incident are one reminder', async () => {
    house = await openPageHouse({ policy: ladder([]), contacts: { ada: plan(['push']) } })
    const { ref } = await house.open()
    await acknowledge(ref)
    await house.happens(ref, () => prompted(Date.now() + 300_000))
    await house.happens(ref, () => updateDue(Date.now() + 60_000))
    await Promise.all([house.work(), house.work()])
    await house.count(1)
    await house.quiet()
    expect(summary()).toEqual(['push ada'])
    const { lines } = house.sent[0]?.message.text ?? { lines: [] }
    expect(lines.filter((line) => line.startsWith('Still on it?'))).toHaveLength(1)
    expect(lines.filter((line) => line.startsWith('The next update'))).toHaveLength(1)
  })

  it('Netflix/dispatch#6131: of an incident that has ended meanwhile are not sent', async () => {
    house = await openPageHouse({ policy: ladder([]), contacts: { ada: plan(['push']) } })
    const { ref } = await house.open()
    await acknowledge(ref)
    await house.happens(ref, () => prompted(Date.now() + 300_000))
    await house.incidents.command(house.site, ref, { type: 'resolve', code: 'fixed', text: 'Restarted', serviceRestored: true }, ada)
    await house.work()
    await house.quiet()
    expect(house.sent).toEqual([])
    expect(await house.steps()).toEqual(['push ada queued cancelled'])
  })
})

describe('a storm', () => {
  it('target/goalert#4508, #4188: of 500 messages to one person holds a P1 up for nobody; what is held can be seen, and is told together', async () => {
    house = await openPageHouse({ policy: oneLevel, contacts: { ada: plan(['push']) }, paceMs: 2_000 })
    const storm = (index: number): Delivery => ({ id: `storm/${index}/person:ada/push/warning`, ref: '', type: 'test.page', channel: 'push', target: 'ada', person: 'ada', then: [], happenedAt: instantOf(Date.now()), notBefore: instantOf(Date.now()), paced: true, level: null, breach: null, fence: null, urgent: false })
    await Promise.all(Array.from({ length: 500 }, (_, index) => house.outbox.queue(house.site, storm(index))))
    await house.work()
    await house.count(1)
    const before = Date.now()
    await house.open()
    const page = await until('the P1', () => house.sent.find(({ message }) => message.text.priority === 'P1'))
    expect(page.at - before).toBeLessThan(1_500)
    expect((await house.steps()).some((line) => line.includes('held'))).toBe(true)
    await until('everything was told', async () => (await house.redis.zCard(house.keys.site(house.site).outboxDue)) === 0, 25_000)
    // 500 messages in bundles of what waited, two seconds apart: never one each.
    expect(house.sent.length).toBeLessThan(20)
    // By Redis TIME of the claims: a busy machine sends them later, and not equally late.
    const storms = (await house.notificationLog.newest(house.site, { below: null, count: 1_000 })).filter(({ delivery }) => delivery.paced)
    const claims = [...new Set(storms.flatMap(({ steps }) => steps.flatMap(({ state, at }) => (state === 'sending' ? [at] : []))))].sort((a, b) => a - b)
    expect(claims.slice(1).every((at, index) => at - (claims[index] ?? 0) >= 2_000)).toBe(true)
  })

  it('is held as the forecast says it will be', async () => {
    house = await openPageHouse({ policy: oneLevel, contacts: {}, paceMs: 60_000 })
    const { redis, keys, site, outbox } = house
    const now = (await outbox.claim(site, 'a', 1)).now
    const people = Array.from({ length: 24 }, (_, index) => ({ person: `p${index}`, last: index === 0 ? null : instantOf(now - index * 4_999) }))
    for (const { person, last } of people) {
      if (last !== null) await redis.hSet(keys.site(site).paced, person, String(last))
      await outbox.queue(site, { id: `one/person:${person}/push/warning`, ref: '', type: 'test.page', channel: 'push', target: person, person, then: [], happenedAt: now, notBefore: now, paced: true, level: null, breach: null, fence: null, urgent: false })
    }
    const pace = await outbox.pace(site, now)
    expect(pace.waiting).toHaveLength(people.length)
    expect([...pace.lastTold.keys()].sort()).toEqual(people.filter(({ last }) => last !== null && now - last < 60_000).map(({ person }) => person).sort())
    const claimed = await outbox.claim(site, 'b', 100)
    for (const { person, last } of people) {
      const until = heldUntil(last, claimed.now)
      expect([person, claimed.rows.some((row) => row.person === person)]).toEqual([person, until === null])
      if (until !== null) expect([person, await redis.zScore(keys.site(site).outboxDue, `one/person:${person}/push/warning`)]).toEqual([person, until])
    }
  })

  it('whose one message brings no receipt is one message again, and one call: never one for each that waited', async () => {
    house = await openPageHouse({ policy: oneLevel, contacts: { ada: plan(['sms', 'voice']) }, paceMs: 300 })
    for (const channel of ['sms', 'voice']) house.answers(channel, () => ({ kind: 'accepted', detail: 'taken', receiptWithinMs: 20 }))
    const waiting = (index: number): Delivery => ({ id: `storm/${index}/person:ada/sms/escalation`, ref: '', type: 'test.page', channel: 'sms', target: 'ada', person: 'ada', then: ['voice'], happenedAt: instantOf(Date.now()), notBefore: instantOf(Date.now()), paced: true, level: null, breach: null, fence: null, urgent: true })
    await Promise.all(Array.from({ length: 8 }, (_, index) => house.outbox.queue(house.site, waiting(index))))
    await house.work()
    await until('every way was tried for each', async () => (await house.outbox.deadCount(house.site)) === 8, 10_000)
    const sent = (channel: string) => house.sent.filter((one) => one.channel === channel).length
    // Three tries of either: the first alone and what waited together, once a pace; one of those may be a pace ahead of the others. Each alone would be 24.
    expect([sent('sms') <= 7, sent('voice') <= 7, sent('voice') > 0]).toEqual([true, true, true])
  })
})
