import { clientMessages } from '../contract/socket-messages.ts'
import { z } from 'zod'
import { operations, type Operation } from './api-operations.ts'
import { componentSchemas } from './api-schemas.ts'

const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` })
const openPath = (path: string): string => path.replace(/:([A-Za-z]+)/g, '{$1}')
const parameterNames = (path: string): readonly string[] => [...path.matchAll(/:([A-Za-z]+)/g)].map(([, name]) => name ?? '')
const problemAnswer = { description: 'Why not (RFC 9457)', content: { 'application/problem+json': { schema: ref('Problem') } } }
const statusWords: Readonly<Record<number, string>> = { 200: 'Done', 201: 'Made', 202: 'Accepted', 204: 'Done, nothing to tell' }

const parameter = (place: 'path' | 'query' | 'header') => ([name, description]: readonly [string, string]) => ({ name, in: place, required: place === 'path', description, schema: { type: 'string' } })

const operationOf = ({ method, path, summary, query = {}, headers = {}, body, gives: [status, schema], refuses = [] }: Operation) => ({
  summary,
  operationId: `${method}${path.replace(/[^A-Za-z]+([A-Za-z])/g, (_all, letter: string) => letter.toUpperCase())}`,
  tags: [path.split('/')[1] === 'sites' ? (path.split('/')[3] ?? 'sites') : (path.split('/')[1] ?? 'meta')],
  parameters: [...parameterNames(path).map((name) => parameter('path')([name, name === 'site' ? 'site id' : name])), ...Object.entries(query).map(parameter('query')), ...Object.entries(headers).map(parameter('header'))],
  ...(body === undefined ? {} : { requestBody: { required: true, content: Object.fromEntries(Object.entries(body).map(([type, name]) => [type, { schema: name === '' ? { type: 'string' } : ref(name) }])) } }),
  responses: {
    [status]: { description: statusWords[status] ?? 'Done', ...(schema === null ? {} : { content: { 'application/json': { schema: ref(schema) } } }) },
    ...Object.fromEntries([401, 403, 404, 429, ...refuses].sort().map((code) => [code, problemAnswer])),
  },
})

/** OpenAPI 3.1, made from the schemas that check the requests. */
export const openApiDocument = (publicUrl: string, has: (operation: Operation) => boolean): object => {
  const paths: Record<string, Record<string, object>> = {}
  for (const operation of operations.filter(has)) paths[openPath(operation.path)] = { ...paths[openPath(operation.path)], [operation.method]: operationOf(operation) }
  return {
    openapi: '3.1.0',
    info: { title: 'Floorwatch', version: '1', description: 'Live floor, incidents and settings of contact centres. Instants are ISO 8601 UTC with milliseconds, durations integers ending in Ms, ratios 0..1; a ratio without a denominator is null.', license: { name: 'MIT', identifier: 'MIT' } },
    servers: [{ url: `${publicUrl}/api/v1` }],
    security: [{ bearer: [] }, { session: [] }],
    paths,
    components: { schemas: componentSchemas(), securitySchemes: { bearer: { type: 'http', scheme: 'bearer' }, session: { type: 'apiKey', in: 'cookie', name: 'floorwatch' } } },
  }
}

const tables = { type: 'object', additionalProperties: { type: 'array', items: { type: 'object' } } }
const ids = { type: 'object', additionalProperties: { type: 'array', items: { type: 'string' } } }
const serverMessages: Readonly<Record<string, { readonly summary: string; readonly payload: object }>> = {
  changes: {
    summary: 'One frame for all views that a client watches of a site; `from` is the revision it applies to, anything else means watch again',
    payload: { type: 'object', required: ['site', 'asOf', 'views'], properties: { site: { type: 'string' }, asOf: { type: 'string', format: 'date-time' }, views: { type: 'array', items: { type: 'object', required: ['view', 'from', 'to', 'put', 'gone'], properties: { view: { type: 'string' }, from: { type: 'string' }, to: { type: 'string' }, put: tables, gone: ids } } } } },
  },
  'escalation-audit': { summary: 'What the auditor finds in the escalations of a site, when it comes or goes', payload: { type: 'object', required: ['site', 'ok', 'findings'], properties: { site: { type: 'string' }, ok: { type: 'boolean' }, findings: { type: 'array', items: { type: 'object', properties: { check: { type: 'string' }, about: { type: 'string' }, detail: { type: 'string' } } } }, elsewhere: { type: 'number', description: 'so many findings are about incidents outside the area of the reader' } } } },
  notice: { summary: 'Something to show to the person who is signed in; acknowledged by a screen that shows it', payload: { type: 'object', required: ['site', 'ref', 'subject'], properties: { site: { type: 'string' }, ref: { type: 'string' }, priority: { type: ['string', 'null'] }, subject: { type: 'string' }, number: { type: 'integer', description: 'of the notices of this person: one that was shown is known again' } } } },
  reload: { summary: 'To a paired wall: an administrator asked it to load itself anew', payload: { type: 'object' } },
  'settings-changed': { summary: "A site's settings were saved", payload: { type: 'object', required: ['site'], properties: { site: { type: 'string' } } } },
  'signed-out': { summary: 'The credential ended; the connection closes', payload: { type: 'object', required: ['reason'], properties: { reason: { type: 'string' } } } },
}
const clientWords: Readonly<Record<keyof typeof clientMessages, string>> = {
  watch: 'Acknowledged with { ok: true, revision, asOf, snapshot }, { ok: true, revision, asOf, changes } or { ok: false, refusal }',
  unwatch: 'No more changes of the view',
  at: 'Every 5 s: the revision the client shows',
  command: 'An order for an incident, answered like HTTP',
}

/** AsyncAPI 3.0: each Socket.IO event is a message of the one namespace. */
export const asyncApiDocument = (publicUrl: string): object => {
  const url = new URL(publicUrl)
  const fromClient = Object.entries(clientMessages).map(([name, schema]) => {
    const { $schema: _schema, ...payload } = z.toJSONSchema(schema, { io: 'input' })
    return [name, { name, summary: clientWords[name as keyof typeof clientMessages], payload }] as const
  })
  const fromServer = Object.entries(serverMessages).map(([name, message]) => [name, { name, ...message }] as const)
  const names = (messages: readonly (readonly [string, object])[]) => messages.map(([name]) => ({ $ref: `#/channels/floor/messages/${name}` }))
  return {
    asyncapi: '3.0.0',
    info: { title: 'Floorwatch sockets', version: '1', description: 'Socket.IO 4, namespace /, websocket only; auth: { token } or the session cookie; the Origin is checked.', license: { name: 'MIT' } },
    servers: { floorwatch: { host: url.host, protocol: url.protocol === 'https:' ? 'wss' : 'ws', pathname: '/socket.io/' } },
    channels: { floor: { address: '/', messages: Object.fromEntries([...fromClient, ...fromServer]) } },
    operations: { say: { action: 'receive', channel: { $ref: '#/channels/floor' }, messages: names(fromClient) }, hear: { action: 'send', channel: { $ref: '#/channels/floor' }, messages: names(fromServer) } },
  }
}
