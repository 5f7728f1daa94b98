/** One thing to be sent. Exactly one of the two is called. */
export interface Turn {
  readonly send: () => Promise<void>
  /** Its turn does not come soon; `behind` others wait before it. */
  readonly giveBack: (behind: number) => Promise<void>
}

export interface Turns {
  enter(receiver: string, turn: Turn): void
  /** How many are being sent. */
  sending(): number
  /** Gives back those that have waited too long: a receiver hangs. */
  tidy(): void
  /** Gives back all that wait, and resolves when nothing is being sent any more. */
  close(): Promise<void>
}

export interface TurnLimits {
  /** To one receiver at once: one that hangs holds up nobody else. */
  readonly atOnce: number
  /** These wait for their turn at one receiver, and these at all: what is beyond them goes back into the outbox, a write each. */
  readonly waiting: number
  readonly waitingInAll: number
  /** Longer is nobody kept waiting: the lease of a row covers its sending too. */
  readonly patienceMs: number
  readonly ticks?: () => number
  /** After a sending ended. */
  readonly onSent?: () => void
}

interface Waiter {
  readonly turn: Turn
  readonly since: number
}

/** Who may send now, by receiver, in the order of coming. */
export const openTurns = ({ atOnce, waiting, waitingInAll, patienceMs, ticks = () => performance.now(), onSent = () => undefined }: TurnLimits): Turns => {
  const busy = new Map<string, number>()
  const rooms = new Map<string, Waiter[]>()
  const running = new Set<Promise<void>>()
  let sending = 0
  let inRooms = 0

  const track = (work: Promise<void>): void => {
    running.add(work)
    void work.finally(() => running.delete(work))
  }
  const begin = async (receiver: string, turn: Turn): Promise<void> => {
    sending += 1
    busy.set(receiver, (busy.get(receiver) ?? 0) + 1)
    try {
      await turn.send()
    } finally {
      sending -= 1
      const held = (busy.get(receiver) ?? 1) - 1
      if (held === 0) busy.delete(receiver)
      else busy.set(receiver, held)
      next(receiver)
      onSent()
    }
  }
  /** The first of a room, if it has waited for at least so long. */
  const leave = (receiver: string, leastMs: number): Waiter | null => {
    const room = rooms.get(receiver)
    const [first] = room ?? []
    if (room === undefined || first === undefined || ticks() - first.since < leastMs) return null
    room.shift()
    inRooms -= 1
    if (room.length === 0) rooms.delete(receiver)
    return first
  }
  const next = (receiver: string): void => {
    const first = leave(receiver, 0)
    if (first === null) return
    if (ticks() - first.since < patienceMs) return track(begin(receiver, first.turn))
    track(first.turn.giveBack(0))
    next(receiver)
  }
  const giveBack = (leastMs: number): void => {
    for (const receiver of [...rooms.keys()]) {
      let behind = 0
      for (let first = leave(receiver, leastMs); first !== null; first = leave(receiver, leastMs)) {
        track(first.turn.giveBack(behind))
        behind += 1
      }
    }
  }

  return {
    enter: (receiver, turn) => {
      if ((busy.get(receiver) ?? 0) < atOnce) return track(begin(receiver, turn))
      const room = rooms.get(receiver) ?? []
      if (room.length >= waiting || inRooms >= waitingInAll) return track(turn.giveBack(room.length))
      room.push({ turn, since: ticks() })
      rooms.set(receiver, room)
      inRooms += 1
    },
    sending: () => sending,
    tidy: () => giveBack(patienceMs),
    close: async () => {
      giveBack(0)
      while (running.size > 0) await Promise.allSettled([...running])
    },
  }
}
