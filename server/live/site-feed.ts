import type { Revision } from '../contract/messages.ts'
import type { Iso } from '../contract/rows.ts'
import { isoOf } from '../domain/time.ts'
import type { FloorChanges } from '../domain/floor.ts'
import type { EntryId } from '../domain/log-entry.ts'
import { compareEntries } from '../redis/epoch.ts'
import { changeRing, mergeChanges, parseRevision, type ChangeSet } from './change-ring.ts'
import { addDirt, isClean, noDirt, type Dirty } from './dirty.ts'
import type { Haste } from './flush-clock.ts'
import { flushPacer } from './flush-pacer.ts'
import { areaKey, floorTables } from './floor-tables.ts'
import type { Flush, SiteFeed, SiteFeedDeps } from './feed.ts'
import { knownRows } from './known-rows.ts'
import { letterWatch } from './letter-watch.ts'
import type { Scope } from './scope.ts'
import { sourceWatch } from './source-watch.ts'
import { processTimers } from './timers.ts'

const SOURCES_EVERY_MS = 1_000
const NAMES_EVERY_MS = 30_000
const FILL_AGAIN_MS = 1_000
/** A row whose name cannot be had is shown without one rather than not at all. */
const FETCH_ROUNDS = 3

/** Every fact touches its source; another state of a source is hastened where it is seen. */
const hasteOf = (changes: FloorChanges): Haste => (changes.incidents.length > 0 || changes.settings ? 'now' : changes.urgent ? 'soon' : 'beat')

const entryOf = (revision: Revision): EntryId => parseRevision(revision)?.entry ?? '0-0'

const listeners = <T extends (...args: never[]) => void>() => {
  const all = new Set<T>()
  return { all, add: (listener: T) => (all.add(listener), () => void all.delete(listener)) }
}

export const openSiteFeed = ({ replica, sealed, incidents, keeperAliveAt, deadLetters, now, log, timers = processTimers }: SiteFeedDeps): SiteFeed => {
  const { site } = replica
  const known = knownRows({ site, sealed, incidents })
  const ring = changeRing()
  const sources = sourceWatch({ replica, keeperAliveAt, now, timers })
  const letters = letterWatch(site, deadLetters)
  const flushes = listeners<(flush: Flush) => void>()
  const settings = listeners<() => void>()
  let tables = floorTables(now)
  let areas: readonly Scope[] = []
  /** From which entry on changes of an area's own rows are known. */
  const areaSince = new Map<string, EntryId>()
  let dirty = noDirt()
  let extra: ChangeSet[] = []
  let revision: Revision = replica.revision()
  /** A log that holds nothing yet says so as of now. */
  const told = (): Iso => isoOf(replica.floor.asOf === 0 ? now() : replica.floor.asOf)
  let asOf: Iso = told()
  let filling: Promise<void> | null = null
  let isFilled = false
  let isWatched = false

  const hasWork = () => !isClean(dirty) || extra.length > 0
  const everything = (): Dirty => ({
    queues: new Set([...replica.floor.queueIds(), ...tables.table('queues').ids()]),
    agents: new Set(replica.floor.agentNumbers()),
    incidents: new Set([...replica.floor.incidents().map(({ ref }) => ref), ...tables.table('incidents').ids()]),
  })

  /** Tables at the replica's own moment: nothing in here waits, so all rows are of one revision. True when a row looks different. */
  const commit = (reset: boolean): boolean => {
    const taken = dirty
    dirty = noDirt()
    const from = revision
    if (!isClean(taken)) tables.putSources(sources.rows(), true)
    const changes = mergeChanges([tables.update(replica.floor, taken, known), ...extra])
    const written = tables.takeWritten()
    extra = []
    revision = replica.revision()
    asOf = told()
    const entry = entryOf(revision)
    if (reset) ring.reset(entry)
    // Who comes from another server may hold what stood there between two flushes of this one, so all that was written counts.
    else ring.push(entry, mergeChanges([changes, written]), timers.now())
    const flush = { from, to: revision, asOf, changes, reset }
    for (const listener of flushes.all) listener(flush)
    askAgain(taken)
    known.noteNameless(taken)
    // A sign of life alone does not hold back the next figures.
    return [...changes.keys()].some((table) => !table.startsWith('sources'))
  }
  /** An incident whose row could not be had is not forgotten: it is asked for after a while. At once, without a turn of the loop between, a Redis that is away could never come back. */
  let again: (() => void) | null = null
  const askAgain = (taken: Dirty): void => {
    const still = known.missing(replica.floor, { ...noDirt(), incidents: taken.incidents })
    for (const ref of still?.incidents ?? []) dirty.incidents.add(ref)
    if (still === null || again !== null) return
    again = timers.after(FILL_AGAIN_MS, () => {
      again = null
      pacer.want('beat')
    })
  }
  const lookForNames = async (): Promise<void> => {
    const named = await known.fetchNameless()
    for (const number of named) dirty.agents.add(number)
    if (named.length > 0) pacer.want('beat')
  }
  /** The floor is shown even when names cannot be had: Redis away for a moment, a DATA_KEY that is not the one they were sealed with. */
  const fetchMissing = async (): Promise<void> => {
    try {
      for (let round = 0; round < FETCH_ROUNDS; round += 1) {
        const missing = known.missing(replica.floor, dirty)
        if (missing === null) return
        await known.fetch(replica.floor, missing)
      }
    } catch (error) {
      log.warn({ site, reason: error instanceof Error ? error.message : String(error) }, 'names could not be read; rows are shown without')
    }
  }
  const pacer = flushPacer(
    {
      gather: () => (known.missing(replica.floor, dirty) === null ? null : fetchMissing()),
      commit: () => isFilled && commit(false),
    },
    timers,
  )
  const updateSources = (): void => {
    const { changed, stateChanged } = tables.putSources(sources.rows(), false)
    const counted = letters.put(tables)
    if (!changed && !counted) return
    extra.push(tables.takeChanged())
    pacer.want(stateChanged || counted ? 'now' : 'beat')
  }

  const fill = async (): Promise<void> => {
    await Promise.all([sources.ask(), letters.ask()])
    dirty = everything()
    await fetchMissing()
    // The old tables answer until here; the new ones are filled in one go, so nobody sees half a floor.
    tables = floorTables(now)
    for (const ref of known.heldTimelines()) tables.table(`timeline/${ref}`)
    for (const scope of areas) tables.keepArea(replica.floor, scope)
    tables.putSources(sources.rows(), true)
    letters.put(tables)
    extra = []
    isFilled = true
    areaSince.clear()
    pacer.done(commit(true))
  }
  const ready = (): Promise<void> => {
    filling ??= fill().catch((error: unknown) => {
      filling = null
      throw error
    })
    return filling
  }
  const fillAgain = (): void => {
    isFilled = false
    filling = null
    known.forgetIncidents()
    ready().catch((error: unknown) => {
      log.error({ site, reason: error instanceof Error ? error.message : String(error) }, 'the floor cannot be shown after a reload; trying again')
      timers.after(FILL_AGAIN_MS, fillAgain)
    })
  }

  const endings = [
    replica.onChange((changes) => {
      addDirt(dirty, changes)
      if (hasWork()) pacer.want(hasteOf(changes))
      // After the figures: a frame that has just gone took its sources along.
      if (changes.sources.length > 0 && isFilled) updateSources()
      if (changes.settings) for (const listener of settings.all) listener()
    }),
    replica.onReload(() => {
      if (filling !== null) fillAgain()
    }),
    timers.every(SOURCES_EVERY_MS, () => void (isWatched && beat())),
    // A failed refresh is tried again at the next; names only grow older meanwhile.
    timers.every(NAMES_EVERY_MS, () => void refresh().catch(() => undefined)),
  ]
  const beat = async (): Promise<void> => {
    // What cannot be asked now is asked a second later.
    await Promise.all([sources.ask(), letters.ask(), lookForNames().catch(() => undefined)])
    if (isFilled) updateSources()
  }
  const refresh = async (): Promise<void> => {
    if (!isFilled) return
    const moved = await known.refresh(replica.floor)
    for (const number of moved.agents) dirty.agents.add(number)
    for (const ref of moved.incidents) dirty.incidents.add(ref)
    if (moved.agents.size + moved.incidents.size > 0) pacer.want('beat')
  }

  const retell = (): void => {
    if (replica.floor.asOf !== 0) return
    tables.retell(replica.floor)
    const changes = tables.takeChanged()
    if (changes.size > 0) extra.push(changes)
  }

  const current = async (): Promise<void> => {
    await ready()
    retell()
    if (sources.olderThan(SOURCES_EVERY_MS)) await beat()
    // Ticks that changed no row still move the revision.
    if (!hasWork() && !pacer.flushing() && revision === replica.revision()) return
    if (!isWatched || !hasWork() || pacer.flushing()) return pacer.flush()
    await new Promise<void>((resolve) => {
      const stop = flushes.add(() => (stop(), resolve()))
      pacer.want('beat')
    })
  }
  const changesSinceNow = (since: Revision, scope: Scope): ChangeSet | null => {
    const theirs = parseRevision(since)
    const ours = parseRevision(revision)
    if (theirs === null || ours === null || theirs.epoch !== ours.epoch || compareEntries(theirs.entry, ours.entry) > 0) return null
    return compareEntries(theirs.entry, areaSince.get(areaKey(scope.area)) ?? '0-0') < 0 ? null : ring.since(theirs.entry)
  }

  return {
    site,
    revision: () => revision,
    asOf: () => (replica.floor.asOf === 0 ? told() : asOf),
    read: (name) => tables.table(name),
    ready,
    current,
    changesSinceNow,
    changesSince: async (since, scope, waitMs) => {
      const theirs = parseRevision(since)
      const ours = parseRevision(revision)
      // A viewer that comes from another server may be a little ahead of this one.
      if (theirs !== null && ours !== null && theirs.epoch === ours.epoch && compareEntries(theirs.entry, ours.entry) > 0 && (await replica.waitFor(theirs.entry, waitMs))) await current()
      return changesSinceNow(since, scope)
    },
    keepArea: (scope) => {
      if (areas.some(({ area }) => areaKey(area) === areaKey(scope.area))) return
      areas = [...areas, scope]
      if (!isFilled) return
      tables.keepArea(replica.floor, scope)
      // Nobody here has these rows yet. Who comes from another server with older ones gets all of them anew.
      tables.takeChanged()
      areaSince.set(areaKey(scope.area), entryOf(replica.revision()))
    },
    holdTimeline: async (ref) => {
      await ready()
      tables.table(`timeline/${ref}`)
      known.holdTimeline(ref)
      dirty.incidents.add(ref)
      // A flush that was under way may have been too early for it.
      for (let round = 0; round < FETCH_ROUNDS && dirty.incidents.has(ref); round += 1) await pacer.flush()
    },
    releaseTimeline: (ref) => {
      if (known.releaseTimeline(ref)) for (const name of ['timeline', 'forecast']) tables.forget(`${name}/${ref}`)
    },
    watched: (watched) => {
      isWatched = watched
      pacer.paced(watched)
    },
    onFlush: flushes.add,
    onSettings: settings.add,
    close: () => {
      for (const end of endings) end()
      again?.()
      pacer.close()
    },
  }
}
