import { describe, expect, it } from '@jest/globals'
import { namingOnly, numbersIn, withoutNumbers, withQueuesNamed, wordsNamingOnly } from '../../server/contract/named-records.ts'
import { everySeed, lawRuns, type Seeded } from '../support/seeded-random.ts'

const support = { id: 'support', queues: ['support'], teams: [] }
const own = 'INC-2026-000001'
const foreign = 'INC-2026-000002'
const queues = new Map([[own, 'support'], [foreign, 'billing'], ['INC-2026-000003', null]])

describe('a row that names other records, to whoever is limited to an area', () => {
  it('names those of the area and those without a queue, and says how many there are elsewhere', () => {
    const row = withQueuesNamed({ ref: 'INC-2026-000009', problemRef: foreign, formerRefs: [own, foreign], problem: { incidents: [own, foreign, 'INC-2026-000003', 'INC-2026-000004'], linked: 4 } }, new Map([...queues, ['INC-2026-000004', undefined]]))
    expect(namingOnly(support, row)).toEqual({ ref: 'INC-2026-000009', problemRef: null, formerRefs: [own], elsewhere: 2, problem: { incidents: [own, 'INC-2026-000003'], linked: 4, elsewhere: 2 } })
  })

  it('is as it is for whoever has the whole site, and on the wire nothing is said of queues', () => {
    const row = withQueuesNamed({ ref: own, problemRef: foreign }, queues)
    expect(namingOnly(null, row)).toBe(row)
    expect(JSON.parse(JSON.stringify(row))).toEqual({ ref: own, problemRef: foreign })
    expect(JSON.stringify(namingOnly(support, row))).not.toContain(foreign)
  })

  it('has what people wrote as they wrote it, also where it is nothing but a number', () => {
    const person = { id: 'sam', name: foreign }
    const row = {
      ref: own,
      title: foreign,
      nature: foreign,
      location: foreign,
      service: foreign,
      reporter: foreign,
      owner: person,
      counsel: { said: [{ person, text: foreign }] },
      deployments: [{ text: foreign, ticket: foreign, takenFrom: null }],
      majorIncident: { methane: { exactLocation: foreign, kind: foreign, hazards: foreign, access: foreign, numbers: foreign, services: foreign } },
      problem: { cause: foreign, workaround: foreign, fix: foreign, incidents: [] },
      data: { service: foreign, before: { service: foreign }, told: [person] },
      text: foreign,
    }
    expect(numbersIn(row)).toEqual([own])
    expect(namingOnly(support, withQueuesNamed(row, queues))).toEqual({ ...row, elsewhere: 0 })
    expect(namingOnly(support, withQueuesNamed({ ...row, successor: foreign }, queues))).toEqual({ ...row, successor: null, elsewhere: 1 })
    expect(withoutNumbers({ service: foreign, into: foreign }, new Set([foreign]))).toEqual({ service: foreign, into: null, elsewhere: 1 })
  })

  it('is named in words of a refusal by what it is', () => {
    expect(wordsNamingOnly(`incident ${own} goes on as ${foreign}`, new Set([foreign]))).toBe(`incident ${own} goes on as a record of another area`)
  })

  const value = (random: Seeded, depth: number): unknown => {
    if (depth === 0 || random.chance(0.3)) return random.pick([own, foreign, 'INC-2026-000003', 'a note', 7, null, true])
    if (random.chance(0.5)) return Array.from({ length: random.whole(0, 4) }, () => value(random, depth - 1))
    return Object.fromEntries(['incident', 'problem', 'into', 'from', 'text', 'title'].filter(() => random.chance(0.6)).map((key) => [key, value(random, depth - 1)]))
  }
  it('holds no number of another area, whatever its shape, and everything else (law 6)', () => {
    everySeed(lawRuns(200), (random) => {
      const row = withQueuesNamed({ data: value(random, 4) }, queues)
      const shown = namingOnly(support, row)
      expect(numbersIn(shown)).not.toContain(foreign)
      expect([...numbersIn(shown)].sort()).toEqual(numbersIn(row).filter((ref) => ref !== foreign).sort())
      expect(JSON.stringify(row)).toBe(JSON.stringify(namingOnly(null, row)))
    })
  })
})
