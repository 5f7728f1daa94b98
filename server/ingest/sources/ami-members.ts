import type { CanonicalEvent } from '../../contract/events.ts'
import type { AmiFrame } from './ami-frames.ts'
import { agentIdOf } from './asterisk-names.ts'
import type { AcwRule } from './asterisk-members.ts'

/**
 * Agents as AMI tells them: one frame per queue of the member for one change of one device. Only a change of what the agent
 * does as a whole makes an event.
 */

type Said = 'offline' | 'available' | 'ringing' | 'busy' | 'held' | 'wrapup' | 'paused'

interface InQueue {
  readonly paused: boolean
  readonly reason: string | null
}

interface AmiMember {
  readonly device: Said | null
  readonly queues: Readonly<Record<string, InQueue>>
  readonly said: Said | null
  readonly reason: string | null
  /** Since when the member is as said, in ms. */
  readonly since: number
  readonly unwrapped: { readonly contactId: string; readonly legId: string; readonly queueId: string; readonly endedAt: number } | null
  /** Epoch seconds at which the last call ended, as Asterisk says. */
  readonly lastCall: number
}

export type SavedAmiMembers = readonly (readonly [agentId: string, member: AmiMember])[]

type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never
export type AmiMemberEvent = DistributiveOmit<Extract<CanonicalEvent, { type: 'agent.state' | 'agent.queue_joined' | 'agent.queue_left' | 'contact.wrapped' }>, 'id' | 'occurredAt' | 'source'> & { readonly at?: number }

/** Status 0 and anything new say nothing. */
const devices: Readonly<Record<string, Said>> = { 1: 'available', 2: 'busy', 3: 'busy', 4: 'offline', 5: 'offline', 6: 'ringing', 7: 'busy', 8: 'held' }
const fresh: AmiMember = { device: null, queues: {}, said: null, reason: null, since: 0, unwrapped: null, lastCall: 0 }
const MOST = 20_000

export const memberOf = (frame: AmiFrame): string | null => agentIdOf(frame.get('MemberName', 'Name', 'AgentName', 'Interface', 'Location', 'Member', 'AgentCalled'))
const epoch = (text: string): number => (/^\d{9,10}$/.test(text) ? Number(text) : 0)

/** A row of the snapshot says since when the member pauses, or when it last had a call or signed in. */
const rowSince = (frame: AmiFrame): number | null => {
  if (frame.get('Event') !== 'QueueMember') return null
  const since = frame.get('Paused') === '1' ? epoch(frame.get('LastPause')) : Math.max(epoch(frame.get('LastCall')), epoch(frame.get('LoginTime')))
  return since === 0 ? null : since * 1000
}

export interface AmiMembers {
  /** A frame about a member: status, pause, added, or a row of the snapshot. */
  readonly seen: (frame: AmiFrame, at: number) => readonly AmiMemberEvent[]
  readonly removed: (frame: AmiFrame, at: number) => readonly AmiMemberEvent[]
  readonly talked: (agentId: string, talked: NonNullable<AmiMember['unwrapped']>) => void
  readonly connected: (agentId: string) => readonly AmiMemberEvent[]
  /** Forgets memberships before a snapshot tells them anew. */
  readonly beginSnapshot: () => void
  readonly snapshot: () => readonly { readonly agentId: string; readonly state: Said; readonly reason: string | null; readonly since: number; readonly queues: readonly string[] }[]
  readonly onCall: (agentId: string) => boolean
  readonly lastCall: (agentId: string) => number
  readonly reset: () => void
  readonly save: () => SavedAmiMembers
}

export const openAmiMembers = (acw: AcwRule, saved: SavedAmiMembers = []): AmiMembers => {
  const members = new Map<string, AmiMember>(saved)
  const wrapReason = acw.startsWith('pause:') ? acw.slice('pause:'.length).trim().toLowerCase() : null
  const of = (agentId: string): AmiMember => members.get(agentId) ?? fresh

  const put = (agentId: string, member: AmiMember) => {
    members.set(agentId, member)
    if (members.size <= MOST) return
    const oldest = members.keys().next()
    if (!oldest.done) members.delete(oldest.value)
  }

  const stateOf = (member: AmiMember): { readonly said: Said; readonly reason: string | null } => {
    const queues = Object.values(member.queues)
    const paused = queues.length > 0 && queues.every((queue) => queue.paused)
    const reason = queues.find((queue) => queue.paused)?.reason ?? null
    const { device } = member
    if (device === 'offline' || queues.length === 0) return { said: 'offline', reason: null }
    if (device === 'busy' || device === 'held') return { said: device, reason: null }
    if (paused && wrapReason !== null && reason?.toLowerCase() === wrapReason) return { said: 'wrapup', reason }
    if (device === 'ringing') return { said: 'ringing', reason: null }
    return paused ? { said: 'paused', reason } : { said: 'available', reason: null }
  }

  const wrapped = (agentId: string, member: AmiMember, acwMs: number, at?: number): AmiMemberEvent[] =>
    member.unwrapped
      ? [{ type: 'contact.wrapped', contactId: member.unwrapped.contactId, legId: member.unwrapped.legId, queueId: member.unwrapped.queueId, agentId, acwMs: Math.max(0, Math.round(acwMs)), ...(at === undefined ? {} : { at }) }]
      : []

  const settle = (agentId: string, before: AmiMember, after: AmiMember, at: number, since = at): readonly AmiMemberEvent[] => {
    const { said, reason } = stateOf(after)
    const same = before.said === said && before.reason === reason
    const leftWrapUp = before.said === 'wrapup' && said !== 'wrapup'
    put(agentId, { ...after, said, reason, since: same ? before.since : since, unwrapped: leftWrapUp ? null : after.unwrapped })
    if (same) return []
    const state: AmiMemberEvent = { type: 'agent.state', agentId, state: said, ...(reason === null ? {} : { reason }), queues: Object.keys(after.queues) }
    return leftWrapUp ? [...wrapped(agentId, before, at - before.since), state] : [state]
  }

  return {
    seen: (frame, at) => {
      const agentId = memberOf(frame)
      const queue = frame.get('Queue')
      if (agentId === null || queue === '') return []
      const before = of(agentId)
      const paused = frame.get('Paused') === '1'
      const joined: AmiMemberEvent[] = !Object.hasOwn(before.queues, queue) ? [{ type: 'agent.queue_joined', agentId, queueId: queue }] : []
      const device = devices[frame.get('Status')] ?? before.device
      const after: AmiMember = {
        ...before,
        device,
        queues: { ...before.queues, [queue]: { paused, reason: paused ? frame.get('PausedReason', 'Reason') || null : null } },
        lastCall: Math.max(before.lastCall, epoch(frame.get('LastCall'))),
      }
      return [...joined, ...settle(agentId, before, after, at, rowSince(frame) ?? at)]
    },
    removed: (frame, at) => {
      const agentId = memberOf(frame)
      const queue = frame.get('Queue')
      if (agentId === null || queue === '') return []
      const before = of(agentId)
      const queues = Object.fromEntries(Object.entries(before.queues).filter(([name]) => name !== queue))
      return [{ type: 'agent.queue_left', agentId, queueId: queue }, ...settle(agentId, before, { ...before, queues }, at)]
    },
    talked: (agentId, talked) => put(agentId, { ...of(agentId), unwrapped: talked }),
    connected: (agentId) => {
      const before = of(agentId)
      if (wrapReason === null || !before.unwrapped || before.said === 'wrapup') return []
      put(agentId, { ...before, unwrapped: null })
      return wrapped(agentId, before, 0, before.unwrapped.endedAt)
    },
    beginSnapshot: () => {
      for (const [agentId, member] of members) members.set(agentId, { ...member, queues: {} })
    },
    snapshot: () =>
      [...members].map(([agentId, member]) => {
        const { said, reason } = stateOf(member)
        return { agentId, state: said, reason, since: member.since, queues: Object.keys(member.queues) }
      }),
    onCall: (agentId) => ['busy', 'held'].includes(of(agentId).device ?? ''),
    lastCall: (agentId) => of(agentId).lastCall,
    reset: () => members.clear(),
    save: () => [...members],
  }
}
