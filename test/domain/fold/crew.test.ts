import { describe, expect, it } from '@jest/globals'
import { MARK } from '../../../server/domain/fold/agent-stories.ts'
import { FloorState } from '../../../server/domain/fold/floor-state.ts'
import { LegView } from '../../../server/domain/fold/leg-view.ts'
import { MINUTE } from '../../../server/domain/time.ts'
import { NINE, utcSettings } from '../../support/fact-builders.ts'

describe('the crew', () => {
  it('forgets a leg of an agent wherever it stands among theirs, however often others came between', () => {
    const state = new FloorState('test', utcSettings())
    const { crew, agents } = state
    const index = agents.index(7, NINE)
    // As when two sources take turns to correct who had it.
    for (const [minute, leg] of [3, 4, 3, 4, 3, 5].entries()) crew.note(leg, index, NINE + minute * MINUTE, MARK.talks, 1)
    const view = new LegView()
    view.handlings = 1
    view.agent[0] = 7
    view.answeredAt[0] = NINE
    crew.forget(3, view)
    expect(agents.agents[index].pastLegs).toEqual([4, 4, 5])
  })
})
