import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { gatewaySignature } from '../../server/incidents/gateway-signature.ts'
import { connect, type Redis } from '../../server/redis/connect.ts'
import { openCallbackTokens } from '../../server/redis/callback-tokens.ts'
import { openIncidentOutbox } from '../../server/redis/incident-outbox.ts'
import { keysUnder } from '../../server/redis/keys.ts'
import { openReplyCodes } from '../../server/redis/reply-codes.ts'
import { instantOf } from '../../server/domain/time.ts'
import { report } from '../support/incident-house.ts'
import { runServer, type RunningServer } from '../support/running-server.ts'

let server: RunningServer
let redis: Redis
const token = 'secret of the gateway'

beforeAll(async () => {
  server = await runServer()
  redis = await connect({ url: process.env.TEST_REDIS_URL ?? '', name: 'gateway', log: server.log })
  await server.admin('PUT', '/api/v1/sites/north', { name: 'North', timeZone: 'Europe/London' })
  const saved = await server.admin('PUT', '/api/v1/sites/north/settings', { people: { ada: { name: 'Ada Lindqvist', role: 'duty-manager', phone: '+447700900001' }, sam: { name: 'Sam Okafor', role: 'supervisor' } }, channels: { sms: { account: 'AC1', token, from: 'Floorwatch' } }, policies: { default: { ownership: { levels: [{ targets: [{ person: 'ada' }], waitMs: 3_600_000 }, { targets: [{ person: 'sam' }], waitMs: 3_600_000 }] } } } })
  if (saved.status !== 200) throw new Error(saved.text)
})
afterAll(async () => {
  redis.destroy()
  await server.close()
})

/** The gateway calls, signed with its secret over the address that the world knows. */
const call = (path: string, fields: Readonly<Record<string, string>>, secret = token) => {
  const form = new URLSearchParams(fields)
  return server.ask('POST', path, { body: form.toString(), headers: { 'content-type': 'application/x-www-form-urlencoded', 'x-twilio-signature': gatewaySignature(secret, `${server.config.publicUrl}${path}`, form) } })
}
const logged = async () => (await server.admin('POST', '/api/v1/sites/north/incidents', report)).body.ref as string
const state = async (ref: string) => (await server.admin('GET', `/api/v1/sites/north/incidents/${ref}`)).body
const command = (ref: string, body: object) => server.admin('POST', `/api/v1/sites/north/incidents/${ref}/commands`, body)
const codeFor = (ref: string, more: { readonly generation?: number; readonly level?: number; readonly life?: number } = {}) => openReplyCodes({ redis, keys: keysUnder(server.prefix) }).give('north', { delivery: `${ref}/x`, ref, person: 'ada', life: 0, generation: 1, level: 0, ...more })
const reply = async (text: string) => (await call('/n/gateway/replies/north', { From: '+447700900001', Body: text })).text
/** A call that is under way for an incident, as the outbox knows it. */
const ringing = async (ref: string) => {
  const id = `${ref}/ownership/1/1/1/person:ada/voice/escalation`
  const at = instantOf(Date.now())
  await openIncidentOutbox({ redis, keys: keysUnder(server.prefix) }).queue('north', { id, ref, type: 'escalation.fired', channel: 'voice', target: 'ada', person: 'ada', then: [], happenedAt: at, notBefore: at, paced: false, level: null, breach: null, fence: null, urgent: true })
  return { id, token: openCallbackTokens(server.config.sessionSecret).tokenOf('north', id) }
}

describe('a reply to a text message', () => {
  it('takes the incident in the name of whoever the code was sent to', async () => {
    const ref = await logged()
    expect(await reply(` ${(await codeFor(ref)).toLowerCase()} ack `)).toContain(`${ref} is yours.`)
    expect(await state(ref)).toMatchObject({ state: 'acknowledged', owner: { name: 'Ada Lindqvist' } })
  })

  it('to an incident that somebody has says who, and joins', async () => {
    const ref = await logged()
    await command(ref, { type: 'acknowledge' })
    expect(await reply(`${await codeFor(ref)} ACK`)).toContain('Administrator has')
  })

  it('from before a reopening takes nothing', async () => {
    const ref = await logged()
    const code = await codeFor(ref)
    await command(ref, { type: 'resolve', code: 'fixed', text: 'Restarted', serviceRestored: true })
    await command(ref, { type: 'reopen', reason: 'again', take: false })
    expect(await reply(`${code} ACK`)).toContain('was reopened after that message')
    expect(await state(ref)).toMatchObject({ state: 'open', owner: null })
  })

  it('target/goalert#2775: that asks for an escalation which has happened already changes nothing and says why', async () => {
    const ref = await logged()
    const code = await codeFor(ref)
    expect(await reply(`${code} ESC`)).toContain('the next level is told now')
    expect(await state(ref)).toMatchObject({ level: 1 })
    expect(await reply(`${code} ESC`)).toContain('was not escalated: it stands at level 1')
    expect(await state(ref)).toMatchObject({ level: 1 })
  })

  it('counts from the telephone that the code was sent to alone', async () => {
    const ref = await logged()
    const code = await codeFor(ref)
    for (const from of ['+447700900002', '', '0001']) {
      for (const word of ['ACK', 'ESC', 'PLEASE']) expect((await call('/n/gateway/replies/north', { ...(from === '' ? {} : { From: from }), Body: `${code} ${word}` })).text).toContain('That code is not known')
    }
    expect(await state(ref)).toMatchObject({ state: 'open', level: 0, owner: null })
    expect((await call('/n/gateway/replies/north', { From: '07700 900001', Body: `${code} ACK` })).text).toContain(`${ref} is yours.`)
  })

  it('that nobody sent us is refused: unsigned, signed by another, or with a made-up code', async () => {
    const ref = await logged()
    const code = await codeFor(ref)
    expect((await call('/n/gateway/replies/north', { Body: `${code} ACK` }, 'another secret')).status).toBe(403)
    expect((await server.ask('POST', '/n/gateway/replies/north', { body: `Body=${code}+ACK`, headers: { 'content-type': 'application/x-www-form-urlencoded' } })).status).toBe(403)
    expect((await call('/n/gateway/replies/south', { Body: `${code} ACK` })).status).toBe(403)
    expect(await reply('ZZZZ ACK')).toContain('That code is not known')
    expect(await reply(`${code} PLEASE`)).toContain(`Reply &quot;${code} ACK&quot;`)
    expect(await state(ref)).toMatchObject({ state: 'open' })
  })
})

describe('a call', () => {
  it('says how things are when it is answered, and the key 1 takes the incident', async () => {
    const ref = await logged()
    const { token: callback } = await ringing(ref)
    const answered = await call(`/n/gateway/answer/${callback}`, { CallSid: 'CA1' })
    expect(answered.text).toContain('Press 1 to take it')
    expect(answered.text).toContain(`/n/gateway/key/${callback}`)
    expect((await call(`/n/gateway/key/${callback}`, { Digits: '5' })).text).toContain('not the key 1')
    expect(await state(ref)).toMatchObject({ state: 'open' })
    expect((await call(`/n/gateway/key/${callback}`, { Digits: '1' })).text).toContain('is yours')
    expect(await state(ref)).toMatchObject({ state: 'acknowledged', owner: { name: 'Ada Lindqvist' } })
    expect((await call(`/n/gateway/answer/${callback}`, { CallSid: 'CA2' })).text).toContain('has been taken')
  })

  it('taken by a machine, or by nobody, is no success', async () => {
    const ref = await logged()
    const { id, token: callback } = await ringing(ref)
    expect((await call(`/n/gateway/call/${callback}`, { CallStatus: 'completed', AnsweredBy: 'machine_start' })).status).toBe(204)
    const row = await redis.hGet(keysUnder(server.prefix).site('north').outbox, id)
    expect(JSON.parse(String(row))).toMatchObject({ receipt: { state: 'failed', detail: 'the call ended without a key (completed)' } })
    expect(await state(ref)).toMatchObject({ state: 'open' })
    expect((await call(`/n/gateway/call/${callback}x`, { CallStatus: 'completed' })).status).toBe(404)
  })
})
