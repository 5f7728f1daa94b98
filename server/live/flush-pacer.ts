import { flushClock, hastier, type Haste } from './flush-clock.ts'
import type { Timers } from './timers.ts'

export interface FlushWork {
  /** Starts what has to be asked for before a flush can be made; null when all is here, which is nearly always. */
  readonly gather: () => Promise<void> | null
  /** Makes the flush, without waiting; true when viewers got something. */
  readonly commit: () => boolean
}

/** When flushes happen, one at a time. */
export interface FlushPacer {
  /** Something waits; while paced it goes out when its haste allows, otherwise when `flush` is called. */
  readonly want: (haste: Haste) => void
  readonly paced: (paced: boolean) => void
  readonly flush: () => Promise<void>
  readonly flushing: () => boolean
  /** After a flush that was made by other means. */
  readonly done: (sent: boolean) => void
  readonly close: () => void
}

export const flushPacer = ({ gather, commit }: FlushWork, timers: Timers): FlushPacer => {
  const clock = flushClock()
  let haste: Haste | null = null
  let gathering: Promise<void> | null = null
  let cancel: (() => void) | null = null
  let isPaced = false
  let making = false
  let closed = false

  const sentAt = (sent: boolean): void => {
    if (sent) clock.flushed(timers.now())
  }
  const make = (): void => {
    if (closed) return
    haste = null
    making = true
    sentAt(commit())
    making = false
    // What came up while the flush was made waits for the next.
    schedule()
  }
  const flush = (): Promise<void> => {
    cancel?.()
    cancel = null
    if (gathering !== null) return gathering
    const asked = gather()
    if (asked === null) {
      make()
      return Promise.resolve()
    }
    gathering = asked.then(() => {
      gathering = null
      make()
    })
    return gathering
  }
  const schedule = (): void => {
    if (!isPaced || haste === null || making || closed) return
    const wait = clock.dueAt(haste) - timers.now()
    if (wait <= 0) return void flush()
    cancel?.()
    cancel = timers.after(wait, () => void flush())
  }
  return {
    want: (wanted) => {
      haste = hastier(haste, wanted)
      schedule()
    },
    paced: (paced) => {
      isPaced = paced
      schedule()
    },
    flush,
    flushing: () => gathering !== null,
    done: sentAt,
    close: () => {
      closed = true
      cancel?.()
    },
  }
}
