import { timersOf } from '../../server/domain/escalation/plan-timers.ts'
import { decideMending } from '../../server/domain/incident/decide-mending.ts'
import { changeOf } from '../../server/incidents/change.ts'
import type { Logger } from '../../server/log.ts'
import { refScore } from '../../server/redis/incident-log.ts'
import type { IncidentLists } from '../../server/redis/incident-lists.ts'
import type { StoredTimer } from '../../server/redis/incident-timers.ts'
import type { FireDeps } from './fire.ts'

export interface MenderDeps extends FireDeps {
  readonly lists: Pick<IncidentLists, 'newest'>
  /** Rows as they lie there, with the set they stand in. */
  readonly stored: (site: string, ids: readonly string[]) => Promise<readonly StoredTimer[]>
  readonly sites: () => readonly string[]
  readonly onSettings?: (changed: (site: string) => void) => () => void
  readonly log: Logger
  /** null: by hand alone. */
  readonly everyMs?: number | null
}

export interface Mender {
  /** Incidents that were changed and timers that were written anew. */
  mend(site: string): Promise<{ readonly incidents: number; readonly timers: number }>
  close(): Promise<void>
}

const EVERY_MS = 60_000
const FIRST_MS = 5_000
const BATCH = 200

/**
 * At start, after each change of the settings and every minute: what an edited calendar moves, whose owner is gone, and timer rows
 * that are not what their incident asks for (a Redis that came back old or empty). A row that was wrong is told in the log.
 */
export const openMender = (deps: MenderDeps): Mender => {
  const { incidentLog, rules, settings, lists, stored, sites, log, everyMs = EVERY_MS } = deps
  const running = new Set<Promise<unknown>>()
  let open = true

  const mendOne = async (site: string, ref: string): Promise<{ readonly incidents: number; readonly timers: number }> => {
    const none = { incidents: 0, timers: 0 }
    const { record, now } = await incidentLog.read(site, ref)
    if (record === null) return none
    const [by, directory, today] = await Promise.all([rules.of(site, record), deps.directory(site), settings.incidentSettings(site)])
    const events = decideMending(record, { now, rules: by, directory, calendarVersion: today.version })
    const change = changeOf({ before: record, events, rules: by, subscriptions: today, contacts: directory.contacts })
    const planned = timersOf(change.after, by)
    const rows = new Map((await stored(site, planned.map(({ id }) => id))).map((row) => [row.id, row]))
    // One that is claimed now is being fired: whoever holds it writes it anew.
    const wrong = planned.filter((timer) => {
      const row = rows.get(timer.id)
      return row === undefined || (!row.inFlight && (row.dueAt !== timer.dueAt || row.generation !== timer.generation || !row.queued))
    })
    const set = [...change.timersSet, ...wrong.filter(({ id }) => !change.timersSet.some((timer) => timer.id === id))]
    if (events.length === 0 && set.length === 0) return none
    if (wrong.length > 0 && events.length === 0) log.error({ site, ref, timers: wrong.map(({ id }) => id) }, 'timers were not what their incident asks for; they are written anew')
    const applied = await incidentLog.apply(site, { ...change, timersSet: set })
    // Somebody was quicker: their change is looked at with the next round.
    return applied.kind === 'ok' ? { incidents: events.length > 0 ? 1 : 0, timers: wrong.length } : none
  }

  const mend = async (site: string): Promise<{ readonly incidents: number; readonly timers: number }> => {
    let [incidents, timers] = [0, 0]
    let below: number | null = null
    while (open) {
      const batch = await lists.newest(site, { below, count: BATCH, activeOnly: true })
      for (const { ref } of batch) {
        const mended = await mendOne(site, ref)
        incidents += mended.incidents
        timers += mended.timers
      }
      const last = batch.at(-1)
      if (last === undefined || batch.length < BATCH) break
      below = refScore(last.ref)
    }
    return { incidents, timers }
  }

  const begin = (site: string): void => {
    if (!open) return
    const work: Promise<unknown> = mend(site)
      .catch((error: unknown) => log.warn({ site, reason: error instanceof Error ? error.message : String(error) }, 'timers could not be compared with their incidents'))
      .finally(() => running.delete(work))
    running.add(work)
  }
  const all = (): void => {
    for (const site of sites()) begin(site)
  }
  const beat = everyMs === null ? null : setInterval(all, everyMs)
  const unhear = deps.onSettings?.(begin)
  // What is overdue is fired first.
  const first = everyMs === null ? null : setTimeout(all, FIRST_MS)

  return {
    mend,
    close: async () => {
      open = false
      if (beat !== null) clearInterval(beat)
      if (first !== null) clearTimeout(first)
      unhear?.()
      await Promise.allSettled([...running])
    },
  }
}
