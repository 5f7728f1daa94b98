import { readFileSync } from 'node:fs'
import { request as httpRequest } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { localToken } from '../access/local-token.ts'
import { faultLines, readConfig } from '../config.ts'

/** A command that failed, in words for the terminal: exit code 1, or 2 for wrong use. */
export class CommandFailed extends Error {
  readonly exitCode: 1 | 2
  constructor(message: string, exitCode: 1 | 2 = 1) {
    super(message)
    this.exitCode = exitCode
  }
}

export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
  readonly text: string
  readonly body: unknown
}

export interface Sent {
  readonly body?: unknown
  readonly text?: string
  readonly stream?: Readable
  readonly contentType?: string
  readonly headers?: Readonly<Record<string, string>>
}

/** The running server, over HTTP, as the administrator of this machine. */
export interface Api {
  readonly url: string
  /** The answer whatever its status. */
  raw(method: string, path: string, sent?: Sent): Promise<Answer>
  /** The body of a good answer; a refusal becomes CommandFailed. */
  ask(method: string, path: string, sent?: Sent): Promise<unknown>
}

export interface ApiOptions {
  readonly url?: string | undefined
  readonly token?: string | undefined
}

const field = (value: unknown, name: string): unknown => (typeof value === 'object' && value !== null && name in value ? Reflect.get(value, name) : undefined)
export const textField = (value: unknown, name: string): string => {
  const found = field(value, name)
  return typeof found === 'string' ? found : found === undefined || found === null ? '' : JSON.stringify(found)
}
export const itemsOf = (value: unknown): readonly unknown[] => {
  const items = field(value, 'items')
  return Array.isArray(items) ? items : []
}

const refusalText = (status: number, body: unknown): string => {
  const faults = field(body, 'faults')
  const lines = Array.isArray(faults) ? faults.map((fault) => `\n  ${textField(fault, 'path') || '(document)'}: ${textField(fault, 'detail')}`) : []
  return `${textField(body, 'detail') || `the server answered ${status}`}${lines.join('')}`
}

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

const exchange = (url: URL, method: string, headers: Readonly<Record<string, string>>, sent: Sent): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const make = url.protocol === 'https:' ? httpsRequest : httpRequest
    const request = make(url, { method, headers, rejectUnauthorized: !['127.0.0.1', 'localhost', '[::1]'].includes(url.hostname) }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('error', reject)
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString()
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text, body: parsed(text) })
      })
    })
    request.on('error', reject)
    if (sent.stream !== undefined) sent.stream.on('error', (error) => request.destroy(error)).pipe(request)
    else request.end(sent.body === undefined ? sent.text : JSON.stringify(sent.body))
  })

/** Where `npm start` says it runs, when it runs on another port than this command's environment says. */
const startedAt = (dataDir: string): string | null => {
  try {
    return textField(JSON.parse(readFileSync(join(dataDir, 'floorwatch.lock'), 'utf8')), 'url') || null
  } catch {
    return null
  }
}

interface Place {
  readonly urls: readonly string[]
  readonly token: () => string
}

const placeOf = ({ url, token }: ApiOptions): Place => {
  if (url !== undefined && token !== undefined) return { urls: [url], token: () => token }
  const answer = readConfig(process.env)
  if (!answer.ok) throw new CommandFailed(faultLines(answer.faults), 2)
  const { config } = answer
  const host = config.host === '0.0.0.0' || config.host === '::' ? '127.0.0.1' : config.host.includes(':') ? `[${config.host}]` : config.host
  const started = startedAt(config.dataDir)
  const own = `${config.tls === null ? 'http' : 'https'}://${host}:${config.port}`
  // Who reads the keys of the installation administers it; the token is signed anew for each request and lives two minutes.
  return { urls: url === undefined ? [...new Set([own, ...(started === null ? [] : [started])])] : [url], token: () => token ?? config.adminToken ?? localToken(config.sessionSecret, Date.now()) }
}

const unreachable = (error: unknown): boolean => error instanceof Error && 'code' in error && ['ECONNREFUSED', 'ENOTFOUND', 'EHOSTUNREACH', 'ETIMEDOUT', 'EAI_AGAIN'].includes(String(error.code))

export const openApi = (options: ApiOptions): Api => {
  const { urls, token } = placeOf(options)
  let [current = ''] = urls
  const raw: Api['raw'] = async (method, path, sent = {}) => {
    const contentType = sent.contentType ?? (sent.body === undefined ? undefined : 'application/json')
    for (const url of new Set([current, ...urls])) {
      try {
        const headers = { accept: 'application/json', authorization: `Bearer ${token()}`, ...(contentType === undefined ? {} : { 'content-type': contentType }), ...sent.headers }
        const answer = await exchange(new URL(path, url), method, headers, sent)
        current = url
        return answer
      } catch (error) {
        if (!unreachable(error)) throw error
      }
    }
    throw new CommandFailed(`no Floorwatch answers at ${urls.join(' or ')}: start it with npm start, or name it with --url`)
  }
  return {
    get url() {
      return current
    },
    raw,
    ask: async (method, path, sent) => {
      const answer = await raw(method, path, sent)
      if (answer.status >= 200 && answer.status < 300) return answer.body
      if (answer.status === 401) throw new CommandFailed('the server does not accept this command: use the DATA_DIR it was started with, or give --token (ADMIN_TOKEN)')
      throw new CommandFailed(refusalText(answer.status, answer.body))
    },
  }
}
