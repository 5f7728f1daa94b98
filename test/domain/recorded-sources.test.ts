import { describe, expect, it } from '@jest/globals'
import type { Floor } from '../../server/domain/floor.ts'
import type { IntervalFigures } from '../../server/domain/queue-figures.ts'
import type { LogEntry } from '../../server/domain/log-entry.ts'
import { createFloor } from '../../server/domain/project-floor.ts'
import { HOUR, instantOf } from '../../server/domain/time.ts'
import type { CanonicalEvent } from '../../server/contract/events.ts'
import { openAmiFrames, type AmiFrame } from '../../server/ingest/sources/ami-frames.ts'
import { openAmi } from '../../server/ingest/sources/asterisk-ami.ts'
import { openQueueLog } from '../../server/ingest/sources/asterisk-queue-log.ts'
import { entryOf, fact, tickAt, utcSettings } from '../support/fact-builders.ts'
import { openFacts } from '../support/facts-of.ts'
import { dataSet, sample } from '../support/recorded-data.ts'
import { freshSeed, seeded } from '../support/seeded.ts'

const source = (platform: string) => ({ platform, acw: 'none', expectedEveryMs: null, agentHeartbeatMs: null })
const asterisk = () => utcSettings({}, { sources: { log: source('asterisk-queue-log'), pbx: source('asterisk-ami') } })
const S = 1_000

interface Shown {
  readonly waiting: number
  readonly inProgress: number
}
const shown = (floor: Floor, queue: string): Shown => ({ waiting: floor.queue(queue)?.waiting ?? 0, inProgress: floor.queue(queue)?.inProgress ?? 0 })

/** The line of the queue_log that tells the same as a frame. */
const lineKind: Readonly<Record<string, readonly string[]>> = {
  QueueCallerJoin: ['ENTERQUEUE'],
  QueueCallerAbandon: ['ABANDON', 'EXITWITHTIMEOUT'],
  AgentConnect: ['CONNECT'],
  AgentRingNoAnswer: ['RINGNOANSWER'],
  AgentComplete: ['COMPLETEAGENT', 'COMPLETECALLER'],
}

const fileLines = (): readonly { readonly epoch: number; readonly callId: string; readonly kind: string; readonly queue: string; readonly member: string; readonly text: string }[] => {
  const lines = sample('queue_log').split('\n').filter((line) => line !== '').map((text) => ({ epoch: Number(text.split('|')[0]), callId: text.split('|')[1], kind: text.split('|')[4], queue: text.split('|')[2], member: text.split('|')[3], text }))
  return lines.slice(lines.map((line) => line.kind).lastIndexOf('QUEUESTART'))
}

/** Frames with the second of the line that tells the same; frames between take the time of the one before. */
const timedFrames = (): readonly { readonly at: number; readonly frame: AmiFrame; readonly line: string | null }[] => {
  const left = [...fileLines()]
  let at = (left[0]?.epoch ?? 0) * S
  return openAmiFrames().push(Buffer.from(sample('ami_wire.txt'))).map((frame) => {
    const kinds = lineKind[frame.get('Event')]
    const found = kinds === undefined ? -1 : left.findIndex((line) => kinds.includes(line.kind) && line.queue === frame.get('Queue') && (frame.get('Uniqueid') === '' ? line.member === frame.get('MemberName') : line.callId === frame.get('Uniqueid')))
    const [line] = found < 0 ? [] : left.splice(found, 1)
    if (line !== undefined) at = Math.max(at, line.epoch * S)
    return { at, frame, line: line?.text ?? null }
  })
}

const queues = ['billing', 'sales', 'support'] as const

/** AMI is not heard from one instant to another; what waits after it is told by a snapshot, as a connection does that is there again. */
const cutFloor = (from: number, to: number) => {
  const [ami, facts] = [openAmi({ source: 'pbx', acw: 'none' }), openFacts()]
  const floor = createFloor('cut', asterisk())
  const whole = createFloor('whole', asterisk())
  const status = (connected: boolean, at: number): LogEntry => ({ kind: 'source', status: { source: 'pbx', platform: 'asterisk-ami', connected, beatMs: 5_000, lastAliveAt: instantOf(Math.min(at, from)), detail: null }, id: `${at}-7`, at: instantOf(at) })
  let lost = 0
  let back = false
  for (const { at, frame } of timedFrames()) {
    const told = facts.of([...ami.frame(frame, at), ...ami.tick(at + 3 * S)])
    whole.apply(entryOf(at, told))
    if (at >= from && lost === 0) {
      floor.apply(status(true, from - 1))
      floor.apply(status(false, from))
    }
    if (at >= from && at < to) {
      lost += told.length
      continue
    }
    if (at >= to && !back) {
      back = true
      const waiting = whole.contacts({ from: instantOf(0), to: instantOf(at) }).filter(({ outcome }) => outcome === 'pending')
      floor.apply(status(true, to))
      floor.apply(entryOf(to, [fact('source.snapshot', to, { source: 'pbx', queues: [...queues], waiting: waiting.map(({ contactId, queue, queuedAt }) => ({ contactId, queueId: queue, enqueuedAt: queuedAt, position: null })), agents: [] })]))
    }
    floor.apply(entryOf(at, told))
  }
  return { floor, whole, facts, lost }
}
const figuresOf = (rows: readonly IntervalFigures[]) => rows.map(({ queue, basis, from, offered, answered, abandoned, flowedOut, systemEnded, answeredInTarget, handled, waitMsTotal, talkMsTotal, pending }) => [queue, basis, from, { offered, answered, gone: abandoned + flowedOut, systemEnded, answeredInTarget, handled, waitMsTotal, talkMsTotal, pending }])

describe('a gap of AMI', () => {
  it('wherever it lies, is repaired by the queue_log of the same calls: its intervals are complete, and revised where something was missing', () => {
    const random = seeded(freshSeed())
    process.stdout.write(`seed ${random.seed}\n`)
    const lines = fileLines()
    const [first, last] = [(lines[0]?.epoch ?? 0) * S, (lines.at(-1)?.epoch ?? 0) * S]
    for (let cut = 0; cut < Number(process.env['GAP_CUTS'] ?? 2); cut += 1) {
      const from = random.int(first + 10 * S, last - 120 * S)
      const to = random.int(from + 20 * S, last - 30 * S)
      const { floor, whole, facts, lost } = cutFloor(from, to)
      const end = last + HOUR
      for (const one of [floor, whole]) one.apply(tickAt(end))
      const rows = (of: Floor) => (['outcome', 'arrival'] as const).flatMap((basis) => of.intervals({ from: instantOf(first - HOUR), to: instantOf(end), basis }).filter(({ to: closed }) => closed <= end))
      const before = rows(floor)
      const inGap = (row: { readonly from: number; readonly to: number }) => row.from < to && row.to > from
      expect([cut, before.filter((row) => row.complete === inGap(row))]).toEqual([cut, []])

      // The file comes later, as an import or a follower that was away.
      const log = openQueueLog({ source: 'log', acw: 'none' })
      for (const { text } of lines) {
        const result = log.read(text)
        const told = result.kind === 'events' ? facts.of(result.events) : []
        for (const one of [floor, whole]) one.apply(entryOf(end + 1, told))
      }
      const repaired = rows(floor)
      expect([cut, figuresOf(repaired)]).toEqual([cut, figuresOf(rows(whole))])
      expect([cut, repaired.filter(({ complete }) => !complete)]).toEqual([cut, []])
      const known = new Map(figuresOf(before).map(([queue, basis, at, figures]) => [`${String(queue)} ${String(basis)} ${String(at)}`, JSON.stringify(figures)]))
      const corrected = repaired.filter((row, i) => known.get(`${row.queue} ${row.basis} ${row.from}`) !== JSON.stringify(figuresOf(repaired)[i]?.[3]))
      expect([cut, corrected.filter(({ revised }) => !revised)]).toEqual([cut, []])
      if (lost > 20) expect(corrected.length).toBeGreaterThan(0)
    }
  })
})

describe('queue_log and AMI of the same calls', () => {
  it('show the same waiting and talking after each frame, and the same counts at the end but for time-outs', () => {
    const ami = { reader: openAmi({ source: 'pbx', acw: 'none' }), facts: openFacts(), floor: createFloor('ami', asterisk()) }
    const log = { reader: openQueueLog({ source: 'log', acw: 'none' }), facts: openFacts(), floor: createFloor('log', asterisk()) }
    let compared = 0
    for (const { at, frame, line } of timedFrames()) {
      ami.floor.apply(entryOf(at, ami.facts.of(ami.reader.frame(frame, at))))
      if (line === null) continue
      const result = log.reader.read(line)
      log.floor.apply(entryOf(at, result.kind === 'events' ? log.facts.of(result.events) : []))
      // Without Hangup frames AMI waits two seconds before it says how a caller left, so leaving is compared where it is told.
      ami.floor.apply(entryOf(at, ami.facts.of(ami.reader.tick(at + 3 * S))))
      for (const queue of queues) expect([line, queue, shown(ami.floor, queue)]).toEqual([line, queue, shown(log.floor, queue)])
      compared++
    }
    expect(compared).toBeGreaterThan(600)
    const counts = (floor: Floor) => queues.map((queue) => {
      const today = floor.queue(queue)?.today
      return { offered: today?.offered, answered: today?.answered, left: (today?.abandoned ?? 0) + (today?.flowedOut ?? 0), answeredInTarget: today?.answeredInTarget, handled: today?.handled, wait: today?.waitMsTotal, talk: (today?.talkMsTotal ?? 0) + (today?.holdMsTotal ?? 0), misses: today?.ringNoAnswer }
    })
    expect(counts(ami.floor)).toEqual(counts(log.floor))
  })

  it('fed to one floor count every call once', () => {
    const facts = openFacts()
    const both = createFloor('both', asterisk())
    const only = createFloor('only', asterisk())
    const ami = openAmi({ source: 'pbx', acw: 'none' })
    const log = openQueueLog({ source: 'log', acw: 'none' })
    for (const { at, frame, line } of timedFrames()) {
      both.apply(entryOf(at, facts.of([...ami.frame(frame, at), ...ami.tick(at + 3 * S)])))
      if (line === null) continue
      const result = log.read(line)
      const told = result.kind === 'events' ? facts.of(result.events) : []
      both.apply(entryOf(at, told))
      only.apply(entryOf(at, told))
    }
    const counts = (floor: Floor) => queues.map((queue) => {
      const { offered, answered, abandoned, flowedOut, systemEnded, shortAbandoned, answeredInTarget, handled, waitMsTotal, ringNoAnswer, pending } = floor.queue(queue)?.today ?? {}
      return { offered, answered, abandoned, flowedOut, systemEnded, shortAbandoned, answeredInTarget, handled, waitMsTotal, ringNoAnswer, pending }
    })
    expect(counts(both)).toEqual(counts(only))
  })
})

describe('Asterisk’s own counters', () => {
  const show = dataSet('asterisk_floor_a')
  ;(show.present ? it : it.skip)('are V1 and V5 of the same calls since the restart', () => {
    const floor = createFloor('show', asterisk())
    const reader = openQueueLog({ source: 'log', acw: 'none' })
    const facts = openFacts()
    for (const line of fileLines()) {
      const result = reader.read(line.text)
      floor.apply(entryOf(line.epoch * S, result.kind === 'events' ? facts.of(result.events) : []))
    }
    const percent = (value: number | null | undefined): string => ((value ?? Number.NaN) * 100).toFixed(1)
    for (const match of show.text('queue_show.txt').matchAll(/^(\w+) has.* C:(\d+), A:(\d+), SL:([\d.]+)%, SL2:([\d.]+)% within 20s/gm)) {
      const queue = floor.queue(match[1])
      expect([queue?.queue, String(queue?.today.answered), String((queue?.today.abandoned ?? 0) + (queue?.today.flowedOut ?? 0)), percent(queue?.serviceLevels.V1), percent(queue?.serviceLevels.V5)]).toEqual(match.slice(1, 6))
    }
  })
})

interface Scenario {
  readonly id: string
  readonly title: string
  readonly inputs: readonly Readonly<Record<'time' | 'callid' | 'queuename' | 'agent' | 'event' | 'data1' | 'data2' | 'data3' | 'data4' | 'data5', string>>[]
  readonly expectations: readonly { readonly subject: string; readonly date: string; readonly rows: readonly Readonly<Record<string, string>>[] }[]
}

const wazo = dataSet('queue_log_wazo_scenarios')
;(wazo.present ? describe : describe.skip)('Wazo’s published figures', () => {
  const scenarios = wazo.present ? (wazo.json('scenarios.json') as readonly Scenario[]) : []
  const clockText = (ms: number): string => new Date(Math.floor(ms / S) * S).toISOString().slice(11, 19)
  const percent = (share: number): string => `${Math.round(share * 100)} %`

  /** The cells of a queue's row, from intervals and, where reasons matter, contacts. */
  const queueCells = (floor: Floor, queue: string, from: number, to: number): Readonly<Record<string, string>> => {
    const within = { from: instantOf(from), to: instantOf(to), queue }
    const quarters = floor.intervals({ ...within, basis: 'arrival' })
    const contacts = floor.contacts(within)
    const sum = (name: 'offered' | 'refused' | 'answered' | 'abandoned' | 'answeredInTarget' | 'waitMsTotal' | 'abandonWaitMsTotal'): number => quarters.reduce((total, each) => total + each[name], 0)
    const refused = (reasons: readonly string[]): number => contacts.filter(({ outcome, reason }) => outcome === 'refused' && reasons.includes(reason ?? '')).length
    const [received, answered, abandoned, closed] = [sum('offered') + sum('refused'), sum('answered'), sum('abandoned'), refused(['closed'])]
    return {
      Received: String(received), Answered: String(answered), Abandoned: String(abandoned), Blocking: String(refused(['no_agents'])), Saturated: String(refused(['full', 'diverted'])),
      AWT: answered + abandoned === 0 ? '' : clockText((sum('waitMsTotal') + sum('abandonWaitMsTotal')) / (answered + abandoned)),
      'Answered rate': received === closed ? '' : percent(answered / (received - closed)),
      QoS: answered === 0 ? '' : percent(sum('answeredInTarget') / answered),
    }
  }
  const agentCells = (floor: Floor, agent: number, from: number, to: number): Readonly<Record<string, string>> => {
    const bands = floor.bands(agent, instantOf(from), instantOf(to))
    const spent = (of: (state: string) => boolean): string => clockText(bands.filter(({ state }) => of(state)).reduce((sum, band) => sum + band.to - band.from, 0) + 1)
    const contacts = floor.contacts({ from: instantOf(from), to: instantOf(to), agent })
    return { Answered: String(contacts.length), Conversation: clockText(contacts.reduce((sum, { talkMs }) => sum + (talkMs ?? 0), 0)), Login: spent((state) => state !== 'offline'), Pause: spent((state) => state === 'aux'), Wrapup: spent((state) => state === 'acw') }
  }

  let cells = 0
  it.each(scenarios.map((scenario) => [scenario.id, scenario.title, scenario] as const))('%s: %s', (_id, _title, { inputs, expectations }) => {
    const reader = openQueueLog({ source: 'log', acw: 'none' })
    const facts = openFacts()
    const at = (time: string): number => Date.parse(`${time.slice(0, 23).replace(' ', 'T')}Z`)
    // A table gives its rows in any order: calls join by their id, states of agents need the order of time.
    const ofAgents = expectations.some(({ subject }) => subject.startsWith('agent'))
    const rows = ofAgents ? [...inputs].sort((a, b) => at(a.time) - at(b.time)) : inputs
    const events: CanonicalEvent[] = rows.flatMap((row) => {
      const result = reader.read([at(row.time) / S, row.callid, row.queuename, row.agent, row.event, row.data1, row.data2, row.data3, row.data4, row.data5].join('|'))
      expect(result.kind).not.toBe('rejected')
      return result.kind === 'events' ? [...result.events] : []
    })
    const floor = createFloor('wazo', asterisk())
    const noon = Math.max(...expectations.map(({ date }) => Date.parse(`${date}T12:00:00Z`)))
    const end = Math.max(noon, ...inputs.map(({ time }) => at(time))) + HOUR
    for (const event of [...events, ...reader.tick(end / S)]) floor.apply(entryOf(ofAgents ? Date.parse(event.occurredAt) : end, facts.of([event])))
    floor.apply(tickAt(end))
    for (const { subject, date, rows: wanted } of expectations) {
      const [kind, name = ''] = subject.split(' ')
      const midnight = Date.parse(`${date}T00:00:00Z`)
      const hourOf = (place: number): number => Number(wanted.at(place)?.['interval']?.split('h')[0])
      for (const row of wanted) {
        const hours = row['interval'] === 'Total' ? [hourOf(0), hourOf(-2) + 1] : [Number(row['interval']?.split('h')[0]), Number(row['interval']?.split('h')[0]) + 1]
        const [from = 0, to = 0] = hours.map((hour) => midnight + hour * HOUR)
        const ours = kind === 'queue' ? queueCells(floor, name, from, to) : agentCells(floor, facts.agent(`Agent/${name}`) ?? facts.agent(name) ?? 0, from, to)
        for (const [cell, want] of Object.entries(row)) {
          if (cell === 'interval') continue
          expect([row['interval'], cell, ours[cell]]).toEqual([row['interval'], cell, want])
          cells += 1
        }
      }
    }
  })

  it('are compared in every cell', () => expect(cells).toBe(119))
})
