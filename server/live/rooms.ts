import type { Revision, Tables, WatchAnswer } from '../contract/messages.ts'
import { eventFrame, type Frame } from './frame.ts'
import { scopeKeyFor, type Scope } from './scope.ts'
import type { Flush, SiteFeed } from './feed.ts'
import { processTimers, type Timers } from './timers.ts'
import { deltaOf, frameText, planOf, snapshotOf, viewText, type ViewDelta, type ViewPlan } from './to-views.ts'

/** A viewer's connection, as far as rooms know it. */
export interface Line {
  /** True when everything written before has left this process. */
  readonly drained: () => boolean
  readonly write: (frame: Frame) => void
  /** Called once when the line is drained, or never when it closes first. */
  readonly whenDrained: (then: () => void) => void
}

interface Member {
  readonly line: Line
  readonly scope: Scope
  /** Watched views and the revision at which the viewer has each. */
  readonly views: Map<string, Revision>
  room: Room | null
  /** Waits for its line to drain: nothing is written to it meanwhile, and nothing kept for it. */
  behind: boolean
  gone: boolean
}

/** (scope, set of views) of one site: all in it get the same bytes. */
interface Room {
  readonly key: string
  readonly plans: readonly ViewPlan[]
  /** The revision that every member has of every view. */
  revision: Revision
  readonly members: Set<Member>
}

export interface Seat {
  /** Takes a view in; the answer is to be sent before anything else is awaited. */
  readonly watch: (view: string, since: Revision | null, answer: (answer: WatchAnswer) => void) => Promise<void>
  readonly unwatch: (view: string) => void
  readonly views: () => ReadonlySet<string>
  readonly leave: () => void
}

export interface Rooms {
  readonly seat: (line: Line, scope: Scope) => Seat
  readonly figures: () => { readonly rooms: number; readonly members: number; readonly behind: number }
  readonly close: () => void
}

/** A viewer of a quiet room still gets the revision that often, so that it can be resumed from the ring. */
const NEW_REVISION_EVERY_MS = 10_000
const RESUME_WAIT_MS = 2_000
const plain = (delta: ViewDelta | null): { put: Tables; gone: Readonly<Record<string, readonly string[]>> } => ({
  put: Object.fromEntries(Object.entries(delta?.put ?? {}).map(([table, rows]) => [table, rows.map(({ row }) => row)])),
  gone: delta?.gone ?? {},
})

export const openRooms = (feed: SiteFeed, timers: Timers = processTimers): Rooms => {
  const rooms = new Map<string, Room>()
  const members = new Set<Member>()

  const frameOf = (asOf: string, views: readonly string[]): Frame => eventFrame('changes', frameText(feed.site, asOf, views))
  const unchanged = (views: Iterable<readonly [string, Revision]>, to: Revision): Frame => frameOf(feed.asOf(), [...views].map(([view, from]) => viewText(view, from, to, null)))

  const step = (member: Member, to: Revision): void => {
    for (const view of member.views.keys()) member.views.set(view, to)
  }
  const fallBehind = (member: Member): void => {
    member.room?.members.delete(member)
    member.room = null
    if (member.behind) return
    member.behind = true
    member.line.whenDrained(() => {
      member.behind = false
      if (!member.gone) catchUp(member)
    })
  }
  /** One frame to all who are in step; who has not taken the last one yet leaves the room instead. */
  const send = (room: Room, to: Revision, frame: Frame): void => {
    for (const member of room.members) {
      if (!member.line.drained()) fallBehind(member)
      else {
        member.line.write(frame)
        step(member, to)
      }
    }
    room.revision = to
  }
  const bring = (room: Room): void => {
    if (room.revision === feed.revision()) return
    if (room.members.size > 0) send(room, feed.revision(), unchanged(room.plans.map(({ view }) => [view, room.revision] as const), feed.revision()))
    room.revision = feed.revision()
  }
  /** The room for a member's views; nothing in it differs between its own revision and the feed's. */
  const enter = (member: Member): void => {
    const before = member.room
    before?.members.delete(member)
    if (before?.members.size === 0) rooms.delete(before.key)
    member.room = null
    if (member.views.size === 0 || member.behind) return
    const names = [...member.views.keys()].sort()
    const key = JSON.stringify([scopeKeyFor(member.scope, names), names])
    const room = rooms.get(key) ?? { key, plans: names.map((view) => planOf(view, member.scope)), revision: feed.revision(), members: new Set<Member>() }
    rooms.set(key, room)
    bring(room)
    const late = [...member.views].filter(([, revision]) => revision !== room.revision)
    if (late.length > 0) {
      member.line.write(unchanged(late, room.revision))
      step(member, room.revision)
    }
    member.room = room
    room.members.add(member)
  }

  /** What the member missed, from the ring; a `from` that is not the viewer's tells it to watch again. */
  const catchUp = (member: Member): void => {
    const to = feed.revision()
    const parts = [...member.views].map(([view, from]) => {
      const changes = feed.changesSinceNow(from, member.scope)
      return changes === null ? viewText(view, to, to, null) : viewText(view, from, to, deltaOf(planOf(view, member.scope), feed.read, changes))
    })
    if (parts.length > 0) member.line.write(frameOf(feed.asOf(), parts))
    step(member, to)
    enter(member)
  }

  const flushRoom = (room: Room, { to, asOf, changes }: Flush): void => {
    const deltas = room.plans.map((plan) => ({ view: plan.view, delta: deltaOf(plan, feed.read, changes) }))
    if (deltas.every(({ delta }) => delta === null)) return
    send(room, to, frameOf(asOf, deltas.map(({ view, delta }) => viewText(view, room.revision, to, delta))))
  }
  /** A new epoch or a floor loaded anew: every view is watched again. */
  const resetRoom = (room: Room, { to, asOf }: Flush): void => send(room, to, frameOf(asOf, room.plans.map(({ view }) => viewText(view, to, to, null))))

  const stopFlushes = feed.onFlush((flush) => {
    for (const room of rooms.values()) {
      if (room.members.size === 0) rooms.delete(room.key)
      else if (flush.reset) resetRoom(room, flush)
      else flushRoom(room, flush)
    }
  })
  const stopRevisions = timers.every(NEW_REVISION_EVERY_MS, () => {
    for (const room of rooms.values()) bring(room)
  })

  const timelineOf = (view: string): string | null => (view.startsWith('incident:') ? view.slice('incident:'.length) : null)
  const holdTimeline = async (view: string): Promise<void> => {
    const ref = timelineOf(view)
    if (ref !== null) await feed.holdTimeline(ref)
  }
  const releaseTimeline = (view: string): void => {
    const ref = timelineOf(view)
    if (ref !== null) feed.releaseTimeline(ref)
  }

  const answerOf = (member: Member, view: string, changes: ReturnType<SiteFeed['changesSinceNow']>): WatchAnswer => {
    const plan = planOf(view, member.scope)
    const at = { ok: true, revision: feed.revision(), asOf: feed.asOf() } as const
    return changes === null ? { ...at, snapshot: snapshotOf(plan, feed.read) } : { ...at, changes: plain(deltaOf(plan, feed.read, changes)) }
  }

  const seat = (line: Line, scope: Scope): Seat => {
    const member: Member = { line, scope, views: new Map(), room: null, behind: false, gone: false }
    members.add(member)
    feed.watched(true)
    const unwatch = (view: string): void => {
      if (!member.views.delete(view)) return
      releaseTimeline(view)
      enter(member)
    }
    return {
      watch: async (view, since, answer) => {
        await feed.ready()
        feed.keepArea(scope)
        const held = member.views.has(view)
        if (!held) await holdTimeline(view)
        if (since !== null) await feed.changesSince(since, scope, RESUME_WAIT_MS)
        // Gone meanwhile, or two questions for one view crossed: it is held once.
        if (!held && (member.gone || member.views.has(view))) releaseTimeline(view)
        if (member.gone) return
        // From here on nothing waits: the answer and the room are of one revision.
        const changes = since === null ? null : feed.changesSinceNow(since, scope)
        const reply = answerOf(member, view, changes)
        member.views.delete(view)
        if (member.room !== null || !member.behind) enter(member)
        answer(reply)
        member.views.set(view, feed.revision())
        enter(member)
      },
      unwatch,
      views: () => new Set(member.views.keys()),
      leave: () => {
        member.gone = true
        for (const view of [...member.views.keys()]) releaseTimeline(view)
        member.views.clear()
        enter(member)
        members.delete(member)
        feed.watched(members.size > 0)
      },
    }
  }

  return {
    seat,
    figures: () => ({ rooms: rooms.size, members: members.size, behind: [...members].filter(({ behind }) => behind).length }),
    close: () => {
      stopFlushes()
      stopRevisions()
    },
  }
}
