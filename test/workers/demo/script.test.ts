import { describe, expect, it } from '@jest/globals'
import { demoScenarios } from '../../../server/contract/demo.ts'
import { sceneAfter } from '../../../workers/demo/script.ts'

describe('the script of the demo', () => {
  it('lets eight seconds pass in calm, then cuts the power', () => expect(sceneAfter(0)).toEqual({ scenario: 'power-cut', after: 8_000 }))

  it('makes something else happen every twelve minutes', () => {
    const scenes = Array.from({ length: 6 }, (_, count) => sceneAfter(count))
    expect(scenes.map(({ scenario }) => scenario)).toEqual(['power-cut', 'carrier-silence', 'feed-cut', 'card-payments-slow', 'power-cut', 'carrier-silence'])
    for (let i = 1; i < scenes.length; i += 1) expect((scenes[i]?.after ?? 0) - (scenes[i - 1]?.after ?? 0)).toBe(720_000)
    for (const { scenario } of scenes) expect(demoScenarios).toContain(scenario)
  })
})
