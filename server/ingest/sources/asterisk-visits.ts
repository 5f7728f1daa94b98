/**
 * Which visit of a call a line is about. One call id may enter queues several times (time-out to a second queue, transfer);
 * its visits are numbered in the order seen. Kept small: it rides in the follower's and the import's saved position.
 */

export interface Visit {
  readonly ordinal: number
  /** Queue entered, or of the first line seen when the log was cut. */
  readonly queue: string
  readonly entered: boolean
  /** Connected or gone: another such line means another visit. */
  readonly settled: boolean
  readonly ended: boolean
  /** Epoch seconds of the newest line. */
  readonly last: number
  /** Ids of the lines that opened and decided it: a line read again finds its visit and opens none. */
  readonly opening?: string
  readonly deciding?: string
  readonly earlier?: Visit
}

export type SavedVisits = readonly (readonly [callId: string, visit: Visit])[]

export interface Visits {
  readonly enter: (callId: string, queue: string, at: number, lineId?: string) => Visit
  /** A line that decides the wait: connect, abandon, exit. */
  readonly settle: (callId: string, queue: string, at: number, ended: boolean, lineId?: string) => Visit
  /** Any other line of the call. */
  readonly touch: (callId: string, queue: string, at: number, ended: boolean) => Visit
  readonly newest: (callId: string) => Visit | null
  /** Entered, and neither connected nor gone as far as we know. */
  readonly waiting: () => SavedVisits
  /** Ordinals stay, so that a call that goes on after a restart of the PBX is not taken for an earlier visit. */
  readonly closeAll: () => void
  readonly save: () => SavedVisits
}

const ENDED_KEPT_S = 3_600
const OPEN_KEPT_S = 86_400
const MOST = 50_000
const PRUNE_EVERY = 1_000
/** Visits of one call whose lines are still recognised. */
const EARLIER_KEPT = 4

const shortened = (visit: Visit, kept = EARLIER_KEPT): Visit => {
  const { earlier, ...own } = visit
  return kept > 1 && earlier ? { ...own, earlier: shortened(earlier, kept - 1) } : own
}

export const openVisits = (saved: SavedVisits = []): Visits => {
  const visits = new Map<string, Visit>(saved)
  let sincePrune = 0

  const prune = (now: number) => {
    for (const [callId, visit] of visits) {
      if (now - visit.last > (visit.ended ? ENDED_KEPT_S : OPEN_KEPT_S)) visits.delete(callId)
    }
    for (const callId of visits.keys()) {
      if (visits.size <= MOST) break
      visits.delete(callId)
    }
  }

  const put = (callId: string, visit: Visit): Visit => {
    visits.delete(callId)
    visits.set(callId, visit)
    sincePrune += 1
    if (sincePrune >= PRUNE_EVERY || visits.size > MOST + PRUNE_EVERY) {
      sincePrune = 0
      prune(visit.last)
    }
    return visit
  }

  const implicit = (before: Visit | undefined, queue: string, at: number): Visit => ({ ordinal: (before?.ordinal ?? 0) + 1, queue, entered: false, settled: false, ended: false, last: at, ...(before ? { earlier: shortened(before) } : {}) })

  const known = (visit: Visit | undefined, of: 'opening' | 'deciding', lineId: string | undefined): Visit | null => {
    for (let at = visit; at !== undefined && lineId !== undefined; at = at.earlier) if (at[of] === lineId) return at
    return null
  }
  const told = (of: 'opening' | 'deciding', lineId: string | undefined) => (lineId === undefined ? {} : { [of]: lineId })

  return {
    enter: (callId, queue, at, lineId) => {
      const before = visits.get(callId)
      const again = known(before, 'opening', lineId)
      if (again) return again
      // Tables come back in any order: an entry no later than what is known of a visit without one belongs to it.
      if (before && !before.entered && at <= before.last) return put(callId, { ...before, queue, entered: true, ...told('opening', lineId) })
      return put(callId, { ...implicit(before, queue, at), entered: true, ...told('opening', lineId) })
    },
    settle: (callId, queue, at, ended, lineId) => {
      const before = visits.get(callId)
      const again = known(before, 'deciding', lineId)
      if (again) return again
      const visit = before && !before.settled ? before : implicit(before, queue, at)
      return put(callId, { ...visit, settled: true, ended: visit.ended || ended, last: Math.max(visit.last, at), ...told('deciding', lineId) })
    },
    touch: (callId, queue, at, ended) => {
      const visit = visits.get(callId) ?? implicit(undefined, queue, at)
      return put(callId, { ...visit, ended: visit.ended || ended, last: Math.max(visit.last, at) })
    },
    newest: (callId) => visits.get(callId) ?? null,
    waiting: () => [...visits].filter(([, visit]) => visit.entered && !visit.settled),
    closeAll: () => {
      for (const [callId, visit] of visits) visits.set(callId, { ...visit, settled: true, ended: true })
    },
    save: () => [...visits],
  }
}
