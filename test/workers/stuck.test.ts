import { describe, expect, it } from '@jest/globals'
import { looked, STUCK, unstuck, type Stuck } from '../../workers/stuck.ts'

/** Looks at the pace of the watchdog; what was concluded besides `well`, with its moment. */
const looks = (stuck: Stuck, fromMs: number, toMs: number, mark: string | null) => {
  const concluded: string[] = []
  for (let now = fromMs; now <= toMs; now += STUCK.lookMs) {
    const found = looked(stuck, now, mark)
    stuck = found.stuck
    if (found.verdict !== 'well') concluded.push(`${now} ${found.verdict}`)
  }
  return { stuck, concluded }
}

describe('something that should move', () => {
  it('is built anew after ten seconds without moving, twice, and then ended', () => {
    expect(looks(unstuck(0), 2_500, 32_500, 'job 1').concluded).toEqual(['12500 rebuild', '22500 rebuild', '32500 end'])
  })

  it('has two tries again once it moved', () => {
    const first = looks(unstuck(0), 2_500, 25_000, 'job 1')
    expect(looks(first.stuck, 27_500, 57_500, 'job 2').concluded).toEqual(['37500 rebuild', '47500 rebuild', '57500 end'])
  })

  it('is well while nothing is due, or nobody can know', () => {
    const first = looks(unstuck(0), 2_500, 10_000, 'job 1')
    const away = looks(first.stuck, 12_500, 60_000, null)
    expect([...first.concluded, ...away.concluded, ...looks(away.stuck, 62_500, 70_000, 'job 1').concluded]).toEqual([])
  })

  it('is not blamed for the time in which whoever looks was stopped or slept with its machine', () => {
    const first = looks(unstuck(0), 2_500, 10_000, 'job 1')
    expect(looks(first.stuck, 610_000, 617_500, 'job 1').concluded).toEqual([])
    expect(looks(looks(first.stuck, 610_000, 617_500, 'job 1').stuck, 620_000, 620_000, 'job 1').concluded).toEqual(['620000 rebuild'])
  })
})
