import type { Floor, FloorBase } from '../../server/domain/floor.ts'
import type { EntryId, LogEntry } from '../../server/domain/log-entry.ts'
import { type Instant, instantOf } from '../../server/domain/time.ts'
import type { Fold } from '../../server/replica/load-floor.ts'

/** The smallest fold there is: it counts facts by type and chains their ids, so that a lost, doubled or reordered entry shows. */
export interface Tally extends Floor {
  readonly facts: number
  readonly chain: number
  /** Sets when it wants its next tick. */
  wantTick(at: Instant | null): void
}

const empty = (site: string, from?: { entry: EntryId; at: Instant; facts: number; chain: number; due: Instant | null }): Tally => {
  let { entry, at, facts, chain, due } = from ?? { entry: '0-0', at: instantOf(0), facts: 0, chain: 0, due: null as Instant | null }
  const absent = (): never => {
    throw new Error('a tally has no figures')
  }
  return {
    site,
    get entry() {
      return entry
    },
    get asOf() {
      return at
    },
    get facts() {
      return facts
    },
    get chain() {
      return chain
    },
    wantTick: (next) => {
      due = next
    },
    nextTickAt: () => due,
    apply: (applied: LogEntry) => {
      if (applied.kind === 'facts' && applied.facts.some((fact) => fact.id === 'poison')) throw new Error('poison')
      entry = applied.id
      at = applied.at
      if (due !== null && at >= due) due = null
      if (applied.kind !== 'facts') return
      facts += applied.facts.length
      for (const fact of applied.facts) for (const unit of fact.id) chain = (Math.imul(chain, 31) + unit.charCodeAt(0)) >>> 0
    },
    takeChanges: () => ({ queues: ['support'], agents: [], incidents: [], sources: [], settings: false, intervals: [], urgent: false }),
    toBase: (): FloorBase => ({ format: 1, foldVersion: 1, entry, at, state: { site, facts, chain, due } }),
    settings: absent,
    queueIds: () => [],
    queue: () => null,
    totals: absent,
    agentNumbers: () => [],
    agent: () => null,
    incident: () => null,
    incidents: () => [],
    sources: () => [],
    intervals: () => [],
    contacts: () => [],
    explain: () => null,
  }
}

export const tallyFold: Fold & { readonly createFloor: (site: string) => Tally } = {
  createFloor: (site) => empty(site),
  floorFromBase: (base) => {
    const state = base.state as { site: string; facts: number; chain: number; due: Instant | null }
    return empty(state.site, { entry: base.entry, at: base.at, ...state })
  },
}
