import { describe, expect, it } from '@jest/globals'

interface Watch {
  readonly heardAt: number
  readonly named: boolean
}
interface Silence {
  readonly SILENCE: { readonly lookMs: number; readonly namedMs: number; readonly endedMs: number }
  readonly watchedFrom: (now: number) => Watch
  readonly heardAt: (watch: Watch, now: number, held?: boolean) => Watch
  readonly lookedAt: (watch: Watch, now: number) => { readonly watch: Watch; readonly verdict: 'well' | 'silent' | 'back' | 'hung'; readonly silentMs: number }
}
const path: string = '../../scripts/lib/silence.mjs'
const { SILENCE, watchedFrom, heardAt, lookedAt } = (await import(path)) as Silence

/** Looks every second from one instant to another; what was concluded besides `well`, with its second. */
const looks = (watch: Watch, fromMs: number, toMs: number) => {
  const concluded: string[] = []
  for (let now = fromMs; now <= toMs; now += SILENCE.lookMs) {
    const looked = lookedAt(watch, now)
    watch = looked.watch
    if (looked.verdict !== 'well') concluded.push(`${now / 1_000} ${looked.verdict}`)
  }
  return { watch, concluded }
}

describe('a part that is watched by its beats', () => {
  it('is named once after ten seconds of silence and ended after thirty', () => {
    expect(looks(watchedFrom(0), 1_000, 30_000).concluded).toEqual(['10 silent', '30 hung'])
  })

  it('is well while it beats, and is told to be back when it beats again', () => {
    const first = looks(watchedFrom(0), 1_000, 12_000)
    const second = looks(heardAt(first.watch, 12_500), 13_000, 20_000)
    expect([...first.concluded, ...second.concluded]).toEqual(['10 silent', '13 back'])
  })

  it('that never beat is counted from its start', () => {
    expect(looks(watchedFrom(5_000), 6_000, 35_000).concluded.at(-1)).toBe('35 hung')
  })

  it('has its whole time again when whoever looks stood still: the machine slept, the terminal was held, or both were frozen', () => {
    const before = looks(watchedFrom(0), 1_000, 29_000)
    const awake = looks(before.watch, 629_000, 658_000)
    expect(awake.concluded).toEqual([])
    expect(looks(awake.watch, 659_000, 659_000).concluded).toEqual(['659 hung'])
  })

  it('is never ended by one who looks late every time', () => {
    let watch = watchedFrom(0)
    for (let now = 3_500; now < 120_000; now += 3_500) {
      const looked = lookedAt(watch, now)
      expect(looked.verdict).toBe('well')
      watch = looked.watch
    }
  })

  it('is let be while a debugger is open in it', () => {
    expect(looks(heardAt(watchedFrom(0), 500, true), 1_000, 120_000).concluded).toEqual([])
  })
})
