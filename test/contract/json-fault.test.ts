import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { readJson } from '../../server/contract/json.ts'
import { jsonFaultAt } from '../../server/contract/json-fault.ts'

const detailOf = (text: string): string => {
  const answer = readJson(text)
  return answer.ok ? 'ok' : answer.detail
}
const parses = (text: string): boolean => {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

describe('what is not JSON', () => {
  it.each([
    ['{"a": 1,}', 'line 1, column 9: expected a name in double quotes'],
    ['{\n  "a": 1\n  "b": 2\n}', 'line 3, column 3: expected a comma or the end of the list or object'],
    ['{"id":"a","type":', 'line 1, column 18: expected a value, but it ends'],
    ['{"id":"a"} x', 'line 1, column 12: expected the end'],
    ['{"seq":NaN}', 'line 1, column 8: expected a value'],
    ['{"a":"b\nc"}', 'line 1, column 8: expected the end of the text in double quotes, without a line break or a lone backslash'],
    ['[1,2', 'line 1, column 5: expected a comma or the end of the list or object, but it ends'],
    ["{'a':1}", 'line 1, column 2: expected a name in double quotes or }'],
  ])('%j is told with its place', (text, words) => expect(detailOf(text)).toBe(`the body is not valid JSON: ${words}`))

  it('agrees with JSON.parse on any text that nearly is JSON', () => {
    const spoilt = fc.tuple(fc.json(), fc.nat(), fc.constantFrom('', ',', '"', '}', ']', '{', ':', '0', '-', '\\', '\n', 'e', '.')).map(([text, at, put]) => text.slice(0, at % (text.length + 1)) + put + text.slice((at % (text.length + 1)) + (at % 2)))
    fc.assert(fc.property(spoilt, (text) => (jsonFaultAt(text) === null) === parses(text)), { numRuns: 2_000 })
  })

  it('is found behind fifty thousand brackets without recursion, and not looked for behind half a million characters', () => {
    expect(detailOf('['.repeat(50_000))).toContain('column 50001: expected a value or ]')
    expect(detailOf(`"${'\\n'.repeat(4_000_000)}`)).toContain('behind its first 500000 characters')
  })
})
