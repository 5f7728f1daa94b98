import type { CanonicalEvent } from '../../contract/events.ts'
import type { SavedAmiCalls } from './ami-call-state.ts'
import { openAmiCalls } from './ami-calls.ts'
import { seconds, whole } from './ami-fields.ts'
import type { AmiFrame } from './ami-frames.ts'
import { memberOf, openAmiMembers, type AmiMemberEvent, type SavedAmiMembers } from './ami-members.ts'
import { eventsOf, iso, say, type Draft, type Said } from './ami-said.ts'
import type { AcwRule } from './asterisk-members.ts'

/** Frames of the manager interface as canonical events; both dialects of event names. Pure: time comes in with each frame. */

export interface AmiOptions {
  readonly source: string
  readonly acw: AcwRule
}

/** What must survive a restart so that a call in a second visit is not taken for its first; JSON. */
export interface SavedAmi {
  readonly calls: SavedAmiCalls
  readonly members: SavedAmiMembers
}

export interface AmiReader {
  /** `at`: arrival in ms, used when the frame has no Timestamp of its own. */
  readonly frame: (frame: AmiFrame, at: number) => readonly CanonicalEvent[]
  /** Decisions that wait for time: leaving without a Hangup is a time-out. */
  readonly tick: (at: number) => readonly CanonicalEvent[]
  /** When `tick` has something to decide, or null. */
  readonly nextTickAt: () => number | null
  /** A new connection begins: sequence numbers and the presence of Hangup frames are per connection. */
  readonly connected: () => void
  /** The telephone system started again (ms): calls and agents of before are gone. */
  readonly restarted: (at: number) => readonly CanonicalEvent[]
  readonly save: () => SavedAmi
}

interface Entry {
  readonly callId: string
  readonly queueId: string
  readonly enqueuedAt: number
  readonly position: number | undefined
  readonly frame: AmiFrame
}

const SEQUENCE_KEPT = 2_048

export const openAmi = ({ source, acw }: AmiOptions, saved?: SavedAmi): AmiReader => {
  const members = openAmiMembers(acw, saved?.members)
  const calls = openAmiCalls(members, saved?.calls)
  let sequence = new Set<string>()
  let snapshot: { readonly queues: Set<string>; readonly entries: Entry[] } | null = null

  const snapshotComplete = (at: number): Said[] => {
    if (!snapshot) return []
    const { queues, entries } = snapshot
    snapshot = null
    const missing = entries.flatMap((entry) => calls.queued(entry.frame, entry.callId, entry.queueId, entry.enqueuedAt))
    const unseen = calls.settleUnseen(new Set(entries.map((entry) => entry.callId)), at)
    const draft: Draft = {
      type: 'source.snapshot',
      queues: [...queues],
      waiting: entries.map((entry) => ({ contactId: entry.callId, queueId: entry.queueId, enqueuedAt: iso(entry.enqueuedAt), position: entry.position })),
      agents: members.snapshot().map((agent) => ({ agentId: agent.agentId, state: agent.state, reason: agent.reason, since: iso(agent.since), queues: [...agent.queues] })),
    }
    return [...missing, ...unseen, say(draft, at, 'snapshot', at)]
  }

  const ofSnapshot = (frame: AmiFrame, event: string, at: number): readonly Said[] | null => {
    if (event === 'QueueParams') {
      if (!snapshot) {
        snapshot = { queues: new Set(), entries: [] }
        members.beginSnapshot()
      }
      snapshot.queues.add(frame.get('Queue'))
      return []
    }
    if (event === 'QueueMember') return members.seen(frame, at).filter((said) => said.type === 'contact.wrapped').map((said) => say(said, at, 'wrapped', memberOf(frame) ?? '', at))
    if (event === 'QueueEntry') {
      const callId = frame.get('Uniqueid')
      const wait = seconds(frame.get('Wait')) ?? 0
      if (callId !== '' && snapshot) snapshot.entries.push({ callId, queueId: frame.get('Queue'), enqueuedAt: at - wait, position: whole(frame.get('Position')), frame })
      return []
    }
    return event === 'QueueStatusComplete' ? snapshotComplete(at) : null
  }

  const ofMember = (frame: AmiFrame, event: string, at: number): readonly Said[] | null => {
    const told = (events: readonly AmiMemberEvent[]): Said[] => events.map((said) => say(said, said.at ?? at, said.type, memberOf(frame) ?? '', 'queueId' in said ? (said.queueId ?? '') : '', at))
    switch (event) {
      case 'QueueMemberStatus':
      case 'QueueMemberPause':
      case 'QueueMemberPaused':
      case 'QueueMemberAdded':
        return told(members.seen(frame, at))
      case 'QueueMemberRemoved':
        return told(members.removed(frame, at))
      default:
        return null
    }
  }

  const ofCall = (frame: AmiFrame, event: string, at: number): readonly Said[] => {
    // When the caller's channel is already gone, AgentComplete names only the agent and the queue.
    const callId = (frame.get('Uniqueid') || (event === 'AgentComplete' || event === 'AgentDump' ? calls.talkWith(frame) : undefined) || '').slice(0, 150)
    const queue = frame.get('Queue').slice(0, 200)
    if (event === 'Hold' || event === 'MusicOnHold') return event === 'Hold' ? calls.hold(frame, frame.get('Status') !== 'Off', at) : []
    if (event === 'Unhold') return calls.hold(frame, false, at)
    if (callId === '') return []
    if (event === 'Hangup') return calls.hangup(callId, at)
    if (queue === '') return []
    switch (event) {
      case 'QueueCallerJoin':
      case 'Join':
        return calls.queued(frame, callId, queue, at)
      case 'QueueCallerLeave':
      case 'Leave':
        calls.left(callId, queue, at)
        return []
      case 'QueueCallerAbandon':
        return calls.abandoned(frame, callId, queue, at)
      case 'AgentCalled':
        return calls.offered(frame, callId, queue, at, false)
      case 'AgentRingNoAnswer':
        return calls.offered(frame, callId, queue, at, true)
      case 'AgentConnect':
        return calls.answered(frame, callId, queue, at)
      case 'AgentComplete':
      case 'AgentDump':
        return calls.completed(frame, callId, queue, at)
      default:
        return []
    }
  }

  const seenBefore = (frame: AmiFrame): boolean => {
    const number = frame.get('SequenceNumber')
    if (number === '') return false
    if (sequence.has(number)) return true
    if (sequence.size >= SEQUENCE_KEPT) sequence = new Set([...sequence].slice(SEQUENCE_KEPT / 2))
    sequence.add(number)
    return false
  }

  return {
    frame: (frame, arrivedAt) => {
      const event = frame.get('Event')
      if (event === '' || seenBefore(frame)) return []
      const stamped = frame.get('Timestamp')
      const at = /^\d{9,10}\.\d{1,9}$/.test(stamped) ? Math.round(Number(stamped) * 1000) : arrivedAt
      return eventsOf(source, [...calls.tick(at), ...(ofSnapshot(frame, event, at) ?? ofMember(frame, event, at) ?? ofCall(frame, event, at))])
    },
    tick: (at) => eventsOf(source, calls.tick(at)),
    nextTickAt: calls.nextTickAt,
    connected: () => {
      sequence = new Set()
      snapshot = null
      calls.connected()
    },
    restarted: (at) => {
      calls.closeAll()
      members.reset()
      return eventsOf(source, [say({ type: 'source.reset', reason: 'restart' }, at, 'restart', Math.round(at / 60_000))])
    },
    save: () => ({ calls: calls.save(), members: members.save() }),
  }
}
