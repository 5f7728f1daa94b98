import { join, resolve } from 'node:path'
import ipaddr from 'ipaddr.js'
import { z } from 'zod'
import { madeSecret, readSecretFile } from './config-secrets.ts'

/** All settings of the environment, for the server, the workers and the command line. */
export interface Config {
  readonly port: number
  readonly host: string
  /** Where people reach the server; no slash at the end. */
  readonly publicUrl: string
  readonly dataDir: string
  readonly archiveDir: string
  /** null: `npm start` runs a Redis of its own and says where in `REDIS_URL`. */
  readonly redisUrl: string | null
  /** Where the job queues live; the same as `redisUrl` unless set. */
  readonly queueRedisUrl: string | null
  readonly durability: 'disk' | 'second'
  readonly demo: boolean
  /** Days before its live one that the demo tells, 0 to 35. */
  readonly demoDays: number
  readonly adminToken: string | null
  readonly sessionSecret: string
  /** 32 bytes that seal personal data. */
  readonly dataKey: Buffer
  /** Exact addresses or CIDRs of the proxies in front; empty: none is believed. */
  readonly trustProxy: readonly string[]
  readonly logLevel: 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'silent'
  readonly oidc: { readonly issuer: string; readonly clientId: string; readonly clientSecret: string; readonly roleClaim: string } | null
  readonly smtpUrl: string | null
  readonly mailFrom: string | null
  /** CIDRs that webhooks may reach although private. */
  readonly outboundAllow: readonly string[]
  readonly otelEndpoint: string | null
  /** Folders whose files sources may follow. */
  readonly sourceDirs: readonly string[]
  readonly tls: { readonly cert: string; readonly key: string } | null
}

export interface ConfigFault {
  readonly name: string
  /** What is wrong and what would be accepted; never the value. */
  readonly detail: string
}
export type ConfigAnswer = { readonly ok: true; readonly config: Config } | { readonly ok: false; readonly faults: readonly ConfigFault[] }

export type Environment = Readonly<Record<string, string | undefined>>

/** Names that may also be given as `NAME_FILE`: a file that holds the value. */
export const secretNames = ['ADMIN_TOKEN', 'SESSION_SECRET', 'DATA_KEY', 'REDIS_URL', 'QUEUE_REDIS_URL', 'OIDC_CLIENT_SECRET', 'SMTP_URL'] as const

const urlWith = (schemes: readonly string[], what: string) =>
  z.string().refine((text) => !/\s/.test(text) && URL.canParse(text) && schemes.includes(new URL(text).protocol), { error: `must be ${what}, without spaces` })

const redisUrl = z.string().refine(
  (text) => {
    if (/\s/.test(text)) return false
    if (text.startsWith('unix://')) return text.length > 'unix://'.length
    return URL.canParse(text) && ['redis:', 'rediss:', 'redis+sentinel:', 'redis-cluster:'].includes(new URL(text).protocol) && new URL(text).host !== ''
  },
  { error: 'must be redis://HOST:PORT, rediss://HOST:PORT, redis+sentinel://HOST:PORT/MASTER, redis-cluster://HOST:PORT or unix:///PATH, without spaces' },
)

const isCidr = (text: string): boolean => ipaddr.isValidCIDR(text) || ipaddr.isValid(text)
const listOf = (text: string): readonly string[] =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
const addresses = z
  .string()
  .transform(listOf)
  .refine((list) => list.every(isCidr), { error: 'must be addresses or CIDRs with commas between them, e.g. 10.0.0.0/8, 192.168.1.7' })

const dataKeyOf = (text: string): Buffer | null => {
  if (/^[0-9a-fA-F]{64}$/.test(text)) return Buffer.from(text, 'hex')
  if (!/^[A-Za-z0-9+/_-]{43}=?$/.test(text)) return null
  const key = Buffer.from(text, 'base64')
  return key.length === 32 ? key : null
}

const portError = 'must be a whole number from 1 to 65535'
const daysError = 'must be a whole number from 0 to 35'
const oneOf = <const T extends readonly string[]>(...values: T) => z.enum(values, { error: `must be one of ${values.join(', ')}` })

const schema = z.object({
  PORT: z.string().regex(/^\d{1,5}$/, { error: portError }).transform(Number).refine((port) => port >= 1 && port <= 65_535, { error: portError }).default(8080),
  HOST: z.string().regex(/^[A-Za-z0-9.:_-]+$/, { error: 'must be one address or host name to listen on' }).default('127.0.0.1'),
  PUBLIC_URL: urlWith(['http:', 'https:'], 'an http:// or https:// address')
    .refine((text) => !URL.canParse(text) || (new URL(text).pathname === '/' && new URL(text).search === '' && new URL(text).username === ''), { error: 'must be an origin alone: no path, query or user' })
    .transform((text) => new URL(text).origin)
    .optional(),
  DATA_DIR: z.string().default('./data'),
  ARCHIVE_DIR: z.string().optional(),
  REDIS_URL: redisUrl.optional(),
  QUEUE_REDIS_URL: redisUrl.refine((text) => !text.startsWith('redis-cluster:'), { error: 'cannot be a Cluster: job queues need a standalone Redis or Sentinel' }).optional(),
  DURABILITY: oneOf('disk', 'second').default('disk'),
  DEMO: oneOf('on', 'off').default('on'),
  DEMO_DAYS: z.string().regex(/^\d{1,2}$/, { error: daysError }).transform(Number).refine((days) => days <= 35, { error: daysError }).default(35),
  ADMIN_TOKEN: z.string().min(24, { error: 'must have at least 24 characters' }).max(512, { error: 'must have at most 512 characters' }).regex(/^[\x21-\x7e]+$/, { error: 'must be printable ASCII without spaces' }).optional(),
  SESSION_SECRET: z.string().min(24, { error: 'must have at least 24 characters' }).optional(),
  DATA_KEY: z.string().refine((text) => dataKeyOf(text) !== null, { error: 'must be 32 bytes as base64 (44 characters) or hex (64 characters)' }).optional(),
  TRUST_PROXY: addresses.default([]),
  LOG_LEVEL: oneOf('fatal', 'error', 'warn', 'info', 'debug', 'silent').default('info'),
  OIDC_ISSUER: urlWith(['https:', 'http:'], 'an https:// address').refine((text) => !URL.canParse(text) || new URL(text).protocol === 'https:' || ['localhost', '127.0.0.1', '[::1]'].includes(new URL(text).hostname), { error: 'must be https:// (http:// only on loopback)' }).optional(),
  OIDC_CLIENT_ID: z.string().optional(),
  OIDC_CLIENT_SECRET: z.string().optional(),
  OIDC_ROLE_CLAIM: z.string().default('roles'),
  SMTP_URL: urlWith(['smtp:', 'smtps:'], 'smtp://HOST:PORT or smtps://HOST:PORT').optional(),
  MAIL_FROM: z.string().regex(/^[^\r\n]*[^\s@<]+@[^\s@>]+>?$/, { error: 'must be a mail address, e.g. Floorwatch <floorwatch@example.org>' }).optional(),
  OUTBOUND_ALLOW: addresses.default([]),
  OTEL_EXPORTER_OTLP_ENDPOINT: urlWith(['http:', 'https:'], 'an http:// or https:// address').optional(),
  SOURCE_DIRS: z.string().transform(listOf).default([]),
  TLS_CERT_FILE: z.string().optional(),
  TLS_KEY_FILE: z.string().optional(),
})
type Read = z.output<typeof schema>

/** Every setting of the environment, as `.env.example` lists them. */
export const settingNames = Object.keys(schema.shape)

/** Settings that contradict each other. */
const contradictions = (read: Read): readonly ConfigFault[] => {
  const faults: ConfigFault[] = []
  const fault = (name: string, detail: string) => faults.push({ name, detail })
  if ((read.TLS_CERT_FILE === undefined) !== (read.TLS_KEY_FILE === undefined)) fault(read.TLS_CERT_FILE === undefined ? 'TLS_CERT_FILE' : 'TLS_KEY_FILE', 'TLS_CERT_FILE and TLS_KEY_FILE go together: set both or neither')
  if (read.REDIS_URL?.startsWith('redis-cluster:') && read.QUEUE_REDIS_URL === undefined) fault('QUEUE_REDIS_URL', 'must be set when REDIS_URL is a Cluster: job queues cannot live on one')
  const oidc = [read.OIDC_ISSUER, read.OIDC_CLIENT_ID, read.OIDC_CLIENT_SECRET]
  if (oidc.some((part) => part !== undefined) && oidc.some((part) => part === undefined)) fault('OIDC_ISSUER', 'OIDC_ISSUER, OIDC_CLIENT_ID and OIDC_CLIENT_SECRET go together: set all or none')
  if (read.SMTP_URL !== undefined && read.MAIL_FROM === undefined) fault('MAIL_FROM', 'must be set when SMTP_URL is set')
  return faults
}

/** Values by name, with `NAME_FILE` read; an empty value counts as unset. */
const gather = (environment: Environment, faults: ConfigFault[]): Readonly<Record<string, string>> => {
  const values: Record<string, string> = {}
  for (const name of Object.keys(schema.shape)) {
    const value = environment[name]
    if (value !== undefined && value !== '') values[name] = value
  }
  for (const name of secretNames) {
    const file = environment[`${name}_FILE`]
    if (file === undefined || file === '') continue
    if (values[name] !== undefined) faults.push({ name, detail: `is set twice: use ${name} or ${name}_FILE, not both` })
    const read = readSecretFile(file)
    if (read.ok) values[name] = read.value
    else faults.push({ name: `${name}_FILE`, detail: read.detail })
  }
  return values
}

const keyFaults = (read: Read, dataDir: string, faults: ConfigFault[]): { readonly sessionSecret: string; readonly dataKey: Buffer } => {
  const made = (name: 'SESSION_SECRET' | 'DATA_KEY', file: string): string => {
    const given = read[name]
    if (given !== undefined) return given
    const answer = madeSecret(join(dataDir, 'keys', file))
    if (answer.ok) return answer.value
    faults.push({ name, detail: answer.detail })
    return ''
  }
  const sessionSecret = made('SESSION_SECRET', 'session-secret')
  const dataKey = dataKeyOf(made('DATA_KEY', 'data-key'))
  if (dataKey === null && !faults.some(({ name }) => name === 'DATA_KEY')) faults.push({ name: 'DATA_KEY', detail: `the key in ${join(dataDir, 'keys', 'data-key')} is damaged: it must be 32 bytes as base64; put the right one back, personal data cannot be read without it` })
  return { sessionSecret, dataKey: dataKey ?? Buffer.alloc(0) }
}

const tlsOf = (read: Read, faults: ConfigFault[]): Config['tls'] => {
  if (read.TLS_CERT_FILE === undefined || read.TLS_KEY_FILE === undefined) return null
  const part = (name: 'TLS_CERT_FILE' | 'TLS_KEY_FILE', path: string): string => {
    const answer = readSecretFile(path)
    if (answer.ok) return answer.value
    faults.push({ name, detail: answer.detail })
    return ''
  }
  return { cert: part('TLS_CERT_FILE', read.TLS_CERT_FILE), key: part('TLS_KEY_FILE', read.TLS_KEY_FILE) }
}

const hostInUrl = (host: string): string => (host === '0.0.0.0' || host === '::' ? 'localhost' : host.includes(':') ? `[${host}]` : host)

/**
 * Reads and checks the whole environment; every fault at once. Makes the two keys in `DATA_DIR/keys` when nothing else is wrong.
 * No value is ever part of a fault.
 */
export const readConfig = (environment: Environment, workingDirectory = process.cwd()): ConfigAnswer => {
  const faults: ConfigFault[] = []
  const parsed = schema.safeParse(gather(environment, faults))
  if (!parsed.success) {
    for (const issue of parsed.error.issues) faults.push({ name: String(issue.path[0] ?? ''), detail: issue.message })
    return { ok: false, faults }
  }
  const read = parsed.data
  faults.push(...contradictions(read))
  const tls = tlsOf(read, faults)
  if (faults.length > 0) return { ok: false, faults }
  const dataDir = resolve(workingDirectory, read.DATA_DIR)
  const keys = keyFaults(read, dataDir, faults)
  if (faults.length > 0) return { ok: false, faults }
  const { OIDC_ISSUER: issuer, OIDC_CLIENT_ID: clientId, OIDC_CLIENT_SECRET: clientSecret } = read
  const config: Config = {
    port: read.PORT,
    host: read.HOST,
    publicUrl: read.PUBLIC_URL ?? `${tls === null ? 'http' : 'https'}://${hostInUrl(read.HOST)}:${read.PORT}`,
    dataDir,
    archiveDir: read.ARCHIVE_DIR === undefined ? join(dataDir, 'archive') : resolve(workingDirectory, read.ARCHIVE_DIR),
    redisUrl: read.REDIS_URL ?? null,
    queueRedisUrl: read.QUEUE_REDIS_URL ?? read.REDIS_URL ?? null,
    durability: read.DURABILITY,
    demo: read.DEMO === 'on',
    demoDays: read.DEMO_DAYS,
    adminToken: read.ADMIN_TOKEN ?? null,
    ...keys,
    trustProxy: read.TRUST_PROXY,
    logLevel: read.LOG_LEVEL,
    oidc: issuer === undefined || clientId === undefined || clientSecret === undefined ? null : { issuer, clientId, clientSecret, roleClaim: read.OIDC_ROLE_CLAIM },
    smtpUrl: read.SMTP_URL ?? null,
    mailFrom: read.MAIL_FROM ?? null,
    outboundAllow: read.OUTBOUND_ALLOW,
    otelEndpoint: read.OTEL_EXPORTER_OTLP_ENDPOINT ?? null,
    sourceDirs: read.SOURCE_DIRS.map((path) => resolve(workingDirectory, path)),
    tls,
  }
  return { ok: true, config }
}

/** `EX_CONFIG` of sysexits: supervisors must not restart on it. */
export const configExitCode = 78

/** One line a fault, for the terminal. */
export const faultLines = (faults: readonly ConfigFault[]): string => [`Floorwatch cannot start: ${faults.length} setting${faults.length === 1 ? '' : 's'} of the environment must be changed`, ...faults.map(({ name, detail }) => `  ${name} ${detail}`)].join('\n')

/** The configuration, or the end of the process with every fault on stderr. */
export const configOrExit = (environment: Environment): Config => {
  const answer = readConfig(environment)
  if (answer.ok) return answer.config
  process.stderr.write(`${faultLines(answer.faults)}\n`)
  process.exit(configExitCode)
}

