import { expect, it } from '@jest/globals'
import type { IncidentRecord } from '../../server/domain/incident/incident.ts'
import { DAY, instantOf } from '../../server/domain/time.ts'
import { openRecordFacts } from '../../server/incidents/record-facts.ts'
import { ofTrends } from '../../server/incidents/trend-facts.ts'
import type { IncidentLists } from '../../server/redis/incident-lists.ts'
import { refScore } from '../../server/redis/incident-log.ts'
import { at, story } from '../support/incident-story.ts'

const { record: first } = story({ openedAt: '2026-06-01T12:00:00Z' })
const begun = at('2026-06-01T12:00:00Z')
/** Incidents of a site, one a day, and how often one was parsed. */
const listOf = (count: number) => {
  const all: IncidentRecord[] = Array.from({ length: count }, (_, n) => ({ ...first, ref: `INC-2026-${String(n + 1).padStart(6, '0')}`, reportedAt: instantOf(begun + n * DAY), changedAt: instantOf(begun + n * DAY) }))
  const parsed: string[] = []
  const lists: Pick<IncidentLists, 'versions' | 'records'> = {
    versions: async (_site, { below, count: some }) => all.filter(({ ref }) => below === null || refScore(ref) < below).reverse().slice(0, some),
    records: async (_site, refs) => {
      parsed.push(...refs)
      return all.filter(({ ref }) => refs.includes(ref))
    },
  }
  return { all, lists, parsed }
}

it('records are read once, and those that changed again', async () => {
  const { all, lists, parsed } = listOf(1_200)
  const since = openRecordFacts({ lists, needed: ofTrends })
  expect((await since('a', begun)).facts.map(({ ref }) => ref)).toEqual(all.map(({ ref }) => ref).reverse())
  expect(parsed.splice(0)).toHaveLength(1_200)
  const changed: IncidentRecord = { ...first, ...all[7], version: 9, category: 'security' }
  all[7] = changed
  all.push({ ...first, ref: 'INC-2026-001201', state: 'draft' })
  const { facts, wholeFrom } = await since('a', begun)
  expect(parsed.sort()).toEqual(['INC-2026-000008', 'INC-2026-001201'])
  expect(facts.filter(({ category, counts }) => category === 'security' || !counts).map(({ ref, counts }) => [ref, counts])).toEqual([['INC-2026-001201', false], ['INC-2026-000008', true]])
  expect(wholeFrom).toBeNull()
})

it('nothing is read beyond those that changed since, and where more were opened than are looked at it says from when on it is all', async () => {
  const { all, lists, parsed } = listOf(1_200)
  const recent = await openRecordFacts({ lists, needed: ({ ref }) => ref })('a', instantOf(begun + 900 * DAY))
  expect([recent.facts.length, parsed.length, recent.wholeFrom]).toEqual([1_000, 1_000, null])
  const { facts, wholeFrom } = await openRecordFacts({ lists, needed: ({ ref }) => ref, most: 700 })('a', begun)
  expect([facts.length, wholeFrom]).toEqual([700, all[1_200 - 501]?.reportedAt])
})
