import { beforeAll, describe, expect, it } from '@jest/globals'
import type { CanonicalEvent } from '../../../server/contract/events.ts'
import { demoQueues, type DemoQueue } from '../../../workers/demo/queues.ts'
import { createSimulation, OPENING } from '../../../workers/demo/simulation.ts'

const HALF_HOUR = 1_800_000
const midnight = Date.UTC(2026, 10, 22)
const anchor = midnight + OPENING
const POWER_CUT = anchor + 8_000

interface Moment {
  /** As the breach rules and the mark of a queue read it: R30, V3, silent below ten contacts. */
  readonly breached: readonly string[]
  readonly waiting: number
  readonly oldestMs: number
  readonly level: number
}

/** What the floor shows of its queues at an instant. */
const read = (events: readonly CanonicalEvent[], at: number, queues: readonly DemoQueue[]): Moment => {
  const ended = events.filter((event) => event.type === 'contact.answered' || event.type === 'contact.abandoned')
  const gone = new Set(ended.map(({ contactId, queueId }) => `${contactId} ${queueId}`))
  const waits = events.flatMap((event) => (event.type === 'contact.queued' && queues.some(({ id }) => id === event.queueId) && !gone.has(`${event.contactId} ${event.queueId}`) ? [at - Date.parse(event.occurredAt)] : []))
  const levels = queues.map(({ id, target }) => {
    const recent = ended.filter(({ queueId, occurredAt }) => queueId === id && Date.parse(occurredAt) > at - HALF_HOUR)
    const answered = recent.filter(({ type }) => type === 'contact.answered')
    const abandoned = recent.filter((event) => event.type === 'contact.abandoned' && (event.waitMs ?? 0) >= 5_000).length
    const n = answered.length + abandoned
    const level = n === 0 ? 1 : answered.filter((event) => event.type === 'contact.answered' && (event.waitMs ?? 0) <= target.withinMs).length / n
    return { id, level, breached: n >= 10 && (level < target.percent || abandoned / n > 0.05) }
  })
  return { breached: levels.filter(({ breached }) => breached).map(({ id }) => id), waiting: waits.length, oldestMs: Math.max(0, ...waits), level: levels[0]?.level ?? 1 }
}

/** The first paint, the cut itself, and the script's two marks, of one seed. */
const play = (seed: number) => {
  const simulation = createSimulation({ seed, midnight, days: 0, heartbeatMs: null, idPrefix: 'demo' })
  const told = [...simulation.advance(anchor)]
  const powerLoss = demoQueues.slice(0, 1)
  const paint = read(told, anchor, demoQueues)
  told.push(...simulation.advance(POWER_CUT))
  const before = read(told, POWER_CUT, demoQueues)
  simulation.run('power-cut')
  told.push(...simulation.advance(anchor + 48_000))
  const early = read(told, anchor + 48_000, powerLoss)
  told.push(...simulation.advance(anchor + 120_000))
  return { seed, paint, before, early, late: read(told, anchor + 120_000, powerLoss) }
}
let played: readonly ReturnType<typeof play>[]
beforeAll(() => {
  played = Array.from({ length: 20 }, (_, index) => play(index + 1))
})
const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length

describe('the first minutes of the demo, over twenty seeds', () => {
  it('are calm: at the first paint at least four of five queues are on target', () => expect(played.filter(({ paint }) => paint.breached.length > 1)).toEqual([]))

  it('have no reason for a breach before the power is cut', () => expect(played.filter(({ before }) => before.breached.length > 0)).toEqual([]))

  it('have about nine waiting after 48 seconds, the oldest for about 25', () => {
    const [waiting, oldestMs] = [mean(played.map(({ early }) => early.waiting)), mean(played.map(({ early }) => early.oldestMs))]
    expect(waiting).toBeGreaterThan(7)
    expect(waiting).toBeLessThan(12)
    expect(oldestMs).toBeGreaterThan(18_000)
    expect(oldestMs).toBeLessThan(32_000)
  })

  it('have over twenty waiting after two minutes, while the service level still reads well', () => {
    expect(played.filter(({ late }) => late.waiting <= 20)).toEqual([])
    expect(mean(played.map(({ late }) => late.level))).toBeGreaterThan(0.88)
    expect(played.filter(({ late }) => late.level < 0.75)).toEqual([])
  })
})
