import { applyChanges, tableStateOf, type TableState } from '../../server/contract/changes.ts'
import type { ChangesFrame, WatchAnswer } from '../../server/contract/messages.ts'
import type { Frame } from '../../server/live/frame.ts'
import type { Line } from '../../server/live/rooms.ts'

/** A connection whose draining is decided by hand. */
export interface HandLine extends Line {
  readonly frames: ChangesFrame[]
  readonly texts: string[]
  readonly stall: () => void
  readonly drain: () => void
  /** An answer on its way: it comes in order with the frames, as on a real connection. */
  readonly deliver: (take: () => void) => void
  /** Frames written while not drained and not yet taken. */
  readonly inFlight: () => number
}

export const handLine = (onFrame: (frame: ChangesFrame) => void = () => undefined): HandLine => {
  const frames: ChangesFrame[] = []
  const texts: string[] = []
  let stalled = false
  let held: (() => void)[] = []
  let waiting: (() => void)[] = []
  const read = ({ packet }: Frame): ChangesFrame => {
    const [event, frame] = JSON.parse(packet.slice(1)) as [string, ChangesFrame]
    if (event !== 'changes') throw new Error(`unexpected event ${event}`)
    return frame
  }
  const arrive = (take: () => void): void => {
    if (stalled) held.push(take)
    else take()
  }
  return {
    frames,
    texts,
    deliver: arrive,
    drained: () => !stalled || held.length === 0,
    write: (frame) => {
      texts.push(frame.packet)
      const parsed = read(frame)
      frames.push(parsed)
      arrive(() => onFrame(parsed))
    },
    whenDrained: (then) => {
      if (stalled && held.length > 0) waiting.push(then)
      else then()
    },
    stall: () => (stalled = true),
    drain: () => {
      stalled = false
      const takes = held
      held = []
      for (const take of takes) take()
      const then = waiting
      waiting = []
      for (const act of then) act()
    },
    inFlight: () => held.length,
  }
}

/** Follows views by the rules of the contract alone: applies what fits, and says when it has to watch again. */
export interface Follower {
  readonly states: ReadonlyMap<string, TableState>
  readonly revision: (view: string) => string | null
  readonly take: (frame: ChangesFrame) => void
  readonly answer: (view: string, answer: WatchAnswer) => void
  readonly forget: (view: string) => void
  /** Views whose last frame did not fit. */
  readonly lost: () => readonly string[]
}

export const follower = (): Follower => {
  const states = new Map<string, TableState>()
  const revisions = new Map<string, string>()
  const lost = new Set<string>()
  return {
    states,
    revision: (view) => revisions.get(view) ?? null,
    take: (frame) => {
      for (const change of frame.views) {
        const state = states.get(change.view)
        if (state === undefined || lost.has(change.view)) continue
        if (revisions.get(change.view) !== change.from) {
          lost.add(change.view)
          continue
        }
        states.set(change.view, applyChanges(state, change))
        revisions.set(change.view, change.to)
      }
    },
    answer: (view, answer) => {
      if (!answer.ok) throw new Error(`watch ${view} was refused: ${answer.refusal.detail}`)
      lost.delete(view)
      states.set(view, 'snapshot' in answer ? tableStateOf(answer.snapshot) : applyChanges(states.get(view) ?? {}, answer.changes))
      revisions.set(view, answer.revision)
    },
    forget: (view) => {
      states.delete(view)
      revisions.delete(view)
      lost.delete(view)
    },
    lost: () => [...lost],
  }
}
