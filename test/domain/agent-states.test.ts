import { describe, expect, it } from '@jest/globals'
import { AGENT_STATES, AGENT_TIMES, countedTimes, isSignedIn, ofStates } from '../../server/domain/agent-states.ts'
import { isThere, PRIMARY, timeOf } from '../../server/domain/fold/standing.ts'

describe('states of an agent', () => {
  it('stand where the fold, bases and books number them', () => {
    const places: readonly string[] = Object.entries(PRIMARY).sort(([, a], [, b]) => a - b).map(([name]) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`))
    expect(places).toEqual(AGENT_STATES)
    for (const [place, state] of AGENT_STATES.entries()) expect([timeOf(place), isThere(place)]).toEqual([AGENT_TIMES[state], isSignedIn(state)])
  })

  it('count as handling or as available, never as both, and as neither where nobody is there', () => {
    for (const state of AGENT_STATES) {
      const [handling, available, signedIn] = AGENT_TIMES[state]
      expect(handling + available).toBeLessThanOrEqual(signedIn)
    }
    expect(AGENT_STATES.filter((state) => !isSignedIn(state))).toEqual(['offline', 'unreachable'])
  })

  it('come to what they count as', () => {
    const places = ofStates((state) => 10 ** AGENT_STATES.indexOf(state))
    expect(countedTimes(places)).toEqual({ handlingMs: 11_000, availableMs: 10_000_010, signedInMs: 10_111_110 })
  })
})
