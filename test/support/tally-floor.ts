import type { Floor, FloorBase } from '../../server/domain/floor.ts'
import type { IntervalFigures } from '../../server/domain/queue-figures.ts'
import { defaultFloorSettings } from '../../server/domain/settings.ts'
import type { EntryId, LogEntry } from '../../server/domain/log-entry.ts'
import { HOUR, type Instant, instantOf, QUARTER_HOUR } from '../../server/domain/time.ts'
import type { Fold } from '../../server/replica/load-floor.ts'

/** The smallest fold there is: it counts facts by type and chains their ids, so that a lost, doubled or reordered entry shows. */
export interface Tally extends Floor {
  readonly facts: number
  readonly chain: number
  /** Sets when it wants its next tick. */
  wantTick(at: Instant | null): void
}

interface State {
  readonly facts: number
  readonly chain: number
  readonly due: Instant | null
  /** Facts by the quarter hour in which they occurred; forgotten after 64 h, like the real fold's rows. */
  readonly quarters: readonly (readonly [number, number])[]
}

const row = (basis: IntervalFigures['basis'], from: number, offered: number): IntervalFigures =>
  ({ queue: 'support', channel: 'voice', basis, from: instantOf(from), to: instantOf(from + QUARTER_HOUR), complete: true, revised: false, offered, sketches: { wait: [], handle: [] } }) as unknown as IntervalFigures

const empty = (site: string, begin?: State & { readonly entry: EntryId; readonly at: Instant }): Tally => {
  let { entry, at, facts, chain, due } = begin ?? { entry: '0-0', at: instantOf(0), facts: 0, chain: 0, due: null as Instant | null }
  const quarters = new Map<number, number>(begin?.quarters)
  let touched: number[] = []
  const count = (occurredAt: number) => {
    const quarter = Math.floor(occurredAt / QUARTER_HOUR) * QUARTER_HOUR
    quarters.set(quarter, (quarters.get(quarter) ?? 0) + 1)
    touched.push(quarter)
  }
  const forget = () => {
    for (const quarter of quarters.keys()) if (quarter < at - 64 * HOUR) quarters.delete(quarter)
  }
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
      for (const fact of applied.facts) {
        count(fact.occurredAt)
        for (const unit of fact.id) chain = (Math.imul(chain, 31) + unit.charCodeAt(0)) >>> 0
      }
      forget()
    },
    lateAnswers: () => [],
    quotes: () => [],
    takeChanges: () => {
      const closed = [...new Set(touched)].filter((quarter) => quarter + QUARTER_HOUR <= at)
      touched = touched.filter((quarter) => quarter + QUARTER_HOUR > at)
      const intervals = closed.map((quarter) => ({ queue: 'support', channel: 'voice' as const, basis: 'outcome' as const, from: instantOf(quarter) }))
      return { queues: ['support'], agents: [], incidents: [], sources: [], settings: false, intervals, urgent: false }
    },
    toBase: (): FloorBase => ({ format: 1, foldVersion: 1, entry, at, state: { site, facts, chain, due, quarters: [...quarters] } }),
    settings: () => defaultFloorSettings({ id: site, name: site, timeZone: 'UTC' }, instantOf(0)),
    settingsVersions: () => [],
    queueIds: () => ['support'],
    queue: () => null,
    bands: () => [],
    agentGains: () => [],
    window: () => null,
    waits: () => [],
    rolling: () => null,
    explainAgent: () => null,
    totals: absent,
    agentNumbers: () => [],
    agent: () => null,
    incident: () => null,
    incidents: () => [],
    sources: () => [],
    unnamedEventAt: () => null,
    intervals: ({ from, to, basis }) => [...quarters].filter(([quarter]) => quarter >= from && quarter < to).map(([quarter, offered]) => row(basis, quarter, offered)),
    contacts: () => [],
    explain: () => null,
  }
}

export const tallyFold: Fold & { readonly createFloor: (site: string) => Tally } = {
  createFloor: (site) => empty(site),
  floorFromBase: (base) => {
    const state = base.state as State & { readonly site: string }
    return empty(state.site, { ...state, entry: base.entry, at: base.at })
  },
}
