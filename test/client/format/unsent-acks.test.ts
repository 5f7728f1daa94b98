import { describe, expect, it } from '@jest/globals'
import { LAPSES_MS, readUnsent, sortUnsent, withUnsent, type UnsentAck } from '../../../client/format/unsent-acks.ts'

const ack = (more: Partial<UnsentAck> = {}): UnsentAck => ({ site: 'north', ref: 'INC-2026-000001', key: 'k1', person: 'sam', at: 1_000, ...more })

describe('an acknowledgement that could not be sent', () => {
  it('is one, however often it is tapped, under the key of the first tap', () => {
    expect(withUnsent(withUnsent([], ack()), ack({ key: 'k2', at: 2_000 }))).toEqual([ack()])
  })
  it('of another incident, site or person is another one', () => {
    const held = [ack({ ref: 'INC-2026-000002' }), ack({ site: 'south' }), ack({ person: 'kim' })].reduce(withUnsent, [ack()])
    expect(held).toHaveLength(4)
  })
  it('is sent by nobody else who uses the same browser', () => {
    expect(sortUnsent([ack({ person: 'kim' })], 'sam', 2_000)).toEqual({ send: [], lapsed: [] })
  })
  it('is not sent once it says nothing any more about who looks after the incident', () => {
    const [fresh, old] = [ack({ key: 'fresh', at: LAPSES_MS }), ack({ key: 'old', at: 0 })]
    expect(sortUnsent([fresh, old], 'sam', LAPSES_MS)).toEqual({ send: [fresh], lapsed: [old] })
  })
  it('survives a reload', () => {
    expect(readUnsent(JSON.stringify([ack()]))).toEqual([ack()])
  })
  it.each([null, '', 'not json', '{"a":1}', '[{"site":"north"}]', '[null]'])('is not made up from a storage that holds %p', (text) => {
    expect(readUnsent(text)).toEqual([])
  })
})
