import { describe, expect, it } from '@jest/globals'
import { lengthOf, pulsesOf } from '../../../client/sound/alarm-pulses.ts'
import { afterSound, dueSound, heardBefore, silence, type Alarm } from '../../../client/sound/due-sound.ts'

const alarm = (ref: string, priority: Alarm['priority']): Alarm => ({ ref, priority })
const [p1, p2, p3, p4] = [alarm('a', 'P1'), alarm('b', 'P2'), alarm('c', 'P3'), alarm('d', 'P4')]
/** When something is heard while `waiting` lies there from 0 to `untilMs`. */
const heard = (waiting: readonly Alarm[], untilMs: number): readonly string[] => {
  let sounded = silence
  const said: string[] = []
  for (let now = 0; now <= untilMs; now += 1_000) {
    const due = dueSound(waiting, sounded, now)
    if (due === null) continue
    said.push(`${due.ref}@${now / 1_000}`)
    sounded = afterSound(waiting, now)
  }
  return said
}

describe('what is heard', () => {
  it('is a critical one every 15 s until somebody takes it', () => {
    expect(heard([p1], 31_000)).toEqual(['a@0', 'a@15', 'a@30'])
    expect(dueSound([], afterSound([p1], 0), 60_000)).toBeNull()
  })
  it('is a high one every minute, a medium one once, a low one never', () => {
    expect(heard([p2], 61_000)).toEqual(['b@0', 'b@60'])
    expect(heard([p3], 600_000)).toEqual(['c@0'])
    expect(heard([p4, alarm('e', null)], 600_000)).toEqual([])
  })
  it('is one sound in a flood, the most urgent', () => {
    expect(heard([p3, p2, p1, alarm('f', 'P1')], 16_000)).toEqual(['a@0', 'a@15'])
  })
  it('is a new critical one at once, but after the pattern that sounds has ended', () => {
    const sounded = afterSound([p1], 0)
    expect(dueSound([p1, alarm('f', 'P1')], sounded, 1_000)).toBeNull()
    expect(dueSound([p1, alarm('f', 'P1')], sounded, 4_000)).toMatchObject({ ref: 'f' })
    expect(lengthOf(pulsesOf('P1'))).toBeLessThan(4_000)
  })
  it('is not what lay there when the screen was opened, unless it is urgent', () => {
    expect(dueSound([p3], heardBefore([p3]), 0)).toBeNull()
    expect(dueSound([p3, p2], heardBefore([p3, p2]), 0)).toMatchObject({ ref: 'b' })
  })
})

describe('the patterns', () => {
  it('differ by count: five and five, three, one, none', () => {
    expect((['P1', 'P2', 'P3', 'P4'] as const).map((priority) => pulsesOf(priority).length)).toEqual([10, 3, 1, 0])
  })
})
