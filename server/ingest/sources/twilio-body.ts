import type { IncomingMessage } from 'node:http'
import { readJson } from '../../contract/json.ts'
import { unauthorized } from '../../access/guard.ts'
import type { Rejection } from '../../contract/events.ts'
import { problem } from '../../http/problem.ts'
import { UnreadableItem } from '../check-event.ts'
import type { TakeBody } from '../ingest.ts'
import type { Pipeline } from '../pipeline.ts'
import { bodyText, mediaType, MOST_EVENTS } from '../read-items.ts'
import type { SourceSection, SourcesOf } from './source-choice.ts'
import { type Form, isSignedByTwilio } from './twilio-signature.ts'
import { fieldsOfMessage, type TwilioFields } from './twilio-fields.ts'
import { readTwilio } from './twilio.ts'

/** What TaskRouter sends: the form of an EventCallback or messages of Event Streams, believed for its signature alone. */

export interface TwilioBodyDeps {
  readonly pipeline: Pipeline
  readonly sourcesOf: SourcesOf
  readonly secretsOf: (site: string, source: string) => Promise<readonly string[]>
  readonly siteExists: (site: string) => boolean | Promise<boolean>
  /** Where the world reaches this server. */
  readonly publicUrl: string
}

const FORM_TYPE = 'application/x-www-form-urlencoded'
const types = [FORM_TYPE, 'application/json', 'application/cloudevents+json', 'application/cloudevents-batch+json']
/** A callback has some forty. */
const MOST_FIELDS = 500
/** A callback's attributes are at most 4 kB each. */
const MOST_FORM_BYTES = 131_072

const formOf = (text: string): Form => {
  if (text.length > MOST_FORM_BYTES || text.split('&').length > MOST_FIELDS) throw problem(413, 'too_many', `a form of at most ${MOST_FIELDS} fields and ${MOST_FORM_BYTES} bytes is accepted`)
  return [...new URLSearchParams(text)]
}

/** Plain names only: nothing here is nested. */
const fieldsOfForm = (form: Form): TwilioFields => {
  if (form.length === 0 || form.some(([name]) => !/^\w{1,100}$/.test(name))) throw problem(400, 'body_invalid', 'the form is empty or holds a name that is not letters, digits and _')
  return new Map(form)
}

const messagesOf = (text: string): readonly unknown[] => {
  const read = readJson(text)
  if (!read.ok) throw problem(400, read.code, read.detail)
  const messages: readonly unknown[] = Array.isArray(read.value) ? read.value : [read.value]
  if (messages.length === 0) throw problem(400, 'body_invalid', 'the body holds no message')
  if (messages.length > MOST_EVENTS) throw problem(413, 'too_many_events', `${messages.length} messages in one request; at most ${MOST_EVENTS}`)
  return messages
}

const urlsOf = (request: IncomingMessage, publicUrl: string): readonly string[] => {
  // Express cuts off what a router is mounted at.
  const path = 'originalUrl' in request && typeof request.originalUrl === 'string' ? request.originalUrl : (request.url ?? '/')
  const host = request.headers.host ?? ''
  return [...new Set([`${publicUrl.replace(/\/+$/, '')}${path}`, `https://${host}${path}`, `http://${host}${path}`])]
}

export const twilioBody = ({ pipeline, sourcesOf, secretsOf, siteExists, publicUrl }: TwilioBodyDeps): TakeBody => {
  /** The configured source whose token signed the request. */
  const signer = async (site: string, asked: string | null, signed: Omit<Parameters<typeof isSignedByTwilio>[0], 'urls'>, request: IncomingMessage): Promise<readonly [string, SourceSection] | null> => {
    if (!(await siteExists(site))) return null
    const urls = urlsOf(request, publicUrl)
    for (const [id, section] of Object.entries(await sourcesOf(site))) {
      if (section.platform !== 'twilio' || (asked !== null && asked !== id)) continue
      if (isSignedByTwilio({ ...signed, urls }, await secretsOf(site, id))) return [id, section]
    }
    return null
  }

  return async (bytes, request, { site, credential }) => {
    const type = mediaType(request.headers['content-type'], types)
    if (!type.ok) throw problem(type.status, type.code, type.detail)
    const text = bodyText(bytes)
    if (text === null) throw problem(400, 'body_invalid', 'the body is not valid UTF-8')
    const form = type.type === FORM_TYPE ? formOf(text) : null
    const signature = request.headers['x-twilio-signature']
    const asked = new URL(request.url ?? '/', 'http://x').searchParams.get('source')
    const chosen = typeof signature === 'string' ? await signer(site, asked, { signature, body: bytes, form }, request) : null
    // A site that is not there, one without this platform and a wrong signature sound alike.
    if (chosen === null) throw unauthorized()

    const [source, section] = chosen
    const read = (form === null ? messagesOf(text).map(fieldsOfMessage) : [fieldsOfForm(form)]).map((fields, index) => ({
      index,
      result: fields === null ? { kind: 'rejected' as const, detail: 'not a message of Event Streams: data.payload is missing' } : readTwilio(fields, { source, activities: section.activities ?? {} }),
    }))
    const items = read.flatMap(({ index, result }) => (result.kind === 'events' ? result.events.map((item) => ({ index, item: item as unknown })) : result.kind === 'rejected' ? [{ index, item: new UnreadableItem(result.detail) }] : []))
    const answer = await pipeline.acceptEvents(site, items.map(({ item }) => item), { credentialId: credential.id })
    return { ...answer, rejected: answer.rejected.map((rejection): Rejection => ({ ...rejection, index: items[rejection.index]?.index ?? rejection.index })) }
  }
}
