import { createHash } from 'node:crypto'
import type { CanonicalEvent } from '../../contract/events.ts'
import { openMembers, type AcwRule, type MemberEvent, type SavedMembers } from './asterisk-members.ts'
import { agentIdOf, callerOf, visitId } from './asterisk-names.ts'
import { openVisits, type SavedVisits, type Visit } from './asterisk-visits.ts'
import { openLineIds, parseQueueLogLine, type QueueLogLine, type SavedLineIds } from './queue-log-line.ts'

/** Asterisk's queue_log, line by line, as canonical events. */

export interface QueueLogOptions {
  /** Id of the source in the settings document, or the platform's name. */
  readonly source: string
  readonly acw: AcwRule
}

/** What a reader must remember to go on in the middle of a file; JSON. */
export interface SavedQueueLog {
  readonly lineIds: SavedLineIds
  readonly visits: SavedVisits
  readonly members: SavedMembers
}

export type LineResult =
  | { readonly kind: 'events'; readonly events: readonly CanonicalEvent[] }
  /** A line that says nothing to us: vendor additions, unknown events, repeats. */
  | { readonly kind: 'ignored' }
  | { readonly kind: 'rejected'; readonly detail: string }

export interface QueueLogReader {
  readonly read: (line: string) => LineResult
  /** What has come about by then (epoch seconds) without a line: announced wrap-ups that are over. The next line would say the same. */
  readonly tick: (epoch: number) => readonly CanonicalEvent[]
  readonly save: () => SavedQueueLog
}

type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never
type Draft = DistributiveOmit<CanonicalEvent, 'id' | 'occurredAt' | 'source'> & { readonly at?: number; readonly key?: string }

const LONGEST_S = 2_678_400
const seconds = (field: string | undefined): number | undefined => (field !== undefined && /^\d{1,7}(?:\.\d+)?$/.test(field) && Number(field) <= LONGEST_S ? Math.round(Number(field) * 1000) : undefined)
const milliseconds = (field: string | undefined): number | undefined => (field !== undefined && /^\d{1,10}$/.test(field) && Number(field) <= LONGEST_S * 1000 ? Number(field) : undefined)
const whole = (field: string | undefined): number | undefined => (field !== undefined && /^\d{1,6}$/.test(field) ? Number(field) : undefined)
const text = (field: string | undefined): string | null => (field === undefined || field.trim() === '' ? null : field.trim().slice(0, 200))

const refusals: Readonly<Record<string, 'no_agents' | 'full' | 'closed'>> = { JOINEMPTY: 'no_agents', FULL: 'full', CLOSED: 'closed' }
/** Enough of a line's id to tell the lines of one call apart; an ordinal at its end is kept. */
const shortId = (id: string): string => id.slice(3, 15) + id.slice(25)

const ofNobody = new Set(['NONE', 'MANAGER', 'CLI', 'REALTIME', ''])

export const openQueueLog = ({ source, acw }: QueueLogOptions, saved?: SavedQueueLog): QueueLogReader => {
  const lineIds = openLineIds(saved?.lineIds)
  const visits = openVisits(saved?.visits)
  const members = openMembers(acw, saved?.members)

  const contact = (line: QueueLogLine, visit: Visit) => ({
    contactId: line.callId,
    legId: visitId(line.callId, visit.ordinal),
    // A COMPLETE may name another queue than the one entered: the visit belongs to the latter.
    queueId: visit.entered ? visit.queue : line.queue,
    channel: 'voice' as const,
  })

  const drafts = (events: readonly MemberEvent[]): Draft[] => events.map(({ at, key, event }) => ({ ...event, at, ...(key === undefined ? {} : { key }) }))

  const conversationEnded = (line: QueueLogLine, agentId: string | null, by: 'agent' | 'customer', hold: string | undefined, talk: string | undefined): Draft & { type: 'contact.ended' } => {
    const visit = visits.touch(line.callId, line.queue, line.epoch, true)
    if (agentId !== null) members.talked(agentId, { contactId: line.callId, legId: visitId(line.callId, visit.ordinal), queueId: visit.entered ? visit.queue : line.queue, endedAt: line.epoch })
    return { type: 'contact.ended', ...contact(line, visit), agentId, by, waitMs: seconds(hold), talkMs: seconds(talk) }
  }

  const transferred = (line: QueueLogLine, agentId: string | null, kind: 'blind' | 'attended', to: string | undefined, hold: string | undefined, talk: string | undefined): Draft[] => {
    const ended = conversationEnded(line, agentId, 'agent', hold, talk)
    const { contactId, legId, queueId, channel } = ended
    return [{ type: 'contact.transferred', contactId, legId, queueId, channel, agentId, kind, toExternal: /^\+?\d{7,}$/.test(to ?? ''), waitMs: seconds(hold), talkMs: seconds(talk) }, ended]
  }

  /** LINK joins two calls and names two channels, so hold and talk stand one field later; a table packs `talk|position` in the fifth. */
  const attended = (line: QueueLogLine, agentId: string | null): Draft[] => {
    const [method, , ...rest] = line.data
    const [hold, talk] = method === 'LINK' ? rest.slice(1) : rest
    return transferred(line, agentId, 'attended', undefined, hold, talk)
  }

  const left = (line: QueueLogLine, id: string, reason: 'timeout' | 'key' | 'no_agents', wait: string | undefined): Draft[] => {
    const visit = visits.settle(line.callId, line.queue, line.epoch, true, shortId(id))
    return [{ type: 'contact.left_queue', ...contact(line, visit), reason, waitMs: seconds(wait) }]
  }

  const missed = (line: QueueLogLine, agentId: string | null, reason: 'no_answer' | 'withdrawn'): Draft[] => {
    const visit = visits.touch(line.callId, line.queue, line.epoch, false)
    return [{ type: 'contact.offer_missed', ...contact(line, visit), agentId, ringMs: milliseconds(line.data[0]), reason }]
  }

  /** Events of a call. Null: not one of them. */
  const ofCall = (line: QueueLogLine, id: string): Draft[] | null => {
    const { event, data } = line
    const agentId = agentIdOf(line.member)
    switch (event) {
      case 'ENTERQUEUE': {
        const visit = visits.enter(line.callId, line.queue, line.epoch, shortId(id))
        const customer = callerOf(data[1])
        return [{ type: 'contact.queued', ...contact(line, visit), direction: 'in', ...(customer ? { customer } : {}), position: whole(data[2]) }]
      }
      case 'CONNECT': {
        const visit = visits.settle(line.callId, line.queue, line.epoch, false, shortId(id))
        const wrapped = agentId === null ? [] : drafts(members.connected(agentId, line.queue, line.epoch))
        return [...wrapped, { type: 'contact.answered', ...contact(line, visit), agentId, waitMs: seconds(data[0]), ringMs: seconds(data[2]) }]
      }
      case 'RINGNOANSWER':
        return missed(line, agentId, 'no_answer')
      case 'RINGCANCELED':
        return missed(line, agentId, 'withdrawn')
      case 'COMPLETEAGENT':
        return [conversationEnded(line, agentId, 'agent', data[0], data[1])]
      case 'COMPLETECALLER':
        return [conversationEnded(line, agentId, 'customer', data[0], data[1])]
      case 'AGENTDUMP':
        return [conversationEnded(line, agentId, 'agent', undefined, undefined)]
      case 'TRANSFER':
      case 'BLINDTRANSFER':
        return transferred(line, agentId, 'blind', data[0], data[2], data[3])
      case 'ATTENDEDTRANSFER':
        return attended(line, agentId)
      case 'ABANDON': {
        const visit = visits.settle(line.callId, line.queue, line.epoch, true, shortId(id))
        return [{ type: 'contact.abandoned', ...contact(line, visit), position: whole(data[0]), waitMs: seconds(data[2]) }]
      }
      case 'EXITWITHTIMEOUT':
        return left(line, id, 'timeout', data[2])
      case 'EXITWITHKEY':
        return left(line, id, 'key', data[3])
      case 'EXITEMPTY':
        return left(line, id, 'no_agents', data[2])
      default: {
        const reason = event.startsWith('DIVERT_') ? 'diverted' : refusals[event]
        if (reason === undefined) return null
        // Never entered, so it is no visit: an ordinal would part us from AMI, which does not tell refusals.
        return [{ type: 'contact.refused', contactId: line.callId, legId: `${line.callId}#refused-${shortId(id)}`.slice(0, 200), queueId: line.queue, channel: 'voice', direction: 'in', reason }]
      }
    }
  }

  /** Events of an agent. Null: not one of them. */
  const ofAgent = (line: QueueLogLine, agentId: string): readonly MemberEvent[] | null => {
    const { epoch, data, event } = line
    const queue = ofNobody.has(line.queue) || event.endsWith('ALL') ? null : line.queue
    switch (event) {
      case 'ADDMEMBER':
        return queue === null ? [] : members.joined(agentId, queue, epoch)
      case 'REMOVEMEMBER':
        return queue === null ? [] : members.left(agentId, queue, epoch)
      case 'PAUSE':
      case 'PAUSEALL':
        return members.pause(agentId, queue, text(data[0]), epoch)
      case 'UNPAUSE':
      case 'UNPAUSEALL':
        return members.unpause(agentId, queue, epoch)
      case 'AGENTLOGIN':
      case 'AGENTCALLBACKLOGIN':
        return members.login(agentId, epoch)
      case 'AGENTLOGOFF':
      case 'AGENTCALLBACKLOGOFF': {
        const worked = seconds(data[1])
        return members.logoff(agentId, epoch, worked === undefined ? null : worked / 1000)
      }
      case 'WRAPUPSTART': {
        const wrap = seconds(data[0])
        return wrap === undefined ? [] : members.wrapUp(agentId, wrap / 1000, epoch)
      }
      default:
        return null
    }
  }

  const draftsOf = (line: QueueLogLine, id: string): readonly Draft[] => {
    if (line.event === 'QUEUESTART') {
      visits.closeAll()
      members.reset()
      return [{ type: 'source.reset', reason: 'restart' }]
    }
    const agentId = agentIdOf(line.member)
    const agentEvents = agentId === null ? null : ofAgent(line, agentId)
    if (agentEvents !== null) return drafts(agentEvents)
    return ofNobody.has(line.callId) || ofNobody.has(line.queue) ? [] : (ofCall(line, id) ?? [])
  }

  /** Known by what it follows from: a line and a tick say the same thing once. */
  const followed = (drafted: readonly Draft[]): readonly CanonicalEvent[] =>
    drafted.map(({ at = 0, key = '', ...event }): CanonicalEvent => ({ ...event, id: `ql-${createHash('sha256').update(`${key} ${event.type}`).digest('base64url').slice(0, 22)}`, occurredAt: new Date(Math.round(at * 1000)).toISOString(), source }))

  return {
    tick: (epoch) => followed(drafts(members.until(epoch))),
    read: (raw) => {
      const line = parseQueueLogLine(raw)
      if ('fault' in line) return { kind: 'rejected', detail: line.fault }
      const id = lineIds.of(raw)
      const due = followed(drafts(members.until(line.epoch)))
      const found = draftsOf(line, id)
      if (due.length + found.length === 0) return { kind: 'ignored' }
      const events = found.map(({ at = line.epoch, key: _key, ...event }, i): CanonicalEvent => ({ ...event, id: i === 0 ? id : `${id}.${i}`, occurredAt: new Date(Math.round(at * 1000)).toISOString(), source }))
      return { kind: 'events', events: [...due, ...events] }
    },
    save: () => ({ lineIds: lineIds.save(), visits: visits.save(), members: members.save() }),
  }
}
