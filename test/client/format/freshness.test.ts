import { describe, expect, it } from '@jest/globals'
import { freshnessOf, heldAt } from '../../../client/format/freshness.ts'
import type { SourceRow } from '../../../server/contract/rows.ts'

const NOW = Date.UTC(2026, 10, 20, 9)
const S = 1_000
const iso = (ago: number): string => new Date(NOW - ago).toISOString()
const source = (more: Partial<SourceRow>): SourceRow => ({ id: 'pbx', platform: 'asterisk-file', state: 'live', since: iso(0), lastEventAt: null, lastAliveAt: iso(0), beatMs: S, detail: null, ...more })
const seen = (sources: readonly SourceRow[], asOf = iso(720 * S)) => freshnessOf({ link: { kind: 'open' }, sources, asOf, now: NOW, localNow: NOW })

describe('what the screen says of its age', () => {
  it('counts from the last word of a source, a beat as well as an event', () => {
    expect(seen([source({ lastEventAt: iso(360 * S), lastAliveAt: iso(S) })])).toEqual({ kind: 'live', ageMs: S, polling: false })
    expect(seen([source({ beatMs: null, lastEventAt: iso(12 * S), lastAliveAt: iso(12 * S) }), source({ id: 'crm', lastEventAt: iso(4 * S), lastAliveAt: null })])).toMatchObject({ kind: 'live', ageMs: 4 * S })
  })
  it('knows nothing of a site without a source, however lately its clock ticked', () => {
    for (const asOf of [iso(0), iso(720 * S), new Date(0).toISOString()]) expect(seen([], asOf)).toEqual({ kind: 'unknown', since: null, source: '' })
    expect(heldAt(freshnessOf({ link: { kind: 'lost', since: NOW - 60 * S }, sources: [], asOf: iso(0), now: NOW, localNow: NOW }))).toBeNull()
  })
})
