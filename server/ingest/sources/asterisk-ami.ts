import { createHash } from 'node:crypto'
import type { CanonicalEvent } from '../../contract/events.ts'
import { memberOf, openAmiMembers, type SavedAmiMembers } from './ami-members.ts'
import type { AmiFrame } from './ami-frames.ts'
import type { AcwRule } from './asterisk-members.ts'
import { callerOf, visitId } from './asterisk-names.ts'
import { openVisits, type SavedVisits, type Visit } from './asterisk-visits.ts'

/** Frames of the manager interface as canonical events; both dialects of event names. Pure: time comes in with each frame. */

export interface AmiOptions {
  readonly source: string
  readonly acw: AcwRule
}

/** What must survive a restart so that a call in a second visit is not taken for its first; JSON. */
export interface SavedAmi {
  readonly visits: SavedVisits
  readonly members: SavedAmiMembers
  readonly talking: readonly (readonly [callId: string, talk: Talk])[]
}

interface Talk {
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

interface Gone {
  readonly callId: string
  readonly at: number
  readonly draft: Extract<Draft, { type: 'contact.abandoned' }>
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
  readonly save: () => SavedAmi
}

type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never
type Draft = DistributiveOmit<CanonicalEvent, 'id' | 'occurredAt' | 'source'>
interface Said {
  readonly draft: Draft
  readonly at: number
  /** What the id is made of: the same fact told by two connections has one id. */
  readonly key: string
}

const HANGUP_WITHIN_MS = 2_000
/** Announcements to the agent play between leaving the queue and the connect. */
const SILENT_LEAVE_MS = 60_000
/** With agent pools AgentComplete comes after the Hangup. */
const LATE_COMPLETE_MS = 5_000
const LONGEST_S = 2_678_400

const seconds = (text: string): number | undefined => (/^\d{1,7}$/.test(text) && Number(text) <= LONGEST_S ? Number(text) * 1000 : undefined)
const milliseconds = (text: string): number | undefined => (/^\d{1,10}$/.test(text) && Number(text) <= LONGEST_S * 1000 ? Number(text) : undefined)
const whole = (text: string): number | undefined => (/^\d{1,6}$/.test(text) ? Number(text) : undefined)

export const openAmi = ({ source, acw }: AmiOptions, saved?: SavedAmi): AmiReader => {
  const visits = openVisits(saved?.visits)
  const members = openAmiMembers(acw, saved?.members)
  const talking = new Map<string, Talk>(saved?.talking)
  const gone = new Map<string, Gone>()
  const leaving = new Map<string, { readonly at: number; readonly queue: string; readonly legId: string }>()
  const closing = new Map<string, number>()
  const joinedAt = new Map<string, number>()
  let sequence = new Set<string>()
  let hangupsSeen = false
  let snapshot: { readonly queues: Set<string>; readonly entries: { callId: string; queueId: string; enqueuedAt: number; position: number | undefined; frame: AmiFrame }[] } | null = null

  const forget = (callId: string) => {
    leaving.delete(callId)
    closing.delete(callId)
    joinedAt.delete(callId)
    talking.delete(callId)
  }
  const say = (draft: Draft, at: number, ...key: readonly (string | number)[]): Said => ({ draft, at, key: key.join(' ') })
  const legOf = (callId: string, visit: Visit) => visitId(callId, visit.ordinal)
  const contact = (callId: string, visit: Visit, queue: string) => ({ contactId: callId, legId: legOf(callId, visit), queueId: visit.entered ? visit.queue : queue, channel: 'voice' as const })

  const queued = (frame: AmiFrame, callId: string, queue: string, at: number): Said[] => {
    const before = visits.newest(callId)
    // A second manager session prints every frame again.
    if (before && before.entered && !before.settled && before.queue === queue) return []
    const away = gone.get(callId)
    // Back in a queue: the call lives, so what looked like an abandon was a time-out.
    const left = away ? timedOut(away) : leftSilently(callId)
    const visit = visits.enter(callId, queue, at / 1000)
    joinedAt.set(callId, at)
    const customer = callerOf(frame.get('CallerIDNum', 'CallerID'))
    const linked = frame.get('Linkedid')
    const draft: Draft = {
      type: 'contact.queued',
      ...contact(callId, visit, queue),
      ...(linked !== '' && linked !== callId ? { rootContactId: linked.slice(0, 200) } : {}),
      direction: 'in',
      ...(customer ? { customer } : {}),
      position: whole(frame.get('Position')),
      waitingInQueue: whole(frame.get('Count')),
    }
    return [...left, say(draft, at, legOf(callId, visit), 'queued')]
  }

  /** Left the queue and neither an agent nor an abandon followed: the caller took an exit. */
  const leftSilently = (callId: string): Said[] => {
    const left = leaving.get(callId)
    if (!left) return []
    leaving.delete(callId)
    const visit = visits.settle(callId, left.queue, left.at / 1000, true)
    const waitMs = left.at - (joinedAt.get(callId) ?? left.at)
    joinedAt.delete(callId)
    return [say({ type: 'contact.left_queue', ...contact(callId, visit, left.queue), reason: 'key', waitMs }, left.at, legOf(callId, visit), 'left')]
  }

  const abandoned = (frame: AmiFrame, callId: string, queue: string, at: number): Said[] => {
    const before = visits.newest(callId)
    if (before?.settled && gone.has(callId)) return []
    leaving.delete(callId)
    joinedAt.delete(callId)
    const visit = visits.settle(callId, queue, at / 1000, true)
    const draft: Gone['draft'] = { type: 'contact.abandoned', ...contact(callId, visit, queue), position: whole(frame.get('Position')), waitMs: seconds(frame.get('HoldTime')) }
    gone.set(callId, { callId, at, draft })
    // Where no Hangup is ever sent nothing better will come: the caller must not be shown waiting meanwhile.
    return hangupsSeen ? [] : [say({ ...draft, uncertain: true }, at, legOf(callId, visit), 'abandoned', 'uncertain')]
  }

  const timedOut = ({ callId, at, draft: { contactId, legId, queueId, channel, waitMs } }: Gone): Said[] => {
    gone.delete(callId)
    return [say({ type: 'contact.left_queue', contactId, legId, queueId, channel, reason: 'timeout', waitMs }, at, legId ?? callId, 'left')]
  }

  const hungUp = (left: Gone): Said[] => {
    gone.delete(left.callId)
    return [say({ ...left.draft, uncertain: false }, left.at, left.draft.legId ?? left.callId, 'abandoned')]
  }

  /** Two seconds passed. Where no Hangup is ever sent, the uncertain abandon stands. */
  const waitedForHangup = (left: Gone): Said[] => {
    if (hangupsSeen) return timedOut(left)
    gone.delete(left.callId)
    return []
  }

  const answered = (frame: AmiFrame, callId: string, queue: string, at: number): Said[] => {
    const known = talking.get(callId)
    const before = visits.newest(callId)
    if (known && before?.settled && !before.ended) return []
    leaving.delete(callId)
    joinedAt.delete(callId)
    const visit = visits.settle(callId, queue, at / 1000, false)
    const agentId = memberOf(frame)
    const wrapped = agentId === null ? [] : members.connected(agentId).map((event) => say(event, event.at ?? at, 'wrapped', agentId, event.at ?? at))
    talking.set(callId, {
      callId,
      legId: legOf(callId, visit),
      queueId: visit.entered ? visit.queue : queue,
      agentId,
      linkedId: frame.get('Linkedid'),
      agentChannel: frame.get('DestChannel', 'DestinationChannel', 'BridgedChannel'),
      callerChannel: frame.get('Channel'),
      answeredAt: at,
      heldSince: null,
      heldMs: null,
    })
    const draft: Draft = { type: 'contact.answered', ...contact(callId, visit, queue), agentId, waitMs: seconds(frame.get('HoldTime')), ringMs: seconds(frame.get('RingTime')) }
    return [...wrapped, say(draft, at, legOf(callId, visit), 'answered')]
  }

  const completed = (frame: AmiFrame, callId: string, queue: string, at: number): Said[] => {
    const talk = talking.get(callId)
    const visit = visits.touch(callId, queue, at / 1000, true)
    const agentId = memberOf(frame) ?? talk?.agentId ?? null
    const legId = legOf(callId, visit)
    if (agentId !== null) members.talked(agentId, { contactId: callId, legId, queueId: visit.entered ? visit.queue : queue, endedAt: at })
    forget(callId)
    const heldMs = talk?.heldMs === null || talk === undefined ? undefined : talk.heldMs + (talk.heldSince === null ? 0 : at - talk.heldSince)
    const whole = seconds(frame.get('TalkTime'))
    const talkMs = whole === undefined ? undefined : Math.max(0, whole - (heldMs ?? 0))
    const reason = frame.get('Reason').toLowerCase()
    const told = { ...contact(callId, visit, queue), agentId, waitMs: seconds(frame.get('HoldTime')), talkMs, ...(heldMs === undefined ? {} : { holdMs: Math.round(heldMs) }) }
    const ended = say({ type: 'contact.ended', ...told, by: reason === 'caller' ? 'customer' : 'agent' }, at, legId, 'ended')
    return reason === 'transfer' ? [say({ type: 'contact.transferred', ...told, kind: 'blind', toExternal: false }, at, legId, 'transferred'), ended] : [ended]
  }

  const offered = (frame: AmiFrame, callId: string, queue: string, at: number, missed: boolean): Said[] => {
    const visit = visits.touch(callId, queue, at / 1000, false)
    const agentId = memberOf(frame)
    const ring = frame.get('DestUniqueid', 'DestChannel', 'DestinationChannel') || String(Math.floor(at / 1000))
    const draft: Draft = missed
      ? { type: 'contact.offer_missed', ...contact(callId, visit, queue), agentId, ringMs: milliseconds(frame.get('RingTime')), reason: 'no_answer' }
      : { type: 'contact.offered', ...contact(callId, visit, queue), agentId }
    return [say(draft, at, legOf(callId, visit), missed ? 'missed' : 'offered', agentId ?? '', ring)]
  }

  const talkOf = (frame: AmiFrame): Talk | undefined => {
    const linkedId = frame.get('Linkedid')
    const channel = frame.get('Channel')
    for (const talk of talking.values()) if ((linkedId !== '' && talk.linkedId === linkedId) || (channel !== '' && (talk.agentChannel === channel || talk.callerChannel === channel))) return talk
    return undefined
  }

  const talkWith = (frame: AmiFrame): Talk | undefined => {
    const agentId = memberOf(frame)
    const queue = frame.get('Queue')
    return [...talking.values()].find((talk) => talk.agentId === agentId && talk.queueId === queue)
  }

  const hold = (frame: AmiFrame, on: boolean, at: number): Said[] => {
    const talk = talkOf(frame)
    // Transfers emit an Unhold that no Hold came before.
    if (!talk || on === (talk.heldSince !== null)) return []
    const heldMs = on ? (talk.heldMs ?? 0) : (talk.heldMs ?? 0) + (at - (talk.heldSince ?? at))
    talking.set(talk.callId, { ...talk, heldSince: on ? at : null, heldMs })
    const by = frame.get('Channel') === talk.callerChannel ? 'customer' : 'agent'
    return [say({ type: on ? 'contact.held' : 'contact.resumed', contactId: talk.callId, legId: talk.legId, queueId: talk.queueId, channel: 'voice', agentId: talk.agentId, by }, at, talk.legId, on ? 'held' : 'resumed', at)]
  }

  const hangup = (callId: string, at: number): Said[] => {
    hangupsSeen = true
    const left = gone.get(callId)
    if (left) return at - left.at <= HANGUP_WITHIN_MS ? hungUp(left) : timedOut(left)
    if (talking.has(callId)) closing.set(callId, at)
    return leftSilently(callId)
  }

  /** The last resort: the caller's channel is gone and no AgentComplete came. */
  const closed = (callId: string, at: number): Said[] => {
    closing.delete(callId)
    const talk = talking.get(callId)
    if (!talk) return []
    forget(callId)
    visits.touch(callId, talk.queueId, at / 1000, true)
    return [say({ type: 'contact.ended', contactId: callId, legId: talk.legId, queueId: talk.queueId, channel: 'voice', agentId: talk.agentId, by: 'customer', talkMs: Math.round(at - talk.answeredAt) }, at, talk.legId, 'ended')]
  }

  const tick = (at: number): Said[] => {
    const said: Said[] = []
    for (const left of [...gone.values()]) if (at - left.at > HANGUP_WITHIN_MS) said.push(...waitedForHangup(left))
    for (const [callId, hungUpAt] of [...closing]) if (at - hungUpAt > LATE_COMPLETE_MS) said.push(...closed(callId, hungUpAt))
    for (const [callId, left] of [...leaving]) if (at - left.at > SILENT_LEAVE_MS) said.push(...leftSilently(callId))
    return said
  }

  /** Calls that ended while nobody listened: their agent is free again, and Asterisk knows when the last call ended. */
  const endedUnseen = (at: number): Said[] => {
    const said: Said[] = []
    for (const talk of [...talking.values()]) {
      if (talk.agentId === null || members.onCall(talk.agentId)) continue
      const ended = members.lastCall(talk.agentId) * 1000
      const known = ended >= talk.answeredAt
      forget(talk.callId)
      visits.touch(talk.callId, talk.queueId, at / 1000, true)
      const draft: Draft = { type: 'contact.ended', contactId: talk.callId, legId: talk.legId, queueId: talk.queueId, channel: 'voice', agentId: talk.agentId, by: 'system', ...(known ? { talkMs: Math.round(ended - talk.answeredAt) } : {}) }
      said.push(say(draft, known ? ended : at, talk.legId, 'ended'))
    }
    return said
  }

  const snapshotComplete = (at: number): Said[] => {
    if (!snapshot) return []
    const { queues, entries } = snapshot
    snapshot = null
    const waitingNow = new Set(entries.map((entry) => entry.callId))
    const missing = entries.flatMap((entry) => queued(entry.frame, entry.callId, entry.queueId, entry.enqueuedAt))
    for (const callId of [...joinedAt.keys()]) {
      if (waitingNow.has(callId) || leaving.has(callId)) continue
      joinedAt.delete(callId)
      const visit = visits.newest(callId)
      if (visit && !visit.settled) visits.settle(callId, visit.queue, at / 1000, true)
    }
    const draft: Draft = {
      type: 'source.snapshot',
      queues: [...queues],
      waiting: entries.map((entry) => ({ contactId: entry.callId, queueId: entry.queueId, enqueuedAt: iso(entry.enqueuedAt), position: entry.position })),
      agents: members.snapshot().map((agent) => ({ agentId: agent.agentId, state: agent.state, reason: agent.reason, since: iso(agent.since), queues: [...agent.queues] })),
    }
    return [...missing, ...endedUnseen(at), say(draft, at, 'snapshot', at)]
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
    const told = (events: ReturnType<typeof members.seen>): Said[] => events.map((said) => say(said, said.at ?? at, said.type, memberOf(frame) ?? '', 'queueId' in said ? (said.queueId ?? '') : '', at))
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
    const callId = (frame.get('Uniqueid') || (event === 'AgentComplete' || event === 'AgentDump' ? talkWith(frame)?.callId : undefined) || '').slice(0, 150)
    const queue = frame.get('Queue').slice(0, 200)
    if (event === 'Hold' || event === 'MusicOnHold') return event === 'Hold' ? hold(frame, frame.get('Status') !== 'Off', at) : []
    if (event === 'Unhold') return hold(frame, false, at)
    if (callId === '') return []
    if (event === 'Hangup') return hangup(callId, at)
    if (queue === '') return []
    switch (event) {
      case 'QueueCallerJoin':
      case 'Join':
        return queued(frame, callId, queue, at)
      case 'QueueCallerLeave':
      case 'Leave': {
        const visit = visits.newest(callId)
        if (visit && !visit.settled && !leaving.has(callId)) leaving.set(callId, { at, queue, legId: legOf(callId, visit) })
        return []
      }
      case 'QueueCallerAbandon':
        return abandoned(frame, callId, queue, at)
      case 'AgentCalled':
        return offered(frame, callId, queue, at, false)
      case 'AgentRingNoAnswer':
        return offered(frame, callId, queue, at, true)
      case 'AgentConnect':
        return answered(frame, callId, queue, at)
      case 'AgentComplete':
      case 'AgentDump':
        return visits.newest(callId)?.ended === true ? [] : completed(frame, callId, queue, at)
      default:
        return []
    }
  }

  const seenBefore = (frame: AmiFrame): boolean => {
    const number = frame.get('SequenceNumber')
    if (number === '') return false
    if (sequence.has(number)) return true
    if (sequence.size >= 2_048) sequence = new Set([...sequence].slice(1_024))
    sequence.add(number)
    return false
  }

  const iso = (at: number) => new Date(Math.round(at)).toISOString()
  const events = (said: readonly Said[]): CanonicalEvent[] =>
    said.map(({ draft, at, key }) => {
      const { at: _, ...event } = { at: 0, ...draft }
      return { ...event, id: `ami-${createHash('sha256').update(`${source} ${key}`).digest('base64url').slice(0, 22)}`, occurredAt: iso(at), source }
    })

  return {
    frame: (frame, arrivedAt) => {
      const event = frame.get('Event')
      if (event === '' || seenBefore(frame)) return []
      const stamped = frame.get('Timestamp')
      const at = /^\d{9,10}\.\d{1,9}$/.test(stamped) ? Math.round(Number(stamped) * 1000) : arrivedAt
      return events([...tick(at), ...(ofSnapshot(frame, event, at) ?? ofMember(frame, event, at) ?? ofCall(frame, event, at))])
    },
    tick: (at) => events(tick(at)),
    nextTickAt: () => {
      const due = [...[...gone.values()].map((left) => left.at + HANGUP_WITHIN_MS + 1), ...[...closing.values()].map((at) => at + LATE_COMPLETE_MS + 1), ...[...leaving.values()].map((left) => left.at + SILENT_LEAVE_MS + 1)]
      return due.length === 0 ? null : Math.min(...due)
    },
    connected: () => {
      sequence = new Set()
      hangupsSeen = false
      snapshot = null
    },
    save: () => ({ visits: visits.save(), members: members.save(), talking: [...talking] }),
  }
}
