import type { CanonicalEvent } from '../../contract/events.ts'

/**
 * States of agents as queue_log tells them: logins, pauses per queue or over all, wrap-up as a pause with a known reason or
 * as Wazo's WRAPUPSTART. Repeats say nothing new and make no event, so a pause keeps its beginning.
 */

/** `none`: handling ends with the conversation; `pause:REASON`: a pause with that reason is after-call work. */
export type AcwRule = 'none' | `pause:${string}`

interface Talked {
  readonly contactId: string
  readonly legId: string
  readonly queueId: string
  readonly endedAt: number
}

interface Member {
  readonly said: 'available' | 'paused' | 'wrapup' | 'offline' | null
  readonly reason: string | null
  readonly queues: readonly string[]
  readonly pausedIn: readonly string[]
  readonly pausedAll: boolean
  readonly loggedIn: boolean
  /** Joined a queue by ADDMEMBER: leaving the last one is a sign-off. */
  readonly dynamic: boolean
  readonly wrapSince: number | null
  /** Wazo: epoch seconds at which the announced wrap-up ends. */
  readonly wrapUntil: number | null
  /** The contact whose wrap-up has not been told yet. */
  readonly unwrapped: Talked | null
}

/** No floor has more; the oldest leave first. */
const MOST = 20_000

export type SavedMembers = readonly (readonly [agentId: string, member: Member])[]

/** An event without the envelope that the reader adds; `at` in epoch seconds. `key`: what it follows from, when not the line at hand. */
export type MemberEvent = { readonly at: number; readonly key?: string; readonly event: DistributiveOmit<Extract<CanonicalEvent, { type: 'agent.state' | 'agent.queue_joined' | 'agent.queue_left' | 'contact.wrapped' }>, 'id' | 'occurredAt' | 'source'> }
type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never

const fresh: Member = { said: null, reason: null, queues: [], pausedIn: [], pausedAll: false, loggedIn: false, dynamic: false, wrapSince: null, wrapUntil: null, unwrapped: null }
const iso = (epoch: number) => new Date(Math.round(epoch * 1000)).toISOString()
const with_ = (list: readonly string[], entry: string) => (list.includes(entry) ? list : [...list, entry])
const without = (list: readonly string[], entry: string) => list.filter((other) => other !== entry)

export interface Members {
  readonly login: (agentId: string, at: number) => readonly MemberEvent[]
  readonly logoff: (agentId: string, at: number, loggedInSeconds: number | null) => readonly MemberEvent[]
  readonly joined: (agentId: string, queue: string, at: number) => readonly MemberEvent[]
  readonly left: (agentId: string, queue: string, at: number) => readonly MemberEvent[]
  /** `queue` null: in all queues. */
  readonly pause: (agentId: string, queue: string | null, reason: string | null, at: number) => readonly MemberEvent[]
  readonly unpause: (agentId: string, queue: string | null, at: number) => readonly MemberEvent[]
  readonly wrapUp: (agentId: string, seconds: number, at: number) => readonly MemberEvent[]
  readonly connected: (agentId: string, queue: string, at: number) => readonly MemberEvent[]
  readonly talked: (agentId: string, talked: Talked) => void
  /** Announced wrap-ups that have run out by then. */
  readonly until: (at: number) => readonly MemberEvent[]
  readonly reset: () => void
  readonly save: () => SavedMembers
}

export const openMembers = (acw: AcwRule, saved: SavedMembers = []): Members => {
  const members = new Map<string, Member>(saved)
  const wrapReason = acw.startsWith('pause:') ? acw.slice('pause:'.length).trim().toLowerCase() : null
  const of = (agentId: string): Member => members.get(agentId) ?? fresh
  const announced = new Set<string>(saved.filter(([, member]) => member.wrapUntil !== null).map(([agentId]) => agentId))

  const put = (agentId: string, member: Member): void => {
    members.set(agentId, member)
    if (members.size <= MOST) return
    const oldest = members.keys().next()
    if (!oldest.done) members.delete(oldest.value)
  }

  const wrappedOf = (agentId: string, member: Member, at: number, acwMs: number): MemberEvent[] => {
    const talked = member.unwrapped
    if (!talked) return []
    return [{ at, event: { type: 'contact.wrapped', contactId: talked.contactId, legId: talked.legId, queueId: talked.queueId, agentId, acwMs } }]
  }

  const stateOf = (member: Member): { said: Member['said']; reason: string | null } => {
    const paused = member.pausedAll || (member.pausedIn.length > 0 && member.queues.every((queue) => member.pausedIn.includes(queue)))
    if (!paused) return { said: 'available', reason: null }
    return { said: wrapReason !== null && member.reason?.toLowerCase() === wrapReason ? 'wrapup' : 'paused', reason: member.reason }
  }

  /** Stores the member in the state that follows and tells what is new about it. */
  const settle = (agentId: string, before: Member, after: Member, at: number, to: { said: Member['said']; reason: string | null }): readonly MemberEvent[] => {
    const events: MemberEvent[] = []
    let next: Member = { ...after, said: to.said, reason: to.reason }
    if (before.said === 'wrapup' && to.said !== 'wrapup') {
      events.push(...wrappedOf(agentId, before, at, Math.max(0, Math.round((at - (before.wrapSince ?? at)) * 1000))))
      next = { ...next, wrapSince: null, wrapUntil: null, unwrapped: null }
      announced.delete(agentId)
    }
    if (to.said === 'wrapup' && before.said !== 'wrapup') next = { ...next, wrapSince: at }
    put(agentId, next)
    if (to.said === null || (before.said === to.said && before.reason === to.reason)) return events
    const plannedEndAt = next.wrapUntil !== null && to.said === 'wrapup' ? { plannedEndAt: iso(next.wrapUntil) } : {}
    events.push({ at, event: { type: 'agent.state', agentId, state: to.said, ...(to.reason === null ? {} : { reason: to.reason }), ...plannedEndAt } })
    return events
  }

  /** Pauses of somebody who has logged off, or a pause that the logoff itself takes back, bring nobody back. */
  const stayedAway = (agentId: string, member: Member): readonly MemberEvent[] => {
    put(agentId, member)
    return []
  }

  return {
    login: (agentId, at) => {
      const before = of(agentId)
      return settle(agentId, before, { ...before, loggedIn: true, pausedIn: [], pausedAll: false }, at, { said: 'available', reason: null })
    },
    logoff: (agentId, at, loggedInSeconds) => {
      const before = of(agentId)
      // A logoff without a login says when the login was.
      const implied: MemberEvent[] =
        !before.loggedIn && before.said === null && loggedInSeconds !== null && loggedInSeconds > 0 ? [{ at: at - loggedInSeconds, event: { type: 'agent.state', agentId, state: 'available' } }] : []
      return [...implied, ...settle(agentId, before, { ...before, loggedIn: false, pausedIn: [], pausedAll: false }, at, { said: 'offline', reason: null })]
    },
    joined: (agentId, queue, at) => {
      const before = of(agentId)
      const after = { ...before, queues: with_(before.queues, queue), dynamic: true }
      const state = before.said === null || before.said === 'offline' ? { said: 'available' as const, reason: null } : { said: before.said, reason: before.reason }
      return [{ at, event: { type: 'agent.queue_joined', agentId, queueId: queue } }, ...settle(agentId, before, after, at, state)]
    },
    left: (agentId, queue, at) => {
      const before = of(agentId)
      const after = { ...before, queues: without(before.queues, queue), pausedIn: without(before.pausedIn, queue) }
      const gone = after.queues.length === 0 && before.dynamic && !before.loggedIn
      const state = gone ? { said: 'offline' as const, reason: null } : { said: before.said, reason: before.reason }
      return [{ at, event: { type: 'agent.queue_left', agentId, queueId: queue } }, ...settle(agentId, before, after, at, state)]
    },
    pause: (agentId, queue, reason, at) => {
      const before = of(agentId)
      const after: Member = {
        ...before,
        pausedAll: before.pausedAll || queue === null,
        pausedIn: queue === null ? before.pausedIn : with_(before.pausedIn, queue),
        queues: queue === null ? before.queues : with_(before.queues, queue),
        reason,
      }
      if (before.said === 'offline') return stayedAway(agentId, after)
      return settle(agentId, before, after, at, stateOf(after))
    },
    unpause: (agentId, queue, at) => {
      const before = of(agentId)
      const after: Member = { ...before, pausedAll: false, pausedIn: queue === null ? [] : without(before.pausedIn, queue), queues: queue === null ? before.queues : with_(before.queues, queue) }
      if (before.said === 'offline') return stayedAway(agentId, after)
      return settle(agentId, before, after, at, stateOf(after))
    },
    wrapUp: (agentId, seconds, at) => {
      const before = of(agentId)
      announced.add(agentId)
      return settle(agentId, before, { ...before, wrapUntil: at + seconds }, at, { said: 'wrapup', reason: null })
    },
    connected: (agentId, queue, at) => {
      const before = of(agentId)
      const known: Member = { ...before, queues: with_(before.queues, queue) }
      // The next call without a wrap-up between: the last one had none.
      if (wrapReason !== null && before.unwrapped && before.said !== 'wrapup') {
        put(agentId, { ...known, unwrapped: null })
        return wrappedOf(agentId, before, before.unwrapped.endedAt, 0)
      }
      put(agentId, known)
      return before.said === 'wrapup' ? settle(agentId, before, { ...known, pausedAll: false, pausedIn: [] }, at, { said: 'available', reason: null }) : []
    },
    talked: (agentId, talked) => put(agentId, { ...of(agentId), unwrapped: talked }),
    until: (at) => {
      const events: MemberEvent[] = []
      for (const agentId of announced) {
        const before = of(agentId)
        if (before.wrapUntil === null || before.wrapUntil > at) continue
        const key = `${agentId} ${before.wrapUntil}`
        events.push(...settle(agentId, before, before, before.wrapUntil, stateOf(before)).map((event) => ({ ...event, key })))
      }
      return events
    },
    reset: () => {
      members.clear()
      announced.clear()
    },
    save: () => [...members],
  }
}
