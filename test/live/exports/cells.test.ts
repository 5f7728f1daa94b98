import { describe, expect, it } from '@jest/globals'
import { maskedCaller } from '../../../server/incidents/masked-caller.ts'
import { cellOf, sheetCellOf } from '../../../server/live/exports/cells.ts'

describe('cells of exported tables', () => {
  it.each([
    ['=1+1', "'=1+1"],
    ['+cmd|calc', "'+cmd|calc"],
    ['-2+3', "'-2+3"],
    ['@SUM(A1)', "'@SUM(A1)"],
    ['\t=1', "'\t=1"],
    ['\r=1', "'\r=1"],
    ['\n=1', "'\n=1"],
    ['\u0000=1', "'\u0000=1"],
    ['＝1+1', "'＝1+1"],
    ['plain = text', 'plain = text'],
    ['', ''],
  ])('the text %j becomes %j, which no spreadsheet takes for a formula (B57)', (text, cell) => expect(cellOf(text)).toBe(cell))

  it.each([
    ['+44 20 7946 0000', 'tel:+442079460000'],
    ['+442079460000', 'tel:+442079460000'],
    ['+44+1', "'+44+1"],
  ])('%s is written %s', (text, cell) => expect(cellOf(text)).toBe(cell))

  it('numbers stay numbers, negative ones too, and nothing stays nothing', () => {
    expect([-3, 0.5, true, null, undefined, Number.NaN, { a: 1 }].map(cellOf)).toEqual([-3, 0.5, true, null, null, null, '{"a":1}'])
  })

  it('a sheet holds no control characters and at most 32,767 of the others', () => {
    expect(sheetCellOf('a\u0000\u0007b')).toBe('ab')
    expect(['\u0001=1+1', '\u0000@SUM(A1)', '\u0007\u0008+cmd|calc'].map(sheetCellOf)).toEqual(["'=1+1", "'@SUM(A1)", "'+cmd|calc"])
    expect(String(sheetCellOf('x'.repeat(40_000)))).toHaveLength(32_767)
  })

  it('of a caller the last three digits are told', () => {
    expect(['+44 7700 900123', 'withheld', null, 'Ann', '112', '•••123', '•••+44 7700 900123'].map(maskedCaller)).toEqual(['•••123', 'withheld', null, '•••', '•••', '•••123', '•••123'])
  })
})
