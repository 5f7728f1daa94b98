import type { AmiFrame } from './ami-frames.ts'
import { milliseconds, seconds, whole } from './ami-fields.ts'
import { memberOf, type AmiMembers } from './ami-members.ts'
import type { AmiCalls, Gone, SavedAmiCalls, Talk } from './ami-call-state.ts'
import { say, type Draft, type Said } from './ami-said.ts'
import { callerOf, visitId } from './asterisk-names.ts'
import { openVisits, type Visit } from './asterisk-visits.ts'

/** Callers as AMI tells them: joining, leaving, talking, hanging up; and what only time decides about them. */

const HANGUP_WITHIN_MS = 2_000
/** Announcements to the agent play between leaving the queue and the connect. */
const SILENT_LEAVE_MS = 60_000
/** With agent pools AgentComplete comes after the Hangup. */
const LATE_COMPLETE_MS = 5_000

export const openAmiCalls = (members: AmiMembers, saved?: SavedAmiCalls): AmiCalls => {
  const visits = openVisits(saved?.visits)
  const talking = new Map<string, Talk>(saved?.talking)
  const gone = new Map<string, Gone>()
  const leaving = new Map<string, { readonly at: number; readonly queue: string }>()
  const closing = new Map<string, number>()
  const joinedAt = new Map<string, number>()
  let hangupsSeen = false

  const forget = (callId: string) => {
    leaving.delete(callId)
    closing.delete(callId)
    joinedAt.delete(callId)
    talking.delete(callId)
  }
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
    if (visits.newest(callId)?.ended === true) return []
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

  const settleUnseen = (waitingNow: ReadonlySet<string>, at: number): Said[] => {
    for (const [callId, visit] of visits.waiting()) {
      if (waitingNow.has(callId) || leaving.has(callId)) continue
      joinedAt.delete(callId)
      visits.settle(callId, visit.queue, at / 1000, true)
    }
    return endedUnseen(at)
  }

  return {
    queued,
    left: (callId, queue, at) => {
      const visit = visits.newest(callId)
      if (visit && !visit.settled && !leaving.has(callId)) leaving.set(callId, { at, queue })
    },
    abandoned,
    offered,
    answered,
    completed,
    hold,
    hangup,
    talkWith: (frame) => talkWith(frame)?.callId,
    tick,
    nextTickAt: () => {
      const due = [...[...gone.values()].map((left) => left.at + HANGUP_WITHIN_MS), ...[...closing.values()].map((at) => at + LATE_COMPLETE_MS), ...[...leaving.values()].map((left) => left.at + SILENT_LEAVE_MS)]
      return due.length === 0 ? null : Math.min(...due) + 1
    },
    settleUnseen,
    connected: () => {
      hangupsSeen = false
    },
    closeAll: () => {
      visits.closeAll()
      for (const map of [talking, gone, leaving, closing, joinedAt]) map.clear()
    },
    save: () => ({ visits: visits.save(), talking: [...talking] }),
  }
}
