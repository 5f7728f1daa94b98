import { describe, expect, it } from '@jest/globals'
import { maskedCaller } from '../../../server/incidents/masked-caller.ts'
import { cellOf, sheetCellOf } from '../../../server/live/exports/cells.ts'
import { bytesOf } from '../../../server/live/exports/formats.ts'

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

it('a file by other settings says who asked for them, when and why', async () => {
  const order = { id: 'r1', from: '2026-11-02T00:00:00.000Z', to: '2026-11-09T00:00:00.000Z', reason: '10 s by contract, "strict"', by: 'administrator', createdAt: '2026-11-20T09:00:00.000Z', state: 'done' as const, progress: 1, days: 7, doneDays: 7, error: null }
  const text = async (format: 'csv' | 'json', definitions = true) => {
    let all = ''
    for await (const piece of bytesOf(format, { site: 'a', kind: 'intervals', columns: ['queue', 'offered'], definitions: {}, recomputes: [order], rows: (async function* () {})() }, { definitions, bom: false })) all += String(piece)
    return all
  }
  expect(await text('csv')).toBe('queue,offered\r\n# recompute r1: days from 2026-11-02T00:00:00.000Z to 2026-11-09T00:00:00.000Z are measured by other settings: 10 s by contract; ;strict;; asked for by administrator at 2026-11-20T09:00:00.000Z,\r\n')
  expect(await text('csv', false)).toBe('queue,offered\r\n')
  expect(JSON.parse(await text('json', false))).toMatchObject({ recomputes: [order], rows: [] })
})
