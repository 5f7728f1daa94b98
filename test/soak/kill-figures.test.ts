import { describe, expect, it } from '@jest/globals'
import type { TimelineRow } from '../../server/contract/rows.ts'
import { killFigures, type KillEvidence } from '../support/kill-figures.ts'

const START = Date.parse('2026-11-29T10:00:00Z')
const iso = (ms: number): string => new Date(START + ms).toISOString()
const row = (seq: number, at: number, type: string, data: TimelineRow['data'] = {}): TimelineRow => ({ seq, at: iso(at), type, actor: null, text: null, data })
const fired = (seq: number, level: number, due: number, at: number): TimelineRow => row(seq, at, 'level-fired', { ladder: 'ownership', cycle: 1, level, dueAt: iso(due), firedAt: iso(at) })
const whole = [fired(2, 1, 1_500, 1_510), fired(3, 2, 3_000, 3_020)]
const message = (id: string, at: number) => ({ at: START + at, ref: 'A', id })

const judged = (timeline: readonly TimelineRow[], { taken = false, ...more }: Partial<KillEvidence> & { readonly taken?: boolean } = {}) =>
  killFigures({ kills: 0, restarts: 0, opened: [{ ref: 'A', openedAt: START, taken }], timelines: new Map([['A', timeline]]), acknowledged: new Map(), sendings: new Map(), faults: [], stalls: [], received: [message('m1', 1_520), message('m2', 3_040)], forged: 0, levels: 2, unanswered: new Map(), ...more })

describe('the figures of a run of kills', () => {
  it('find nothing in a run without a fault', () => {
    expect(judged(whole)).toMatchObject({ missed: 0, early: 0, twice: 0, afterAcknowledgement: 0, late: { max: 20 }, rows: [] })
  })

  it('tell of a level that was not fired, and of one that was fired and not told', () => {
    expect(judged(whole.slice(0, 1))).toMatchObject({ missed: 1, rows: [expect.stringContaining('MISSED: of 2 levels 1 fired and 2 were told A')] })
    expect(judged(whole, { received: [message('m1', 1_520)] })).toMatchObject({ missed: 1 })
  })

  it('tell of a level that fired early, twice, or after its acknowledgement', () => {
    expect(judged([fired(2, 1, 1_500, 1_499), ...whole.slice(1)])).toMatchObject({ early: 1, rows: [expect.stringContaining('EARLY')] })
    expect(judged([...whole, fired(4, 2, 3_000, 3_500)])).toMatchObject({ twice: 1, rows: [expect.stringContaining('FIRED TWICE')] })
    expect(judged([row(1, 1_000, 'acknowledged'), fired(2, 1, 1_500, 1_510)], { taken: true, received: [] })).toMatchObject({ afterAcknowledgement: 1, rows: [expect.stringContaining('FIRED AFTER')] })
  })

  it('count an acknowledgement from its writing, which may be later than its decision', () => {
    const timeline = [fired(2, 1, 1_500, 1_510), row(3, 1_600, 'acknowledged')]
    const late = { taken: true, received: [message('m1', 4_000)] }
    expect(judged(timeline, late)).toMatchObject({ afterAcknowledgement: 1, rows: [expect.stringContaining('SENT AFTER its acknowledgement: m1 came 2400 ms after it')] })
    expect(judged(timeline, { ...late, acknowledged: new Map([['A', START + 2_500]]) })).toMatchObject({ afterAcknowledgement: 0, onItsWay: { max: 1_500 }, writing: { max: 900, messages: 1 } })
  })

  it('do not blame the product for the time in which the harness itself stood still, and say so', () => {
    const timeline = [fired(2, 1, 1_500, 1_510), row(3, 1_600, 'acknowledged')]
    const stalls = [{ from: START + 1_700, to: START + 3_990 }]
    expect(judged(timeline, { taken: true, stalls, received: [message('m1', 4_000)] })).toMatchObject({ afterAcknowledgement: 0, stalled: { max: 2_290 }, rows: [expect.stringContaining('for 2290 ms of which the harness stood still')] })
  })

  it('tell of a sending that began after its acknowledgement, whenever it came', () => {
    const sendings = (ofLadder: boolean) => new Map([['A', [{ id: 'm1', ofLadder, claimed: [START + 1_601], steps: '' }]]])
    const judgedWith = (ofLadder: boolean) => judged([row(2, 1_600, 'acknowledged')], { taken: true, received: [], sendings: sendings(ofLadder) })
    expect(judgedWith(true)).toMatchObject({ afterAcknowledgement: 1, rows: [expect.stringContaining('SENDING BEGUN AFTER')] })
    expect(judgedWith(false)).toMatchObject({ afterAcknowledgement: 0, rows: [] })
  })

  describe('count what came late', () => {
    const late = [fired(2, 1, 1_500, 14_000), fired(3, 2, 3_000, 14_000)]
    const killed = (what: string, from: number, to: number) => ({ what, holdsUp: what !== 'web', from: START + from, to: START + to })
    it('from its due time when everything worked', () => {
      expect(judged(late)).toMatchObject({ afterRecovery: { max: 12_500 }, rows: [expect.stringContaining('LATE level 1'), expect.stringContaining('LATE level 2')] })
    })

    it('from the last process that came back before', () => {
      expect(judged(late, { faults: [killed('workers', 1_000, 13_000)] })).toMatchObject({ afterRecovery: { max: 1_000 }, late: { max: 12_500 }, rows: [] })
    })

    it('not while a worker starts, which fires before it is seen to work', () => {
      expect(judged(late, { faults: [killed('workers', 1_700, 14_300)] })).toMatchObject({ afterRecovery: { max: 200 }, rows: [] })
    })

    it('also when a later fault hides that it was due long before', () => {
      expect(judged(late, { faults: [killed('workers', 13_000, 13_900)] })).toMatchObject({ afterRecovery: { max: 11_500 } })
    })

    it('whatever the web server did meanwhile', () => {
      expect(judged(late, { faults: [killed('web', 1_000, 13_000)] })).toMatchObject({ afterRecovery: { max: 12_500 } })
    })
  })
})
