import { UnreadableItem } from './check-event.ts'
import { isObject } from './clean-item.ts'

/** CloudEvents 1.0 as canonical items: id, source, type and time of the envelope, the rest from the data. */

export interface CloudItem {
  readonly item: Readonly<Record<string, unknown>>
  /** The envelope had no time: the time of arrival was put in. */
  readonly untimed: boolean
}

const merged = (data: object, envelope: { id: unknown; type: unknown; source: unknown; time: unknown }, now: number): CloudItem => {
  // The sender's own copies of envelope fields in the data do not count: the envelope is what brokers route by.
  const { id: _id, type: _type, ...rest } = data as Record<string, unknown>
  const occurredAt = envelope.time ?? rest['occurredAt']
  const untimed = occurredAt === undefined || occurredAt === null
  return {
    item: { ...rest, id: envelope.id, type: envelope.type, occurredAt: untimed ? new Date(now).toISOString() : occurredAt, ...(rest['source'] === undefined && envelope.source !== undefined ? { source: envelope.source } : {}) },
    untimed,
  }
}

const dataOf = (event: Readonly<Record<string, unknown>>): unknown => {
  const base64 = event['data_base64']
  if (typeof base64 !== 'string') return event['data'] ?? {}
  try {
    return JSON.parse(Buffer.from(base64, 'base64').toString('utf8')) as unknown
  } catch {
    return null
  }
}

export const fromStructured = (value: object, now: number): CloudItem | UnreadableItem => {
  const event = value as Readonly<Record<string, unknown>>
  if (event['specversion'] !== '1.0') return new UnreadableItem('specversion: only CloudEvents 1.0 are accepted')
  const data = dataOf(event)
  if (!isObject(data)) return new UnreadableItem('data: must be a JSON object with the fields of the event')
  return merged(data, { id: event['id'], type: event['type'], source: event['source'], time: event['time'] }, now)
}

/** Header values are percent-encoded where they hold more than printable ASCII. */
const header = (value: string | string[] | undefined): string | undefined => {
  if (typeof value !== 'string') return undefined
  try {
    return decodeURIComponent(value)
  } catch {
    return value
  }
}

export const fromBinary = (headers: Readonly<Record<string, string | string[] | undefined>>, data: object, now: number): CloudItem =>
  merged(data, { id: header(headers['ce-id']), type: header(headers['ce-type']), source: header(headers['ce-source']), time: header(headers['ce-time']) }, now)
