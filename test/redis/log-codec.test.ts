import { describe, expect, it } from '@jest/globals'
import { batchOf, CELLS, type FactBatch } from '../../server/domain/fold/fact-batch.ts'
import type { EntryBody } from '../../server/domain/log-entry.ts'
import type { IncidentRecord } from '../../server/domain/incident/incident.ts'
import { instantOf } from '../../server/domain/time.ts'
import { decodeEntry, encodeBody, encodeIncidentBody, entryFields, hashEntry, UnreadableEntry } from '../../server/redis/log-codec.ts'
import { randomFact } from '../support/random-facts.ts'
import { freshSeed, seeded } from '../support/seeded.ts'

const at = instantOf(Date.parse('2026-11-22T09:00:00.000Z'))

/** What the fold reads of each fact, with texts instead of their places. */
const columnsOf = (batch: FactBatch) =>
  Array.from({ length: batch.length }, (_, i) => {
    const [kind = 0, source = 0, queue = 0, ...rest] = batch.cells.subarray(i * CELLS, (i + 1) * CELLS)
    return { kind, source: batch.texts[source - 1], queue: batch.texts[queue - 1], rest, at: batch.at[i], contact: batch.contacts[i], token: batch.tokens[i], names: batch.names[i], other: batch.others[i] }
  })

describe('the stored form of the log', () => {
  it('gives back every fact of every type exactly', () => {
    const random = seeded(freshSeed())
    for (let round = 0; round < 15; round += 1) {
      const facts = Array.from({ length: random.int(1, 256) }, (_, n) => randomFact(random, at, n))
      const body: EntryBody = { kind: 'facts', facts }
      const read = decodeEntry('5-0', entryFields(at, body))
      if (read.kind !== 'facts' || read.batch === undefined) throw new Error('an entry of facts')
      try {
        expect({ kind: read.kind, id: read.id, at: read.at, facts: read.facts }).toEqual({ ...body, id: '5-0', at })
        expect(columnsOf(read.batch)).toEqual(columnsOf(batchOf(facts)))
      } catch (error) {
        throw new Error(`seed ${random.seed}, round ${round}`, { cause: error })
      }
    }
  })

  it('is the same for an incident whose record was text already', () => {
    const record = { ref: 'INC-2026-000001', texts: { title: 'Zeichen "ä" \u2028' } } as unknown as IncidentRecord
    expect(encodeIncidentBody('level-fired', JSON.stringify(record))).toBe(encodeBody({ kind: 'incident', event: 'level-fired', record }))
  })

  it('gives back the other kinds exactly', () => {
    const bodies: readonly EntryBody[] = [
      { kind: 'tick' },
      { kind: 'source', status: { source: 'pbx', platform: 'asterisk-ami', connected: false, beatMs: null, lastAliveAt: at, detail: 'refused login' } },
    ]
    for (const body of bodies) expect(decodeEntry('6-1', entryFields(at, body))).toEqual({ ...body, id: '6-1', at })
  })

  it('finds a changed character anywhere in an entry', () => {
    const random = seeded(freshSeed())
    const fields = entryFields(at, { kind: 'facts', facts: [randomFact(random, at, 1), randomFact(random, at, 2)] })
    const text = fields.b ?? ''
    for (let i = 0; i < text.length; i += 5) {
      const damaged = `${text.slice(0, i)}${String.fromCharCode(text.charCodeAt(i) ^ 1)}${text.slice(i + 1)}`
      expect(() => decodeEntry('7-0', { ...fields, b: damaged })).toThrow(UnreadableEntry)
    }
    expect(() => decodeEntry('7-0', { ...fields, a: String(at + 1) })).toThrow(UnreadableEntry)
  })

  it('refuses kinds and formats of a later version by name, and skips a fact type it does not know', () => {
    const stored = (kind: string, body: string) => ({ k: kind, a: String(at), b: body, h: hashEntry(kind, String(at), body) })
    expect(() => decodeEntry('8-0', stored('weather', '{}'))).toThrow(/8-0.*weather/)
    expect(() => decodeEntry('8-0', stored('facts', '[99,0,[],[]]'))).toThrow(/format 99/)
    expect(decodeEntry('8-0', stored('facts', '[1,0,[],[[250,"x",0,0]]]'))).toMatchObject({ kind: 'facts', facts: [] })
  })

  it('needs less than half the bytes of plain JSON', () => {
    const random = seeded(11)
    const facts = Array.from({ length: 256 }, (_, n) => randomFact(random, at, n))
    expect(encodeBody({ kind: 'facts', facts }).length).toBeLessThan(JSON.stringify(facts).length / 2)
  })
})
