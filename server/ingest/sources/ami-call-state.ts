import type { AmiFrame } from './ami-frames.ts'
import type { Draft, Said } from './ami-said.ts'
import type { SavedVisits } from './asterisk-visits.ts'

/** What is kept of the calls of one connection, and what can be told of them. */

export interface SavedAmiCalls {
  readonly visits: SavedVisits
  readonly talking: readonly (readonly [callId: string, talk: Talk])[]
}

export interface Talk {
  readonly callId: string
  readonly legId: string
  readonly queueId: string
  readonly agentId: string | null
  readonly linkedId: string
  readonly agentChannel: string
  readonly callerChannel: string
  readonly answeredAt: number
  readonly heldSince: number | null
  /** Null until a hold was seen: AMI's talk time includes hold, and silence about hold is not zero. */
  readonly heldMs: number | null
}

export interface Gone {
  readonly callId: string
  readonly at: number
  readonly draft: Extract<Draft, { type: 'contact.abandoned' }>
}

export interface AmiCalls {
  readonly queued: (frame: AmiFrame, callId: string, queue: string, at: number) => readonly Said[]
  readonly left: (callId: string, queue: string, at: number) => void
  readonly abandoned: (frame: AmiFrame, callId: string, queue: string, at: number) => readonly Said[]
  readonly offered: (frame: AmiFrame, callId: string, queue: string, at: number, missed: boolean) => readonly Said[]
  readonly answered: (frame: AmiFrame, callId: string, queue: string, at: number) => readonly Said[]
  readonly completed: (frame: AmiFrame, callId: string, queue: string, at: number) => readonly Said[]
  readonly hold: (frame: AmiFrame, on: boolean, at: number) => readonly Said[]
  readonly hangup: (callId: string, at: number) => readonly Said[]
  /** The call that a member talks on in a queue, for frames whose caller channel is gone. */
  readonly talkWith: (frame: AmiFrame) => string | undefined
  readonly tick: (at: number) => readonly Said[]
  readonly nextTickAt: () => number | null
  /** After a snapshot: calls that ended while nobody listened, and waits that are over without our knowing how. */
  readonly settleUnseen: (waitingNow: ReadonlySet<string>, at: number) => readonly Said[]
  readonly connected: () => void
  readonly closeAll: () => void
  readonly save: () => SavedAmiCalls
}

