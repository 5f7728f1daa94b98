import type { IngestAnswer, Rejection } from '../../contract/events.ts'
import { readJson } from '../../contract/json.ts'
import { problem } from '../../http/problem.ts'
import { UnreadableItem } from '../check-event.ts'
import type { TakeBody } from '../ingest.ts'
import type { Pipeline } from '../pipeline.ts'
import { bodyText, mediaType, MOST_EVENTS } from '../read-items.ts'
import { readConnect } from './amazon-connect.ts'
import { chooseSource, type ChosenSource, type SourcesOf } from './source-choice.ts'

/** Messages of Amazon Connect as EventBridge hands them on: one, a list, or one a line. The connection carries our bearer token. */

const NDJSON = 'application/x-ndjson'
const types = ['application/json', NDJSON]

const messagesOf = (text: string, lines: boolean): readonly unknown[] => {
  if (lines) {
    return text.split(/\r?\n/).filter((line) => line.trim() !== '').map((line) => {
      const read = readJson(line)
      return read.ok ? read.value : new UnreadableItem(read.detail)
    })
  }
  const read = readJson(text)
  if (!read.ok) throw problem(400, read.code, read.detail)
  return Array.isArray(read.value) ? read.value : [read.value]
}

export interface ConnectBodyDeps {
  readonly pipeline: Pick<Pipeline, 'acceptEvents'>
  readonly sourcesOf: SourcesOf
}

/** Messages of one source through the door; what is refused is told by its place among them. */
export const acceptConnect = async (pipeline: ConnectBodyDeps['pipeline'], messages: readonly unknown[], { site, credentialId, source }: { readonly site: string; readonly credentialId: string; readonly source: ChosenSource }): Promise<IngestAnswer> => {
  const items = messages.flatMap((message, index): { index: number; item: unknown }[] => {
    if (message instanceof UnreadableItem) return [{ index, item: message }]
    const result = readConnect(message, { source: source.id, activities: source.section?.activities ?? {} })
    if (result.kind === 'events') return result.events.map((item) => ({ index, item }))
    return result.kind === 'rejected' ? [{ index, item: new UnreadableItem(result.detail) }] : []
  })
  const answer = await pipeline.acceptEvents(site, items.map(({ item }) => item), { credentialId })
  return { ...answer, rejected: answer.rejected.map((rejection): Rejection => ({ ...rejection, index: items[rejection.index]?.index ?? rejection.index })) }
}

export const connectBody = ({ pipeline, sourcesOf }: ConnectBodyDeps): TakeBody =>
  async (bytes, request, { site, credential }): Promise<IngestAnswer> => {
    const type = mediaType(request.headers['content-type'], types)
    if (!type.ok) throw problem(type.status, type.code, type.detail)
    const text = bodyText(bytes)
    if (text === null) throw problem(400, 'body_invalid', 'the body is not valid UTF-8')
    const messages = messagesOf(text, type.type === NDJSON)
    if (messages.length === 0) throw problem(400, 'body_invalid', 'the body holds no message')
    if (messages.length > MOST_EVENTS) throw problem(413, 'too_many_events', `${messages.length} messages in one request; at most ${MOST_EVENTS}`)
    const source = chooseSource(await sourcesOf(site), 'amazon-connect', new URL(request.url ?? '/', 'http://x').searchParams.get('source'))
    return acceptConnect(pipeline, messages, { site, credentialId: credential.id, source })
  }
