import { setImmediate as breathe } from 'node:timers/promises'
import type { Floor, FloorChanges } from '../domain/floor.ts'
import type { EntryId, LogEntry } from '../domain/log-entry.ts'
import type { Logger } from '../log.ts'
import { compareEntries, type Revision, revisionOf } from '../redis/epoch.ts'
import type { ReadEntry } from '../redis/floor-log.ts'
import type { Keys } from '../redis/keys.ts'
import { applyEntry, type Fault, type LoadDependencies, loadFloor } from './load-floor.ts'
import { offerTicks } from './offer-ticks.ts'
import { checkPosition, type Position } from './position.ts'
import type { Followed } from './reader.ts'

export type ReloadReason = 'lostTail' | 'behindBase' | 'newEpoch'

export interface Lag {
  /** Since Redis last answered a read, whether or not it had something; a few seconds at rest, growing when it is away. */
  readonly heardMsAgo: number
  /** Entries put aside since this replica was opened. */
  readonly faults: number
}

/** A site's floor in this process, kept at the head of the log. */
export interface Replica {
  readonly site: string
  /** Replaced by a reload: read it anew each time. */
  readonly floor: Floor
  readonly epoch: string
  revision(): Revision
  /** After each applied batch: what changed, the revision, the batch's last entry and all its entries. Gives a function that ends it. */
  onChange(changed: (changes: FloorChanges, revision: Revision, entry: LogEntry, entries: readonly LogEntry[]) => void): () => void
  /** The floor was replaced or the epoch changed: nothing sent before may be built upon. */
  onReload(reloaded: (reason: ReloadReason) => void): () => void
  onFault(fault: (fault: Fault) => void): () => void
  /** Entries put aside since it was opened, the newest hundred. */
  faults(): readonly Fault[]
  /** True once the floor includes the entry; false after that many milliseconds. */
  waitFor(entry: EntryId, ms: number): Promise<boolean>
  lag(): Lag
  /** The entry it has come to, and that entry's hash. */
  position(): Position
}

export interface ReplicaDependencies extends LoadDependencies {
  readonly keys: Keys
  readonly logger: Logger
  /** Offers ticks without a stagger: the keeper's process, so that others seldom need to. */
  readonly eager: boolean
}

interface Waiter {
  readonly entry: EntryId
  readonly done: (there: boolean) => void
}

/** Longest stretch of folding before other work of the process gets its turn. */
const SLICE_MS = 15
const MOST_FAULTS = 100

const listenerSet = <T>() => {
  const listeners = new Set<T>()
  return {
    all: listeners,
    add: (listener: T) => {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
  }
}

export interface OpenReplica {
  readonly replica: Replica
  readonly followed: Followed
  readonly close: () => void
}

export const openReplica = async (dependencies: ReplicaDependencies, site: string): Promise<OpenReplica> => {
  const { epochs, keys, log, logger, eager } = dependencies
  const changed = listenerSet<Parameters<Replica['onChange']>[0]>()
  const reloaded = listenerSet<Parameters<Replica['onReload']>[0]>()
  const faulted = listenerSet<Parameters<Replica['onFault']>[0]>()
  const waiters = new Set<Waiter>()
  const ticks = offerTicks({ log, site, eager })
  const faults: Fault[] = []
  let faultCount = 0
  let heardAt = performance.now()

  const onFault = (fault: Fault) => {
    faultCount += 1
    faults.push(fault)
    if (faults.length > MOST_FAULTS) faults.shift()
    logger.error({ site, entry: fault.entry, reason: fault.reason }, 'a log entry was put aside')
    for (const listener of faulted.all) listener(fault)
  }
  let epoch = await epochs.current(site)
  let { floor, position }: { floor: Floor; position: Position } = await loadFloor(dependencies, site, onFault)

  const settle = () => {
    for (const waiter of [...waiters]) if (compareEntries(position.entry, waiter.entry) >= 0) waiter.done(true)
    ticks.arm(floor.nextTickAt(), floor.asOf)
  }
  const tell = (entries: readonly LogEntry[]) => {
    const last = entries.at(-1)
    if (!last) return settle()
    const changes = floor.takeChanges()
    // Viewers first: who waits here is woken after this turn anyway.
    try {
      for (const listener of changed.all) listener(changes, replica.revision(), last, entries)
    } finally {
      settle()
    }
  }
  const tellReload = (reason: ReloadReason) => {
    settle()
    for (const listener of reloaded.all) listener(reason)
  }

  const take = async (reads: readonly ReadEntry[]) => {
    let applied: LogEntry[] = []
    let sliceEnds = performance.now() + SLICE_MS
    for (const read of reads) {
      applyEntry(floor, read, onFault)
      position = { entry: read.id, hash: read.hash }
      if (read.entry) applied.push(read.entry)
      if (performance.now() < sliceEnds) continue
      tell(applied)
      applied = []
      await breathe()
      sliceEnds = performance.now() + SLICE_MS
    }
    tell(applied)
  }

  const check = async () => {
    const standing = await checkPosition(dependencies, site, position, epoch)
    if (standing.holds) {
      const isNew = standing.epoch !== epoch
      epoch = standing.epoch
      await foldOnLive()
      if (isNew) tellReload('newEpoch')
      return
    }
    logger.warn({ site, entry: position.entry, why: standing.why }, standing.why === 'lostTail' ? 'the log lost its tail: a new epoch begins' : 'this reader is behind the base: loading again')
    const loaded = await loadFloor(dependencies, site, onFault)
    epoch = standing.epoch
    floor = loaded.floor
    position = loaded.position
    tellReload(standing.why)
  }
  /** What came while the connection was away is read in pages before waiting for more. */
  const foldOnLive = async () => {
    for (;;) {
      const page = await log.read(site, position.entry, 100)
      if (page.length > 0) await take(page)
      if (page.length < 100) return
    }
  }

  const replica: Replica = {
    site,
    get floor() {
      return floor
    },
    get epoch() {
      return epoch
    },
    revision: () => revisionOf(epoch, position.entry),
    onChange: changed.add,
    onReload: reloaded.add,
    onFault: faulted.add,
    faults: () => faults,
    waitFor: (entry, ms) =>
      new Promise((resolve) => {
        if (compareEntries(position.entry, entry) >= 0) return resolve(true)
        const waiter: Waiter = {
          entry,
          done: (there) => {
            clearTimeout(timer)
            waiters.delete(waiter)
            resolve(there)
          },
        }
        const timer = setTimeout(() => waiter.done(false), ms)
        waiters.add(waiter)
      }),
    lag: () => ({ heardMsAgo: performance.now() - heardAt, faults: faultCount }),
    position: () => position,
  }
  settle()
  return {
    replica,
    followed: { key: keys.site(site).log, after: () => position.entry, check, take, heard: () => void (heardAt = performance.now()) },
    close: () => {
      ticks.close()
      for (const waiter of [...waiters]) waiter.done(false)
    },
  }
}

