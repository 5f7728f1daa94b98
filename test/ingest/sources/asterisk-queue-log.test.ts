import { describe, expect, it } from '@jest/globals'
import type { CanonicalEvent } from '../../../server/contract/events.ts'
import { checkEvent } from '../../../server/ingest/check-event.ts'
import { openQueueLog, type LineResult, type QueueLogReader } from '../../../server/ingest/sources/asterisk-queue-log.ts'
import { instantOf } from '../../../server/domain/time.ts'
import { dataSet, sample } from '../../support/recorded-data.ts'

const reader = (acw: 'none' | `pause:${string}` = 'none'): QueueLogReader => openQueueLog({ source: 'log', acw })
const eventsOf = (result: LineResult): readonly CanonicalEvent[] => (result.kind === 'events' ? result.events : [])
const readAll = (text: string, from: QueueLogReader = reader()): CanonicalEvent[] => text.split('\n').filter((line) => line !== '').flatMap((line) => [...eventsOf(from.read(line))])
const read = (lines: readonly string[], from?: QueueLogReader) => readAll(lines.join('\n'), from)
const of = <T extends CanonicalEvent['type']>(events: readonly CanonicalEvent[], type: T) => events.filter((event): event is Extract<CanonicalEvent, { type: T }> => event.type === type)
const types = (events: readonly CanonicalEvent[]) => events.map((event) => event.type)

interface Figures {
  readonly offered: number; readonly answered: number; readonly abandoned: number; readonly exited: number; readonly transferred: number
  readonly ended_by_agent: number; readonly ended_by_caller: number; readonly answered_within_T: number; readonly abandoned_within_T: number
  readonly abandoned_short: number; readonly asa: number; readonly max_wait: number; readonly handled: number; readonly talk_total: number
}
interface Expected {
  readonly event_counts: Readonly<Record<string, number>>
  readonly total: Figures
  readonly per_queue: Readonly<Record<string, Figures>>
  readonly per_agent: Readonly<Record<string, { readonly answered: number; readonly talk_total: number; readonly ring_no_answer: number; readonly ring_no_answer_ms: number }>>
}

/** Sums over the events alone, without the product's fold: what the adapter says must already add up. */
const figuresOf = (events: readonly CanonicalEvent[], queue?: string): Figures => {
  const mine = events.filter((event) => queue === undefined || ('queueId' in event && event.queueId === queue))
  const answered = of(mine, 'contact.answered')
  const abandoned = of(mine, 'contact.abandoned')
  const ended = of(mine, 'contact.ended')
  const transferred = new Set(of(mine, 'contact.transferred').map((event) => event.legId))
  const wait = (event: { waitMs?: number | null | undefined }) => (event.waitMs ?? Number.NaN) / 1000
  const exits = of(mine, 'contact.left_queue')
  return {
    offered: new Set(of(mine, 'contact.queued').map((event) => event.legId)).size,
    answered: answered.length,
    abandoned: abandoned.length,
    exited: exits.length,
    transferred: transferred.size,
    ended_by_agent: ended.filter((event) => event.by === 'agent' && !transferred.has(event.legId)).length,
    ended_by_caller: ended.filter((event) => event.by === 'customer').length,
    answered_within_T: answered.filter((event) => wait(event) <= 20).length,
    abandoned_within_T: abandoned.filter((event) => wait(event) <= 20).length,
    abandoned_short: abandoned.filter((event) => wait(event) <= 5).length,
    asa: Number((answered.reduce((sum, event) => sum + wait(event), 0) / answered.length).toFixed(4)),
    max_wait: Math.max(...[...answered, ...abandoned, ...exits].map(wait)),
    handled: ended.length,
    talk_total: ended.reduce((sum, event) => sum + (event.talkMs ?? Number.NaN) / 1000, 0),
  }
}

const expectFigures = (text: string, expected: Expected, nameOf: (agentId: string) => string) => {
  const lines = text.split('\n').filter((line) => line !== '')
  const counts: Record<string, number> = {}
  for (const line of lines) counts[line.split('|')[4] ?? ''] = (counts[line.split('|')[4] ?? ''] ?? 0) + 1
  expect(counts).toEqual(expected.event_counts)
  const events = readAll(text)
  expect(figuresOf(events)).toEqual(expect.objectContaining({ ...pick(expected.total) }))
  for (const [queue, figures] of Object.entries(expected.per_queue)) expect({ queue, ...figuresOf(events, queue) }).toEqual({ queue, ...pick(figures) })
  for (const [agent, figures] of Object.entries(expected.per_agent)) {
    const mine = events.filter((event) => 'agentId' in event && typeof event.agentId === 'string' && nameOf(event.agentId) === agent)
    const misses = of(mine, 'contact.offer_missed').filter((event) => event.reason === 'no_answer')
    expect({ agent, answered: of(mine, 'contact.answered').length, talk_total: of(mine, 'contact.ended').reduce((sum, event) => sum + (event.talkMs ?? 0) / 1000, 0), ring_no_answer: misses.length, ring_no_answer_ms: misses.reduce((sum, event) => sum + (event.ringMs ?? 0), 0) }).toEqual({
      agent, answered: figures.answered, talk_total: figures.talk_total, ring_no_answer: figures.ring_no_answer, ring_no_answer_ms: figures.ring_no_answer_ms,
    })
  }
}
const pick = (figures: Figures): Figures => ({
  offered: figures.offered, answered: figures.answered, abandoned: figures.abandoned, exited: figures.exited, transferred: figures.transferred, ended_by_agent: figures.ended_by_agent,
  ended_by_caller: figures.ended_by_caller, answered_within_T: figures.answered_within_T, abandoned_within_T: figures.abandoned_within_T, abandoned_short: figures.abandoned_short,
  asa: figures.asa, max_wait: figures.max_wait, handled: figures.handled, talk_total: figures.talk_total,
})

describe('queue_log of recorded floors', () => {
  it('tells the calls, waits and talks of the recorded Asterisk floor, per queue and agent', () => {
    expectFigures(sample('queue_log'), JSON.parse(sample('expected.json')) as Expected, (agent) => agent)
  })

  const pbxware = dataSet('queue_log_pbxware')
  ;(pbxware.present ? it : it.skip)('tells those of a real PBXware centre, with vendor lines ignored', () => {
    expectFigures(pbxware.text('queue_log'), pbxware.json('expected.json') as Expected, (agent) => `Agent/${agent}`)
  })

  it('makes only events that pass the door', () => {
    for (const event of readAll(sample('queue_log'))) {
      expect(checkEvent(event, instantOf(Date.parse('2026-11-22T01:00:00Z')), 'live')).toMatchObject({ ok: true, unknownFields: 0 })
    }
  })

  it('gives every line of a second reading the same ids and bodies', () => {
    expect(readAll(sample('queue_log'))).toEqual(readAll(sample('queue_log')))
    const ids = readAll(sample('queue_log')).map((event) => event.id)
    expect(new Set(ids).size).toBe(ids.length)
  })

  it('goes on from a saved state as if it had never stopped', () => {
    const lines = sample('queue_log').split('\n').filter((line) => line !== '')
    const whole = readAll(sample('queue_log'), reader('pause:ACW'))
    for (const cut of [1, 57, 300, 777]) {
      const first = reader('pause:ACW')
      const before = read(lines.slice(0, cut), first)
      const second = openQueueLog({ source: 'log', acw: 'pause:ACW' }, JSON.parse(JSON.stringify(first.save())))
      expect([...before, ...read(lines.slice(cut), second)]).toEqual(whole)
    }
  })
})

describe('queue_log lines', () => {
  it('counts identical lines of one second apart, and a re-read of both as the same two', () => {
    const lines = ['1795307811|NONE|sales|Agent Four|ADDMEMBER|', '1795307811|NONE|sales|Agent Four|ADDMEMBER|']
    const first = read(lines)
    expect(of(first, 'agent.queue_joined')).toHaveLength(2)
    expect(first[0]?.id).not.toBe(first.at(-1)?.id)
    expect(read(lines)).toEqual(first)
  })

  it('books hold and talk of an attended transfer, one field later for LINK and packed for a table', () => {
    const prefix = '1795307800|1795307700.1|support|Agent/2|'
    for (const [line, talk] of [
      [`${prefix}ATTENDEDTRANSFER|BRIDGE|foobar|4|10|1`, 10_000],
      [`${prefix}ATTENDEDTRANSFER|LINK|SIP/a-1|SIP/b-2|4|10|1`, 10_000],
      [`${prefix}ATTENDEDTRANSFER|||6|30|1`, 30_000],
      [`${prefix}BLINDTRANSFER|1001|default|4|10`, 10_000],
    ] as const) {
      const events = read([line])
      expect(types(events)).toEqual(['contact.transferred', 'contact.ended'])
      expect(of(events, 'contact.ended')[0]).toMatchObject({ agentId: '2', talkMs: talk, by: 'agent' })
    }
  })

  it('numbers the visits of a call that time-outs and transfers lead from queue to queue', () => {
    const events = read([
      '1795307800|1795307800.1|support|NONE|ENTERQUEUE||anonymous|1',
      '1795307825|1795307800.1|support|NONE|EXITWITHTIMEOUT|1|1|25',
      '1795307826|1795307800.1|sales|NONE|ENTERQUEUE||anonymous|1',
      '1795307830|1795307800.1|sales|Agent/1|CONNECT|4|1795307826.2|3',
      '1795307850|1795307800.1|support|Agent/1|COMPLETECALLER|4|20|1',
    ])
    expect(events.map((event) => ('legId' in event ? `${event.type} ${event.legId} ${event.queueId}` : event.type))).toEqual([
      'contact.queued 1795307800.1#1 support',
      'contact.left_queue 1795307800.1#1 support',
      'contact.queued 1795307800.1#2 sales',
      'contact.answered 1795307800.1#2 sales',
      'contact.ended 1795307800.1#2 sales',
    ])
  })

  it('finds the visits of lines that it reads again, without opening new ones', () => {
    const lines = [
      '1795307800|1795307800.1|support|NONE|ENTERQUEUE||anonymous|1',
      '1795307825|1795307800.1|support|NONE|EXITWITHTIMEOUT|1|1|25',
      '1795307826|1795307800.1|sales|NONE|ENTERQUEUE||anonymous|1',
      '1795307830|1795307800.1|sales|Agent/1|CONNECT|4|1795307826.2|3',
    ]
    const from = reader()
    const first = read(lines, from)
    const fresh = openQueueLog({ source: 'log', acw: 'none' }, { ...from.save(), lineIds: [] })
    expect(read(lines, fresh)).toEqual(first)
    expect(of(read(['1795307850|1795307800.1|sales|Agent/1|COMPLETECALLER|4|20|1'], fresh), 'contact.ended')[0]?.legId).toBe('1795307800.1#2')
  })

  it('joins rows that a table gives back in the wrong order', () => {
    const events = read(['1795307810|c-1|q|NONE|ABANDON|1|1|10', '1795307800|c-1|q|NONE|ENTERQUEUE|||1', '1795307700|c-2|q|Agent/1|CONNECT|1|x|1', '1795307701|c-2|q|NONE|ENTERQUEUE|||1'])
    expect(events.map((event) => ('legId' in event ? event.legId : null))).toEqual(['c-1#1', 'c-1#1', 'c-2#1', 'c-2#2'])
  })

  it('knows one agent by all their names', () => {
    const events = read(['1795307800|NONE|IT|Local/1127@callback-agent|ADDMEMBER|', '1795307801|NONE|NONE|Agent/1127|AGENTCALLBACKLOGIN|x', '1795307802|c|IT|PJSIP/1127|CONNECT|1|x|1', '1795307803|c|IT|Local/1127@callback-agent/n|COMPLETEAGENT|1|1|1'])
    expect(new Set(events.map((event) => ('agentId' in event ? event.agentId : null)))).toEqual(new Set(['1127']))
  })

  it('does not restart a pause that is told twice, nor end one that is not there', () => {
    const events = read([
      '1795307800|NONE|NONE|Agent/1|AGENTLOGIN|',
      '1795307801|NONE|NONE|Agent/1|UNPAUSEALL|',
      '1795307810|NONE|NONE|Agent/1|PAUSEALL|Lunch',
      '1795307811|NONE|NONE|Agent/1|PAUSEALL|Lunch',
      '1795307812|NONE|NONE|Agent/1|PAUSEALL|Training',
      '1795307820|NONE|NONE|Agent/1|UNPAUSEALL|',
      '1795307821|NONE|NONE|Agent/1|UNPAUSEALL|',
    ])
    expect(of(events, 'agent.state').map((event) => `${event.occurredAt.slice(17, 19)} ${event.state} ${event.reason ?? ''}`.trim())).toEqual(['40 available', '50 paused Lunch', '52 paused Training', '00 available'])
  })

  it('is paused only when paused in every queue known', () => {
    const events = read([
      '1795307800|NONE|a|Agent/1|ADDMEMBER|',
      '1795307800|NONE|b|Agent/1|ADDMEMBER|',
      '1795307810|NONE|a|Agent/1|PAUSE|x',
      '1795307811|NONE|b|Agent/1|PAUSE|x',
      '1795307812|NONE|a|Agent/1|UNPAUSE|',
    ])
    expect(of(events, 'agent.state').map((event) => [event.occurredAt.slice(17, 19), event.state])).toEqual([['40', 'available'], ['51', 'paused'], ['52', 'available']])
  })

  it('takes the login from a logoff that has none', () => {
    const events = read(['1795307800|NONE|NONE|Agent/5|AGENTCALLBACKLOGOFF|1003@default|300|CommandLogoff'])
    expect(of(events, 'agent.state').map((event) => [event.occurredAt, event.state])).toEqual([['2026-11-22T00:31:40.000Z', 'available'], ['2026-11-22T00:36:40.000Z', 'offline']])
  })

  it('takes a pause with the wrap-up reason as after-call work of the last contact', () => {
    const events = read(
      ['1795307800|c|q|Agent/1|COMPLETEAGENT|4|20|1', '1795307800|NONE|NONE|Agent/1|PAUSEALL|acw', '1795307827|NONE|NONE|Agent/1|UNPAUSEALL|', '1795307830|c2|q|Agent/1|COMPLETEAGENT|4|20|1', '1795307850|c3|q|Agent/1|CONNECT|4|x|1'],
      reader('pause:ACW'),
    )
    expect(of(events, 'agent.state').map((event) => event.state)).toEqual(['wrapup', 'available'])
    expect(of(events, 'contact.wrapped').map((event) => [event.contactId, event.acwMs, event.occurredAt])).toEqual([['c', 27_000, '2026-11-22T00:37:07.000Z'], ['c2', 0, '2026-11-22T00:37:10.000Z']])
  })

  it('ends an announced wrap-up by itself', () => {
    const events = read(['1795307800|c|q|Agent/11|COMPLETEAGENT|4|20|1', '1795307800|c|q|Agent/11|WRAPUPSTART|15', '1795307900|NONE|NONE|NONE|CONFIGRELOAD|'])
    expect(of(events, 'agent.state').map((event) => [event.state, event.occurredAt, event.plannedEndAt])).toEqual([['wrapup', '2026-11-22T00:36:40.000Z', '2026-11-22T00:36:55.000Z'], ['available', '2026-11-22T00:36:55.000Z', undefined]])
    expect(of(events, 'contact.wrapped')).toMatchObject([{ contactId: 'c', acwMs: 15_000 }])
  })

  it('ends an announced wrap-up by the clock on a quiet floor, and says the same once more when a line comes', () => {
    const one = reader()
    read(['1700001000|c1|q|NONE|ENTERQUEUE||1', '1700001001|c1|q|Agent/1|CONNECT|1', '1700001010|c1|q|Agent/1|COMPLETEAGENT|1|9|1', '1700001010|NONE|NONE|Agent/1|WRAPUPSTART|15'], one)
    const saved = JSON.parse(JSON.stringify(one.save())) as ReturnType<typeof one.save>
    expect(one.tick(1_700_001_024)).toEqual([])
    const told = one.tick(1_700_001_026)
    expect(told).toMatchObject([{ type: 'contact.wrapped', contactId: 'c1', acwMs: 15_000 }, { type: 'agent.state', state: 'available', occurredAt: '2023-11-14T22:30:25.000Z' }])
    expect(one.tick(1_700_001_100)).toEqual([])
    expect(read(['1700001200|NONE|NONE|Agent/1|UNPAUSEALL|'], openQueueLog({ source: 'log', acw: 'none' }, saved))).toEqual(told)
  })

  it('does not bring back who has logged off, when the pause they left with is ended', () => {
    expect(of(read(['1700001000|NONE|NONE|Agent/3|AGENTCALLBACKLOGIN|1001@x', '1700001900|NONE|NONE|Agent/3|AGENTCALLBACKLOGOFF|1001@x|900|CommandLogoff', '1700001901|NONE|NONE|Agent/3|UNPAUSEALL|', '1700001902|NONE|q|Agent/3|PAUSE|Lunch', '1700002000|NONE|NONE|Agent/3|AGENTCALLBACKLOGIN|1001@x']), 'agent.state').map(({ state }) => state)).toEqual(['available', 'offline', 'available'])
  })

  it('tells a restart of the PBX, refusals without a visit, and nothing of vendor lines', () => {
    const events = read(['1795307757|NONE|NONE|NONE|QUEUESTART|', '1795307758|c|q|NONE|JOINEMPTY|', '1795307759|c|q|NONE|DIVERT_CA_RATIO|', '1795307760|c|NONE|Agent/1|OUTDIAL|881142', '1795307761|c|q|NONE|SOMETHINGNEW|1|2', '1795307762|c|q|NONE|ENTERQUEUE||x|1'])
    expect(types(events)).toEqual(['source.reset', 'contact.refused', 'contact.refused', 'contact.queued'])
    expect(of(events, 'contact.queued')[0]?.legId).toBe('c#1')
  })

  it('rejects what is not a line and says why', () => {
    for (const line of ['', 'hello', 'x|1|q|NONE|ENTERQUEUE', '1795307800|c|q|NONE|enter queue|', `1795307800|c|q|NONE|ENTERQUEUE|${'x'.repeat(70_000)}`]) {
      const result = reader().read(line)
      expect(result.kind === 'rejected' && result.detail).toMatch(/field|characters/)
    }
  })
})
