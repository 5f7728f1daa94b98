import type { z } from 'zod'
import type { drillDetail, scenarioRow } from '../../server/contract/drills.ts'
import type { drillParts } from '../../server/contract/forecast.ts'
import { isRecord, listOf, recordOf, textOf } from '../http/read.ts'

export type Scenario = z.output<typeof scenarioRow>
export type Drill = z.output<typeof drillDetail>
export type DrillParts = z.output<typeof drillParts>
export interface Score {
  readonly score: number | null
  readonly parts: DrillParts
}

export const partNames = ['logging', 'prioritising', 'escalating', 'updating'] as const

const numberOf = (value: unknown): number | null => (typeof value === 'number' ? value : null)
export const scenarioOf = (item: Readonly<Record<string, unknown>>): Scenario => ({ id: textOf(item.id) ?? '', name: textOf(item.name) ?? '', about: textOf(item.about) ?? '', injects: numberOf(item.injects) ?? 0, lastsMs: numberOf(item.lastsMs) ?? 0 })

const partOf = (value: unknown): DrillParts['logging'] => {
  const given = recordOf(value)
  return { score: numberOf(given.score), points: listOf(given.points).filter(isRecord).map((point) => ({ what: textOf(point.what) ?? '', ok: point.ok === true, detail: textOf(point.detail) ?? '' })) }
}
export const scoreOf = (value: unknown): Score | null => {
  if (!isRecord(value) || !isRecord(value.parts)) return null
  const { logging, prioritising, escalating, updating } = value.parts
  return { score: numberOf(value.score), parts: { logging: partOf(logging), prioritising: partOf(prioritising), escalating: partOf(escalating), updating: partOf(updating) } }
}
export const drillOf = (value: unknown): Drill => {
  const given = recordOf(value)
  return {
    id: textOf(given.id) ?? '',
    scenario: textOf(given.scenario) ?? '',
    name: textOf(given.name) ?? '',
    about: textOf(given.about) ?? '',
    speed: numberOf(given.speed) ?? 1,
    state: given.state === 'running' ? 'running' : 'ended',
    startedAt: textOf(given.startedAt) ?? '',
    endsAt: textOf(given.endsAt) ?? '',
    injects: listOf(given.injects).filter(isRecord).map(({ at, from, text }) => ({ at: textOf(at) ?? '', from: textOf(from) ?? '', text: textOf(text) ?? '' })),
    nextAt: textOf(given.nextAt),
    incidents: listOf(given.incidents).map(String),
    score: scoreOf(given.score) as Drill['score'],
  }
}
