import { readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import { unharmedOf } from '../../../client/format/floor-figures.ts'
import { queueRow } from '../../../client/gallery/sample-rows.ts'

const at = Date.parse('2026-11-24T10:40:00.000Z')
const of = (...given: readonly Partial<Parameters<typeof queueRow>[0]>[]) => unharmedOf(given.map((one, index) => queueRow({ queue: `q${index}`, name: `Queue ${index}`, ...one }, at)), at)

describe('queues that are not at risk', () => {
  it('are those with few contacts too, whatever their level: so they are not called on target', () => {
    expect(of({ level: 0.4, ended: 5, abandonRate: 0 }, { level: 0.95 })).toEqual({ met: 2, judged: 2 })
    const { wall } = JSON.parse(readFileSync('client/locales/en.json', 'utf8')) as { readonly wall: Readonly<Record<string, string | object>> }
    expect(Object.values(wall).filter((text) => typeof text === 'string' && /on target|own targets/i.test(text))).toEqual([])
  })
  it('are not those that lose callers above the limit while their level is on target', () => {
    expect(of({ level: 0.95, abandonRate: 0.09 })).toEqual({ met: 0, judged: 1 })
  })
  it('are not counted where nothing is to judge', () => {
    expect(of({ level: null, ended: 0, inProgress: 0, abandonRate: null })).toEqual({ met: 0, judged: 0 })
  })
})
