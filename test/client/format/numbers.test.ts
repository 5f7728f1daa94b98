import { describe, expect, it } from '@jest/globals'
import { percentDigits, percentText } from '../../../client/format/numbers.ts'

describe('a share as text', () => {
  it('is never rounded up to a target that it misses', () => {
    expect([percentText(0.7996, 0, 'en-GB'), percentText(0.7996, 1, 'en-GB'), percentDigits(0.7996, 0, 'en-GB')]).toEqual(['79%', '79.9%', '79'])
  })
  it('says of too little to be shown that it is there, and of none that it is none', () => {
    expect([percentText(0.0004, 1, 'en-GB'), percentText(0.004, 0, 'en-GB'), percentText(0, 1, 'en-GB'), percentText(0, 0, 'en-GB')]).toEqual(['<0.1%', '<1%', '0.0%', '0%'])
  })
  it('shows the smallest step as it is', () => {
    expect([percentText(0.001, 1, 'en-GB'), percentText(0.01, 0, 'en-GB')]).toEqual(['0.1%', '1%'])
  })
})
