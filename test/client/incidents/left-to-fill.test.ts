import { describe, expect, it } from '@jest/globals'
import { leftToFill } from '../../../client/incidents/left-to-fill.ts'

describe('a template of an update', () => {
  it('asks for what it left to a person until that is written', () => {
    const asked = ['cause', 'action']
    expect([leftToFill('Known: [cause]. We are [action].', asked), leftToFill('Known: a gateway. We are [action].', asked), leftToFill('Known: a gateway. We are [on it].', asked)]).toEqual([['cause', 'action'], ['action'], []])
  })
})
