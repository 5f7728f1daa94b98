import { afterEach, beforeEach, expect, it } from '@jest/globals'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Fact } from '../../../server/domain/platform-events.ts'
import { sortedFacts, spoolLine } from '../../../workers/keeper/sorted-facts.ts'
import { seeded } from '../../support/seeded-random.ts'

let dir: string
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'fw-sort-'))
})
afterEach(() => rmSync(dir, { recursive: true, force: true }))

const sorted = async (lines: readonly string[], run: number): Promise<readonly Fact[]> => {
  const spool = join(dir, 'day.ndjson')
  writeFileSync(spool, lines.join('\n'))
  const facts: Fact[] = []
  for await (const some of sortedFacts(spool, { run, many: 10 })) facts.push(...some)
  return facts
}
const factLine = (id: string, occurredAt: number): string => spoolLine({ id, occurredAt, type: 'contact.held' } as Fact)

it('facts of any order come in order of time and id, each once, with runs of any length', async () => {
  const random = seeded(11)
  const facts = Array.from({ length: 997 }, (_, i) => ({ id: `f${i}`, at: random.whole(1, 300) }))
  const twice = [...facts, ...facts.filter(() => random.chance(0.2))].sort(() => random.whole(-1, 1))
  const want = [...facts].sort((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1)).map(({ id }) => id)
  for (const run of [1_000_000, 100, 37]) {
    const got = await sorted(twice.map(({ id, at }) => factLine(id, at)), run)
    expect(got.map(({ id }) => id)).toEqual(want)
    // The runs are gone with the reading.
    expect(readdirSync(dir)).toEqual(['day.ndjson'])
  }
})

it('a line that a kill tore is passed over, an empty file has none', async () => {
  expect((await sorted(['', factLine('b', 2), '3\tc\t{"id":"c","occ', '3\tc', factLine('a', 1), factLine('c', 3)], 1)).map(({ id }) => id)).toEqual(['a', 'b', 'c'])
  expect(await sorted([''], 10)).toEqual([])
})
