import type { CanonicalEvent } from '../../server/contract/events.ts'
import type { ContactFigures } from '../../server/domain/contact-figures.ts'
import type { IntervalFigures } from '../../server/domain/queue-figures.ts'
import { createFloor } from '../../server/domain/project-floor.ts'
import { defaultFloorSettings, type QueueSettings } from '../../server/domain/settings.ts'
import { HOUR, instantOf } from '../../server/domain/time.ts'
import { openImportReader, type ImportFormat } from '../../server/ingest/import-formats.ts'
import type { CallsMap } from '../../server/ingest/calls-csv.ts'
import { checkEvent } from '../../server/ingest/check-event.ts'
import { openFacts } from './facts-of.ts'

export interface Imported {
  readonly rows: readonly IntervalFigures[]
  readonly contacts: readonly ContactFigures[]
  readonly agentId: (number: number) => string | null
}

const HARVEST_MS = HOUR
/** What later facts can still reach; the floor forgets two hours later. */
const RIPE_MS = 48 * HOUR

/** A file read by the import's own reader and folded in order of time, its rows (arrival basis) and contacts taken as they become final, as the keeper does. */
export const foldImported = (file: string, { format = 'calls-csv', map, timeZone, queue = {} }: { readonly format?: ImportFormat; readonly map: CallsMap; readonly timeZone: string; readonly queue?: Partial<QueueSettings> }): Imported => {
  const reader = openImportReader(format, { source: format, acw: null, timeZone, callsMap: map } as never, undefined)
  const facts = openFacts()
  const now = instantOf(Date.now())
  const events = file.split('\n').filter((line) => line !== '').flatMap((line) => [...reader.read(line.replace(/\r$/, ''))]).map((item): CanonicalEvent => {
    const checked = checkEvent(item, now, 'import')
    if (!checked.ok) throw new Error(`${checked.code} ${checked.detail}`)
    return checked.event
  })
  const sorted = [...facts.of(events)].sort((a, b) => a.occurredAt - b.occurredAt || (a.id < b.id ? -1 : 1))
  const settings = defaultFloorSettings({ id: 's', name: 'S', timeZone }, instantOf(0))
  const floor = createFloor('s', { ...settings, defaults: { ...settings.defaults, ...queue } })

  const rows: IntervalFigures[] = []
  const contacts: ContactFigures[] = []
  let harvested = 0
  const harvest = (to: number) => {
    if (to <= harvested) return
    rows.push(...floor.intervals({ from: instantOf(harvested), to: instantOf(to), basis: 'arrival' }).filter((row) => row.from >= harvested && row.from < to))
    contacts.push(...floor.contacts({ from: instantOf(harvested), to: instantOf(to) }))
    harvested = to
  }
  let entry = 0
  const ripe = () => Math.floor((floor.asOf - RIPE_MS) / HARVEST_MS) * HARVEST_MS
  const advance = (at: number) => {
    while (floor.asOf > 0 && at - floor.asOf > HOUR) {
      floor.apply({ kind: 'tick', id: `${(entry += 1)}-0`, at: instantOf(floor.asOf + HOUR) })
      harvest(ripe())
    }
  }
  harvested = Math.floor((sorted[0]?.occurredAt ?? 0) / HARVEST_MS) * HARVEST_MS
  for (const fact of sorted) {
    advance(fact.occurredAt)
    floor.apply({ kind: 'facts', facts: [fact], id: `${(entry += 1)}-0`, at: fact.occurredAt })
    harvest(ripe())
  }
  const last = sorted.at(-1)?.occurredAt ?? 0
  advance(last + 49 * HOUR)
  harvest(last + 48 * HOUR)
  return { rows, contacts, agentId: facts.agentId }
}
