import type { Revision } from '../contract/messages.ts'
import type { Iso } from '../contract/rows.ts'
import { isoOf, type Instant } from '../domain/time.ts'
import type { FloorChanges } from '../domain/floor.ts'
import type { LogEntry } from '../domain/log-entry.ts'
import type { Logger } from '../log.ts'
import type { Sealed } from '../redis/sealed.ts'
import type { LiveReplica } from './live-replica.ts'
import { changeRing, compareEntries, mergeChanges, parseRevision, type ChangeSet } from './change-ring.ts'
import { addDirt, isClean, noDirt, type Dirty } from './dirty.ts'
import { flushClock, hastier, type Haste } from './flush-clock.ts'
import { floorTables } from './floor-tables.ts'
import { knownRows, type IncidentRows } from './known-rows.ts'
import type { Scope } from './scope.ts'
import { DIRECT, sourceRows } from './source-rows.ts'
import { processTimers, type Timers } from './timers.ts'
import type { ReadTable } from './to-views.ts'

/** One flush: what looks different between two revisions. `reset`: nothing sent before may be built upon. */
export interface Flush {
  readonly from: Revision
  readonly to: Revision
  readonly asOf: Iso
  readonly changes: ChangeSet
  readonly reset: boolean
}

export interface SiteFeedDeps {
  readonly replica: LiveReplica
  readonly sealed: Pick<Sealed, 'agents'>
  readonly incidents: IncidentRows
  /** Last heartbeat of the site's keeper on this machine's clock; null when none runs. */
  readonly keeperAliveAt: (site: string) => Promise<Instant | null>
  readonly now: () => Instant
  readonly log: Logger
  readonly timers?: Timers
}

/** A site's rows in this process: kept encoded at one flushed revision, from which every room, snapshot and answer is made. */
export interface SiteFeed {
  readonly site: string
  /** The flushed revision: tables, frames and snapshots are all of this one. */
  readonly revision: () => Revision
  readonly asOf: () => Iso
  readonly read: ReadTable
  /** Resolves when the tables are filled. */
  readonly ready: () => Promise<void>
  /** Resolves when the tables hold all that the replica holds now. */
  readonly current: () => Promise<void>
  /** Waits up to that long for the floor to reach a viewer's revision; then what changed since, or null when only a snapshot helps. */
  readonly changesSince: (revision: Revision, waitMs: number) => Promise<ChangeSet | null>
  readonly changesSinceNow: (revision: Revision) => ChangeSet | null
  readonly keepArea: (scope: Scope) => void
  readonly hasIncident: (ref: string) => boolean
  readonly openTimeline: (ref: string) => Promise<void>
  readonly closeTimeline: (ref: string) => void
  /** While somebody watches, flushes keep the beat; otherwise they wait for `current()`. */
  readonly watched: (watched: boolean) => void
  readonly onFlush: (flushed: (flush: Flush) => void) => () => void
  readonly onSettings: (changed: () => void) => () => void
  readonly close: () => void
}

const SOURCES_EVERY_MS = 1_000
const NAMES_EVERY_MS = 30_000
/** A row whose name cannot be had is shown without one rather than not at all. */
const FETCH_ROUNDS = 3

const listeners = <T extends (...args: never[]) => void>() => {
  const all = new Set<T>()
  return { all, add: (listener: T) => (all.add(listener), () => void all.delete(listener)) }
}

export const openSiteFeed = ({ replica, sealed, incidents, keeperAliveAt, now, log, timers = processTimers }: SiteFeedDeps): SiteFeed => {
  const { site } = replica
  const known = knownRows({ site, sealed, incidents })
  const ring = changeRing()
  const clock = flushClock()
  const flushes = listeners<(flush: Flush) => void>()
  const settings = listeners<() => void>()
  const lastEventAt = new Map<string, Instant>()
  let tables = floorTables()
  let areas: readonly Scope[] = []
  let dirty = noDirt()
  let haste: Haste | null = null
  let extra: ChangeSet[] = []
  let revision: Revision = replica.revision()
  let asOf: Iso = isoOf(replica.floor.asOf)
  let filled: Promise<void> | null = null
  let flushing: Promise<void> | null = null
  let isWatched = false
  let cancel: (() => void) | null = null
  let keeperSeen: Instant | null = null
  let askedKeeperAt = -Infinity
  let closed = false

  const hasWork = () => !isClean(dirty) || extra.length > 0
  const everything = (): Dirty => ({
    queues: new Set([...replica.floor.queueIds(), ...tables.table('queues').ids()]),
    agents: new Set(replica.floor.agentNumbers()),
    incidents: new Set([...replica.floor.incidents().map(({ ref }) => ref), ...tables.table('incidents').ids()]),
  })

  /** Tables at the replica's own moment: nothing in here waits, so all rows are of one revision. */
  const commit = (taken: Dirty, reset: boolean): void => {
    const from = revision
    const changes = mergeChanges([tables.update(replica.floor, taken, known), ...extra])
    extra = []
    revision = replica.revision()
    asOf = isoOf(replica.floor.asOf)
    haste = null
    const at = timers.now()
    if (changes.size > 0) clock.flushed(at)
    const entry = parseRevision(revision)?.entry ?? '0-0'
    if (reset) ring.reset(entry)
    else ring.push(entry, changes, at)
    const flush = { from, to: revision, asOf, changes, reset }
    for (const listener of flushes.all) listener(flush)
  }

  const fetchMissing = async (): Promise<void> => {
    for (let round = 0; round < FETCH_ROUNDS; round += 1) {
      const missing = known.missing(replica.floor, dirty)
      if (missing === null) return
      await known.fetch(replica.floor, missing)
    }
  }
  const flushNow = (): void => {
    const taken = dirty
    dirty = noDirt()
    commit(taken, false)
  }
  /** At once when all names are here, which is nearly always; else after asking for them. One at a time. */
  const flush = (): Promise<void> => {
    cancel?.()
    cancel = null
    if (flushing !== null) return flushing
    if (known.missing(replica.floor, dirty) === null) {
      flushNow()
      return Promise.resolve()
    }
    flushing = fetchMissing()
      .catch((error: unknown) => log.warn({ site, reason: error instanceof Error ? error.message : String(error) }, 'names could not be read; rows are shown without'))
      .then(() => {
        flushing = null
        if (!closed && filled !== null) flushNow()
      })
    return flushing
  }
  const schedule = (): void => {
    if (!isWatched || filled === null || haste === null || closed) return
    const wait = clock.dueAt(haste) - timers.now()
    if (wait <= 0) return void flush()
    cancel?.()
    cancel = timers.after(wait, () => void flush())
  }

  const askKeeper = async (): Promise<void> => {
    askedKeeperAt = timers.now()
    keeperSeen = (await keeperAliveAt(site).catch(() => null)) ?? keeperSeen
  }
  const hasteOf = (changes: FloorChanges): Haste => (changes.incidents.length > 0 || changes.sources.length > 0 || changes.settings ? 'now' : changes.urgent ? 'soon' : 'beat')
  const noteEvents = (entries: readonly LogEntry[]): void => {
    for (const entry of entries) if (entry.kind === 'facts') for (const fact of entry.facts) lastEventAt.set(fact.source ?? DIRECT, entry.at)
  }
  const updateSources = (): void => {
    const rows = sourceRows({ statuses: replica.floor.sources(), lastEventAt, keeperAliveAt: keeperSeen, logSilentMs: replica.lag().heardMsAgo, now: now() })
    const { changed, stateChanged } = tables.putSources(rows)
    if (!changed) return
    extra.push(tables.takeChanged())
    haste = hastier(haste, stateChanged ? 'now' : 'beat')
  }

  const fill = async (): Promise<void> => {
    await askKeeper()
    dirty = everything()
    await fetchMissing()
    // The old tables answer until here; the new ones are filled in one go, so nobody sees half a floor.
    tables = floorTables()
    for (const ref of known.openTimelines()) tables.table(`timeline/${ref}`)
    for (const scope of areas) tables.keepArea(replica.floor, scope)
    updateSources()
    const taken = dirty
    dirty = noDirt()
    commit(taken, true)
  }
  const ready = (): Promise<void> => {
    filled ??= fill().catch((error: unknown) => {
      filled = null
      throw error
    })
    return filled
  }

  const stopChanges = replica.onChange((changes, _revision, _entry, entries) => {
    noteEvents(entries)
    addDirt(dirty, changes)
    if (changes.sources.length > 0 && filled !== null) updateSources()
    if (hasWork()) haste = hastier(haste, hasteOf(changes))
    schedule()
    if (changes.settings) for (const listener of settings.all) listener()
  })
  const stopReloads = replica.onReload(() => {
    if (filled === null) return
    filled = null
    void ready().catch((error: unknown) => log.error({ site, reason: String(error) }, 'the floor could not be shown again after a reload'))
  })

  const beat = async (): Promise<void> => {
    if (filled === null) return
    await askKeeper()
    if (filled === null) return
    updateSources()
    schedule()
  }
  const stopBeat = timers.every(SOURCES_EVERY_MS, () => void (isWatched && beat()))
  const refresh = async (): Promise<void> => {
    if (filled === null) return
    const moved = await known.refresh(replica.floor)
    for (const number of moved.agents) dirty.agents.add(number)
    for (const ref of moved.incidents) dirty.incidents.add(ref)
    if (moved.agents.size + moved.incidents.size > 0) haste = hastier(haste, 'beat')
    schedule()
  }
  // A failed refresh is tried again at the next; names only grow older meanwhile.
  const stopRefresh = timers.every(NAMES_EVERY_MS, () => void refresh().catch(() => undefined))

  const current = async (): Promise<void> => {
    await ready()
    if (timers.now() - askedKeeperAt > SOURCES_EVERY_MS) await beat()
    const wanted = replica.revision()
    if (!hasWork() && flushing === null) {
      // Ticks that changed no row still move the revision.
      if (revision !== wanted) flushNow()
      return
    }
    if (!isWatched || flushing !== null) return flush()
    await new Promise<void>((resolve) => {
      const stop = flushes.add(() => (stop(), resolve()))
      haste = hastier(haste, 'beat')
      schedule()
    })
  }
  const changesSinceNow = (since: Revision): ChangeSet | null => {
    const theirs = parseRevision(since)
    const ours = parseRevision(revision)
    if (theirs === null || ours === null || theirs.epoch !== ours.epoch || compareEntries(theirs.entry, ours.entry) > 0) return null
    return ring.since(theirs.entry)
  }

  return {
    site,
    revision: () => revision,
    asOf: () => asOf,
    read: (name) => tables.table(name),
    ready,
    current,
    changesSinceNow,
    changesSince: async (since, waitMs) => {
      const theirs = parseRevision(since)
      // A viewer that comes from another server may be a little ahead of this one.
      if (theirs !== null && compareEntries(theirs.entry, parseRevision(revision)?.entry ?? '0-0') > 0 && theirs.epoch === parseRevision(revision)?.epoch) {
        if (!(await replica.waitFor(theirs.entry, waitMs))) return null
        await current()
      }
      return changesSinceNow(since)
    },
    keepArea: (scope) => {
      if (areas.some(({ area }) => area?.id === scope.area?.id)) return
      areas = [...areas, scope]
      if (filled === null) return
      tables.keepArea(replica.floor, scope)
      // Nobody has these rows yet: they are no change to anyone.
      tables.takeChanged()
    },
    hasIncident: (ref) => replica.floor.incident(ref) !== null,
    openTimeline: async (ref) => {
      tables.table(`timeline/${ref}`)
      known.openTimeline(ref)
      dirty.incidents.add(ref)
      // A flush that was under way may have been too early for it.
      while (dirty.incidents.has(ref)) await flush()
    },
    closeTimeline: known.closeTimeline,
    watched: (watched) => {
      isWatched = watched
      schedule()
    },
    onFlush: flushes.add,
    onSettings: settings.add,
    close: () => {
      closed = true
      stopChanges()
      stopReloads()
      stopBeat()
      stopRefresh()
      cancel?.()
    },
  }
}
