import { describe, expect, it, jest } from '@jest/globals'
import fc from 'fast-check'
import type { CanonicalEvent } from '../../../server/contract/events.ts'
import { instantOf } from '../../../server/domain/time.ts'
import { checkEvent } from '../../../server/ingest/check-event.ts'
import { LONGEST_FRAME, openAmiFrames } from '../../../server/ingest/sources/ami-frames.ts'
import { openAmi } from '../../../server/ingest/sources/asterisk-ami.ts'
import { openQueueLog } from '../../../server/ingest/sources/asterisk-queue-log.ts'

jest.setTimeout(60_000)

/** Whatever a source sends: the reader does not throw, and what it makes of it passes the door or is refused there by name. */

const now = instantOf(Date.parse('2026-11-22T10:00:00Z'))
const epoch = Math.floor(now / 1_000)
const odd = fc.oneof(fc.constantFrom('', 'NONE', 'support', 'Agent/1', 'Local/1@x/n', '__proto__', 'constructor', '7', '-1', '1e9', '99999999999', 'LINK', '|', 'a\u0000b'), fc.string({ maxLength: 30, unit: 'binary' }))
const kinds = ['ENTERQUEUE', 'CONNECT', 'RINGNOANSWER', 'RINGCANCELED', 'COMPLETEAGENT', 'COMPLETECALLER', 'ABANDON', 'EXITWITHTIMEOUT', 'EXITWITHKEY', 'EXITEMPTY', 'JOINEMPTY', 'FULL', 'CLOSED', 'DIVERT_X', 'TRANSFER', 'BLINDTRANSFER', 'ATTENDEDTRANSFER', 'ADDMEMBER', 'REMOVEMEMBER', 'PAUSE', 'UNPAUSE', 'PAUSEALL', 'UNPAUSEALL', 'AGENTLOGIN', 'AGENTLOGOFF', 'AGENTCALLBACKLOGOFF', 'WRAPUPSTART', 'QUEUESTART', 'AGENTDUMP', 'OUTDIAL'] as const
const line = fc.tuple(fc.integer({ min: -50, max: 50 }), fc.constantFrom('1.1', '1.2', 'NONE', ''), odd, odd, fc.constantFrom(...kinds), fc.array(odd, { maxLength: 6 })).map(([at, call, queue, member, kind, data]) => [epoch + at, call, queue, member, kind, ...data].join('|'))

const fields = ['Uniqueid', 'Linkedid', 'Queue', 'Position', 'Count', 'CallerIDNum', 'MemberName', 'Interface', 'HoldTime', 'TalkTime', 'RingTime', 'Reason', 'Status', 'Paused', 'PausedReason', 'LastCall', 'LastPause', 'Wait', 'Channel', 'DestChannel', 'DestUniqueid', 'SequenceNumber', 'Timestamp'] as const
const names = ['QueueCallerJoin', 'Join', 'QueueCallerLeave', 'QueueCallerAbandon', 'AgentCalled', 'AgentConnect', 'AgentComplete', 'AgentRingNoAnswer', 'AgentDump', 'Hold', 'Unhold', 'Hangup', 'QueueMemberStatus', 'QueueMemberPause', 'QueueMemberAdded', 'QueueMemberRemoved', 'QueueParams', 'QueueMember', 'QueueEntry', 'QueueStatusComplete', 'Newexten'] as const
const value = fc.oneof(fc.constantFrom('1.1', '1.2', 'support', 'sales', 'SIP/7', '0', '1', '2', '6', '8', '-1', '12', 'caller', 'transfer', '<unknown>', '__proto__', 'x: y: z'), fc.string({ maxLength: 20 }))
const frame = fc.tuple(fc.constantFrom(...names), fc.array(fc.tuple(fc.constantFrom(...fields), value), { maxLength: 12 })).map(([name, pairs]) => `Event: ${name}\r\n${pairs.map(([key, text]) => `${key}: ${text.replace(/[\r\n]/g, '')}\r\n`).join('')}\r\n`)

const passes = (event: CanonicalEvent): boolean => {
  const checked = checkEvent(event, now, 'import')
  // Ids and names that are empty once cleaned, or too long, are refused by name at the door.
  return checked.ok || ['bad_field', 'in_future', 'too_old'].includes(checked.code)
}

describe('readers of sources, given anything', () => {
  it('queue_log lines never throw, and the same lines give the same events', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof({ weight: 9, arbitrary: line }, { weight: 1, arbitrary: fc.string({ maxLength: 80, unit: 'binary' }) }), { maxLength: 40 }), fc.constantFrom('none', 'pause:x'), (lines, acw) => {
        const read = () => {
          const reader = openQueueLog({ source: 'log', acw: acw === 'none' ? 'none' : 'pause:x' })
          const events = lines.flatMap((text) => {
            const result = reader.read(text)
            return result.kind === 'events' ? [...result.events] : []
          })
          return { events, saved: JSON.stringify(reader.save()) }
        }
        const first = read()
        expect(first.events.every(passes)).toBe(true)
        expect(read()).toEqual(first)
        expect(new Set(first.events.map(({ id }) => id)).size).toBe(first.events.length)
      }),
      { numRuns: 400 },
    )
  })

  it('AMI bytes never throw, however cut, and never hold more than a frame', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof({ weight: 9, arbitrary: frame }, { weight: 1, arbitrary: fc.string({ maxLength: 200, unit: 'binary' }) }), { maxLength: 40 }), fc.integer({ min: 1, max: 400 }), (texts, cut) => {
        const bytes = Buffer.from(texts.join(''))
        const frames = openAmiFrames()
        const reader = openAmi({ source: 'pbx', acw: 'pause:x' })
        let at = now - 60_000
        for (let from = 0; from < bytes.length; from += cut) {
          for (const read of frames.push(bytes.subarray(from, from + cut))) {
            at += 700
            expect(reader.frame(read, at).every(passes)).toBe(true)
          }
          expect(frames.pending()).toBeLessThanOrEqual(LONGEST_FRAME)
        }
        expect(reader.tick(at + 120_000).every(passes)).toBe(true)
        expect(reader.nextTickAt()).toBeNull()
        JSON.stringify(reader.save())
      }),
      { numRuns: 400 },
    )
  })

  it('a megabyte without a line end is given up, not kept', () => {
    const frames = openAmiFrames()
    for (let i = 0; i < 64; i += 1) frames.push(Buffer.alloc(16_384, 0x41))
    expect(frames.pending()).toBeLessThanOrEqual(LONGEST_FRAME)
    expect(openQueueLog({ source: 'log', acw: 'none' }).read(`${epoch}|c|q|NONE|ENTERQUEUE|${'x'.repeat(1_000_000)}`).kind).toBe('rejected')
  })
})
