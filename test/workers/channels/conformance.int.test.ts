import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { createServer as createTls } from 'node:net'
import type { AddressInfo } from 'node:net'
import type { SendOutcome } from '../../../workers/channels/channel.ts'
import { mailReportOf } from '../../../server/incidents/bounce-mail.ts'
import { openCallbackTokens } from '../../../server/redis/callback-tokens.ts'
import { openMailChannel } from '../../../workers/channels/mail.ts'
import { aMessage } from '../../support/a-message.ts'
import { channelSettings, httpAdapters, publicUrl } from '../../support/channel-adapters.ts'
import { openHttpFake, type FakeAnswer, type HttpFake } from '../../support/http-fake.ts'
import { until } from '../../support/until.ts'
import { openSmtpSink, type SmtpSink } from '../../support/smtp-sink.ts'
import { defaultSettings } from '../../../server/contract/settings.ts'

/** RELIABILITY F27 and B59, INCIDENTS 2.9: what every way to somebody keeps, whatever its receiver does. */

const timed = async (work: Promise<SendOutcome>) => {
  const began = performance.now()
  const outcome = await work
  return { outcome, ms: performance.now() - began }
}
const drip: FakeAnswer = (response) => {
  response.writeHead(200)
  const timer = setInterval(() => response.write(' '), 1_000)
  response.write('o')
  response.on('close', () => clearInterval(timer))
}
const flood: FakeAnswer = (response) => {
  response.writeHead(200)
  const more = () => {
    while (!response.destroyed) if (!response.write(Buffer.alloc(65_536, 'o'))) return void response.once('drain', more)
  }
  more()
}
const secrets = /secret|whsec_|\+4477009|ada@|hooks|127\.0\.0\.1:\d+\/push/i

describe.each(httpAdapters)('the channel $name', ({ target, yes, open, idOf, name }) => {
  let fake: HttpFake
  beforeEach(async () => {
    fake = await openHttpFake(yes)
  })
  afterEach(() => fake.close())

  it('says accepted once the receiver took it, and sends one message for one', async () => {
    expect(await open(fake.url).send('north', target, aMessage())).toMatchObject({ kind: 'accepted' })
    expect(fake.requests).toHaveLength(1)
  })

  it('sends the same id on every try of one message', async () => {
    const channel = open(fake.url)
    fake.answer((response) => response.writeHead(500).end())
    await channel.send('north', target, aMessage())
    fake.answer(yes)
    await channel.send('north', target, aMessage({ attempts: 1 }))
    const [first, again] = fake.requests.map(idOf)
    expect(first).toMatch(/.{4,}/)
    expect(again).toBe(first)
  })

  it.each([
    [500, {}, 'failed', null],
    [503, { 'retry-after': '7' }, 'failed', 7_000],
    [429, { 'retry-after': '3' }, 'failed', 3_000],
  ])('answered %i may try again', async (status, headers, kind, afterMs) => {
    fake.answer((response) => response.writeHead(status, headers).end())
    expect(await open(fake.url).send('north', target, aMessage())).toMatchObject({ kind, afterMs })
  })

  it('asks whether it is still due when the connection stands, and then says nothing more', async () => {
    const connected: number[] = []
    fake.connected(() => connected.push(0))
    const outcome = await open(fake.url).send('north', target, aMessage(), async () => (await until('a connection', () => connected.length > 0 || null), false))
    expect(outcome).toMatchObject({ kind: 'withdrawn' })
    expect(fake.requests).toHaveLength(0)
    expect(await open(fake.url).send('north', target, aMessage(), async () => true)).toMatchObject({ kind: 'accepted' })
    expect(fake.requests).toHaveLength(1)
  })

  it('does not wait for a look longer than for its receiver', async () => {
    const { outcome, ms } = await timed(open(fake.url, { timeoutMs: 300 }).send('north', target, aMessage(), () => new Promise(() => undefined)))
    expect(outcome).toMatchObject({ kind: 'failed' })
    expect(ms).toBeLessThan(3_000)
  })

  it('follows no redirect', async () => {
    fake.answer((response) => response.writeHead(302, { location: `${fake.url}/elsewhere` }).end())
    const outcome = await open(fake.url).send('north', target, aMessage())
    expect(['failed', 'refused']).toContain(outcome.kind)
    expect(fake.requests).toHaveLength(1)
  })

  it('gives up a receiver that hangs, and claims nothing', async () => {
    fake.answer(() => undefined)
    const { outcome, ms } = await timed(open(fake.url, { timeoutMs: 300 }).send('north', target, aMessage()))
    expect(['failed', 'unknown']).toContain(outcome.kind)
    expect(ms).toBeLessThan(3_000)
  })

  it.each([['a byte a second', drip], ['ten megabytes and more', flood]] as const)('is not held up by an answer of %s', async (_what, answer) => {
    fake.answer(answer)
    const { outcome, ms } = await timed(open(fake.url, { timeoutMs: 2_000 }).send('north', target, aMessage()))
    expect(['accepted', 'unknown', 'refused', 'failed']).toContain(outcome.kind)
    expect(ms).toBeLessThan(4_000)
  })

  it('may try again when the connection breaks, the name is dead or TLS fails', async () => {
    fake.answer((response) => response.destroy())
    expect(['failed', 'unknown']).toContain((await open(fake.url).send('north', target, aMessage())).kind)
    const dead = open('https://gone.example.org', { resolve: async () => { throw new Error('ENOTFOUND') } })
    expect(await dead.send('north', target, aMessage())).toMatchObject({ kind: 'failed' })
    const plain = createTls((socket) => socket.end('not TLS'))
    await new Promise<void>((resolve) => plain.listen(0, '127.0.0.1', resolve))
    const tls = await open(`https://127.0.0.1:${(plain.address() as AddressInfo).port}`).send('north', target, aMessage())
    expect(['failed', 'unknown']).toContain(tls.kind)
    plain.close()
  })

  it('reaches nothing inside the house unless OUTBOUND_ALLOW names it', async () => {
    const inward = open('https://inward.example.org', { allow: [], resolve: async () => ['127.0.0.1'] })
    expect(await inward.send('north', target, aMessage())).toMatchObject({ kind: 'refused' })
    expect(fake.requests).toHaveLength(0)
  })

  it('refuses, and tries no more, once the settings know the receiver no more', async () => {
    if (name === 'push') return
    expect(await open(fake.url).send('north', 'constructor', aMessage())).toMatchObject({ kind: 'refused' })
    expect(fake.requests).toHaveLength(0)
  })

  it('ends its tries', () => {
    const { retryAfter } = open(fake.url)
    const waits = Array.from({ length: 50 }, (_, index) => retryAfter(index + 1))
    expect(waits.findIndex((wait) => wait === null)).toBeGreaterThanOrEqual(0)
    expect(waits.slice(waits.findIndex((wait) => wait === null)).every((wait) => wait === null)).toBe(true)
  })

  it('tells the log no secret and no address', async () => {
    fake.answer((response) => response.writeHead(400).end('you sent secret to ada@example.org'))
    const { detail } = await open(fake.url).send('north', target, aMessage())
    expect(detail).not.toMatch(secrets)
  })
})

describe('the channel mail', () => {
  let sink: SmtpSink
  beforeEach(async () => {
    sink = await openSmtpSink()
  })
  afterEach(async () => {
    await sink.close()
    expect(sink.faults).toEqual([])
  })
  const callbacks = openCallbackTokens('secret of the callbacks in tests')
  const open = (smtpUrl = sink.url, timeoutMs = 2_000) =>
    openMailChannel({ settings: channelSettings({ ...defaultSettings, people: { ada: { name: 'Ada', email: { set: true } } } }, { 'people.ada.email': 'ada@example.org' }), smtpUrl, mailFrom: 'Floorwatch <floor@example.org>', publicUrl, callbacks, timeoutMs, random: () => 0 })
  const send = (channel = open(), message = aMessage()) => channel.send('north', 'ada', message)

  it('sends one calm mail as text and HTML, with the link, List-Unsubscribe and an id of its own', async () => {
    expect(await send()).toMatchObject({ kind: 'accepted' })
    const [mail] = sink.mails
    expect(sink.mails).toHaveLength(1)
    expect([mail?.from, mail?.to]).toEqual(['floor@example.org', ['ada@example.org']])
    expect(mail?.header('Subject')).toBe('[P1] Card payments fail')
    expect(mail?.header('Message-ID')).toBe('<msg_V1StGXR8Z5jdHi6BmyT@floor.example.org>')
    expect(mail?.header('List-Unsubscribe')).toContain('<mailto:floor@example.org?subject=unsubscribe>')
    expect(mail?.header('Auto-Submitted')).toBe('auto-generated')
    // What comes back holds these headers, however long the name is: it tells which delivery it was.
    const returned = mailReportOf(`Action: failed\r\nStatus: 5.1.1\r\n\r\n${mail?.raw ?? ''}`)
    expect(callbacks.read(returned?.token ?? '')).toEqual({ site: 'north', delivery: aMessage().delivery })
    expect(mail?.header('References')).toBe('<inc-2026-000123.north@floor.example.org>')
    for (const type of ['text/plain', 'text/html'] as const) {
      expect(mail?.part(type)).toContain('https://floor.example.org/n/token')
      expect(mail?.part(type)).toContain('Next: duty-manager at 22:48 if nobody takes it.')
    }
  })

  it('cannot be made to carry other headers or markup by a title', async () => {
    await send(open(), aMessage({ text: { subject: '[P1] <b>x</b>\r\nBcc: all@example.org', lines: ['<script>alert(1)</script>'] } }))
    const [mail] = sink.mails
    expect(mail?.to).toEqual(['ada@example.org'])
    expect(mail?.header('Bcc')).toBeNull()
    expect(mail?.part('text/html')).not.toContain('<script>')
    expect(mail?.part('text/html')).not.toContain('<b>')
  })

  it('sends the same Message-ID on every try', async () => {
    const channel = open()
    sink.answerOnce('message', '451 later')
    expect(await send(channel)).toMatchObject({ kind: 'failed', detail: 'the mail server answered 451' })
    expect(await send(channel)).toMatchObject({ kind: 'accepted' })
    expect(sink.mails.map((mail) => mail.header('Message-ID'))).toEqual(['<msg_V1StGXR8Z5jdHi6BmyT@floor.example.org>'])
  })

  it.each([
    ['greeting', '421 busy', 'failed'],
    ['MAIL', '451 try later', 'failed'],
    ['RCPT', '450 greylisted', 'failed'],
    ['RCPT', '550 no such user', 'refused'],
    ['message', '554 spam', 'refused'],
  ] as const)('answered at %s with "%s" has %s', async (stage, answer, kind) => {
    sink.answerOnce(stage, answer)
    const outcome = await send()
    expect(outcome).toMatchObject({ kind })
    expect(outcome.detail).not.toContain('ada@')
    expect(sink.mails).toHaveLength(0)
  })

  it('tells a hang before the mail from one after it', async () => {
    sink.answerOnce('RCPT', null)
    expect(await send(open(sink.url, 400))).toMatchObject({ kind: 'failed' })
    sink.answerOnce('message', null)
    expect(await send(open(sink.url, 400))).toMatchObject({ kind: 'unknown' })
  })

  it('asks whether it is still due once the server takes it, and then sends nothing', async () => {
    let asked = 0
    const ask = (due: boolean) => async () => ((asked += 1), due)
    sink.answerOnce('RCPT', '450 greylisted')
    expect(await open().send('north', 'ada', aMessage(), ask(true))).toMatchObject({ kind: 'failed' })
    expect(asked).toBe(0)
    expect(await open().send('north', 'ada', aMessage(), ask(false))).toMatchObject({ kind: 'withdrawn' })
    expect([asked, sink.mails.length]).toEqual([1, 0])
    expect(await open().send('north', 'ada', aMessage(), ask(true))).toMatchObject({ kind: 'accepted' })
    expect([asked, sink.mails.length]).toEqual([2, 1])
  })

  it('may try again when nobody listens or the name is dead', async () => {
    expect(await send(open('smtp://127.0.0.1:9'))).toMatchObject({ kind: 'failed' })
    expect(await send(open('smtp://mail.invalid'))).toMatchObject({ kind: 'failed' })
  })

  it('tries five times within half an hour', () => {
    const { retryAfter } = open()
    const waits = [1, 2, 3, 4, 5].map(retryAfter)
    expect(waits.at(-1)).toBeNull()
    expect(waits.slice(0, 4).reduce<number>((sum, wait) => sum + (wait ?? 0), 0)).toBe(30 * 60_000)
  })

  it('refuses a person without an address', async () => {
    expect(await open().send('north', 'sam', aMessage())).toMatchObject({ kind: 'refused' })
    expect(sink.mails).toHaveLength(0)
  })
})
