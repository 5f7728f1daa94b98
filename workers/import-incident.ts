import { recordedHistory, type RecordedState } from '../server/domain/incident/recorded-history.ts'
import type { PersonId, Priority } from '../server/domain/incident/incident.ts'
import type { Rules } from '../server/domain/incident/rules.ts'
import { instantOf, type Instant } from '../server/domain/time.ts'
import type { IncidentRow } from '../server/ingest/incidents-csv.ts'
import { yearAt } from '../server/incidents/year.ts'
import type { People } from '../server/redis/incident-directory.ts'
import { openImportedIncidents, type ImportedIncidents } from '../server/redis/imported-incidents.ts'
import { openIncidentLog, type IncidentLog } from '../server/redis/incident-log.ts'
import { openPeopleNames, type PeopleNames } from '../server/redis/incident-people.ts'
import { openIncidentRules, type IncidentRules, type SettingsSource } from '../server/redis/incident-rules.ts'
import type { Keys } from '../server/redis/keys.ts'
import type { Redis } from '../server/redis/plain-client.ts'
import type { Texts } from '../server/redis/sealed-texts.ts'
import type { NumberedRow } from './incident-spool.ts'

export interface IncidentImportDeps {
  readonly incidentLog: Pick<IncidentLog, 'nextRef' | 'apply'>
  readonly imported: ImportedIncidents
  readonly incidentRules: Pick<IncidentRules, 'current'>
  readonly texts: Pick<Texts, 'putAll'>
  readonly names: Pick<PeopleNames, 'remember'>
  readonly running: () => boolean
}

/** What imports of incidents need of Redis. */
export const openIncidentImports = ({ redis, keys, texts, settings, people }: { readonly redis: Redis; readonly keys: Keys; readonly texts: Texts; readonly settings: SettingsSource; readonly people: Pick<People, 'names'> }): Omit<IncidentImportDeps, 'running'> => ({
  incidentLog: openIncidentLog({ redis, keys }),
  imported: openImportedIncidents({ redis, keys }),
  incidentRules: openIncidentRules(settings),
  texts,
  names: openPeopleNames({ redis, keys, texts, people }),
})

export interface Verdict {
  /** `known`: it is here already. The others say why it was refused. */
  readonly kind: 'accepted' | 'known' | 'not_over' | 'in_future' | 'too_old'
  readonly detail: string
}

const EARLIEST = Date.UTC(1990, 0, 1)
const AT_ONCE = 16
const priorityOf = (scale: IncidentRow['priority']): Priority | null => (scale === null ? null : `P${scale}`)
const asSealed = ['title', 'nature', 'location', 'reporter', 'callerId'] as const

/** The states of an incident, oldest first: a row each, or what one row says of beginning and end. */
export const statesOf = (rows: readonly IncidentRow[], personOf: (name: string) => PersonId): readonly RecordedState[] =>
  rows.flatMap((row) => {
    const common = { hold: row.hold ?? ('third-party' as const), priority: priorityOf(row.priority), impact: row.impact, urgency: row.urgency, person: row.texts.person === undefined ? null : personOf(row.texts.person) }
    if (row.at !== null) return [{ ...common, at: instantOf(row.at), step: row.step }]
    const told = [[row.openedAt, 'open'], [row.acknowledgedAt, 'in-progress'], [row.resolvedAt, 'resolved'], [row.closedAt, row.step === 'cancelled' ? 'cancelled' : 'closed']] as const
    const states = told.flatMap(([at, step]): readonly RecordedState[] => (at === null ? [] : [{ ...common, at: instantOf(at), step }]))
    const last = states.at(-1)
    return row.step === 'cancelled' && row.closedAt === null && last !== undefined ? [...states, { ...last, step: 'cancelled' as const }] : states
  })

export interface IncidentImportOptions {
  readonly dryRun: boolean
  /** Now: what is not over by then is no history. */
  readonly until: Instant
  /** The person that stands for a name of the file. */
  readonly personOf: (name: string) => PersonId
}

export const openIncidentImport = async (deps: IncidentImportDeps, site: string, { dryRun, until, personOf }: IncidentImportOptions) => {
  const { incidentLog, imported, texts, names } = deps
  const rules: Rules = await deps.incidentRules.current(site)

  const bringOne = async (rows: readonly IncidentRow[], known: string | null): Promise<Verdict> => {
    const [first, last] = [rows[0], rows.at(-1)]
    if (first === undefined || last === undefined) return { kind: 'known', detail: '' }
    const states = statesOf(rows, personOf)
    const ended = states.at(-1)?.at ?? until
    if (ended > until) return { kind: 'in_future', detail: `incident ${first.id} has a state in the future` }
    if (first.openedAt < EARLIEST) return { kind: 'too_old', detail: `incident ${first.id} was opened before 1990` }
    // What was known last of it; a title does not change because somebody closed it.
    const said = Object.assign({}, ...rows.map((row) => row.texts)) as IncidentRow['texts']
    const free = [['title', said.title ?? first.id], ...asSealed.flatMap((field) => (field === 'title' || said[field] === undefined ? [] : [[field, said[field]] as const])), ['customFields', JSON.stringify({ importedAs: first.id })]] as const
    const history = (ref: string, ids: readonly string[]) =>
      recordedHistory(
        {
          report: {
            ref, type: 'incident', category: said.category ?? null, channel: last.channel, service: said.service ?? null, queue: null, callerIdWithheld: false, reportedAt: instantOf(first.openedAt),
            texts: Object.fromEntries(free.map(([field], index) => [field, ids[index] ?? ''])),
          },
          states,
          stepwise: first.at !== null || first.acknowledgedAt !== null,
          code: said.code ?? 'imported',
          resolution: ids.at(-2) ?? '',
          reason: ids.at(-1) ?? '',
        },
        rules,
        until,
      )
    const tried = history('INC-0000-000000', [])
    if ('notOver' in tried) return { kind: 'not_over', detail: `incident ${first.id} is ${tried.notOver} at its last row: only what is over is history; report it if it still goes on` }
    if (known !== null || dryRun) return { kind: known === null ? 'accepted' : 'known', detail: '' }
    for (const name of new Set(rows.flatMap(({ texts: { person } }) => (person === undefined ? [] : [person])))) await names.remember(site, { id: personOf(name), name })
    const own = await imported.claim(site, first.id, await incidentLog.nextRef(site, yearAt(instantOf(first.openedAt), rules.settings.timeZone)))
    const ids = await texts.putAll(site, [...free.map(([, text]) => text), `As imported: ${said.code ?? 'resolved'}`, 'As imported'])
    const told = history(own, ids)
    if ('notOver' in told) throw new Error(`incident ${first.id} was over and is not any more`)
    const applied = await incidentLog.apply(site, { before: null, after: told.record, events: told.events, timersSet: [], timersGone: [], deliveries: [], cancelled: [], history: true })
    return { kind: applied.kind === 'ok' ? 'accepted' : 'known', detail: '' }
  }

  return {
    /** null: it was stopped in between. Rows of each incident, oldest first. */
    bring: async (incidents: readonly (readonly NumberedRow[])[]): Promise<readonly Verdict[] | null> => {
      const verdicts: Verdict[] = []
      for (let from = 0; from < incidents.length; from += AT_ONCE) {
        if (!deps.running()) return null
        const some = incidents.slice(from, from + AT_ONCE).map((rows) => rows.map(({ row }) => row))
        const known = await imported.known(site, some.map((rows) => rows[0]?.id ?? ''))
        verdicts.push(...(await Promise.all(some.map((rows, index) => bringOne(rows, known[index] ?? null)))))
      }
      return verdicts
    },
  }
}
