import { setTimeout as pause } from 'node:timers/promises'
import type { Logger } from '../log.ts'
import type { Redis } from './plain-client.ts'

/** `disk`: an acknowledgement survives a power cut. `second`: up to a second of them may be lost (RELIABILITY G1). */
export type DurabilityClass = 'disk' | 'second'

export interface Finding {
  readonly name: string
  /** What is wrong, what it would cost, and what to set. */
  readonly detail: string
}

export interface RedisReport {
  /** With any of these nothing may be accepted. */
  readonly faults: readonly Finding[]
  readonly warnings: readonly Finding[]
  /** What this server does not let us see (a managed Redis may forbid CONFIG). */
  readonly unchecked: readonly string[]
}

export interface RedisFacts {
  readonly version: string
  /** null: CONFIG is forbidden. */
  readonly config: Readonly<Record<string, string>> | null
  readonly info: Readonly<Record<string, string>>
  /** Redis TIME minus our clock; null when it could not be told. */
  readonly clockOffsetMs: number | null
}

const names = ['appendonly', 'appendfsync', 'no-appendfsync-on-rewrite', 'maxmemory', 'maxmemory-policy'] as const
const MOST_OFFSET_MS = 2_000

const major = (version: string): number => Number(version.split('.')[0])

const persistence = ({ config, info }: RedisFacts, durability: DurabilityClass): readonly Finding[] => {
  const faults: Finding[] = []
  const fault = (name: string, detail: string) => faults.push({ name, detail })
  if (info.aof_enabled === '0') fault('appendonly', 'is no: a restart of Redis would lose everything since its last save. Set "appendonly yes"')
  if (info.aof_last_write_status === 'err') fault('aof_last_write_status', 'is err: Redis cannot write its log to the disk (full, or failing). Free space on its disk')
  if (!config || config.appendonly === 'no') return faults
  const fsync = config.appendfsync
  if (fsync === 'no') fault('appendfsync', 'is no: acknowledged events may stay in memory for half a minute. Set "appendfsync always"')
  if (fsync === 'everysec' && durability === 'disk') fault('appendfsync', 'is everysec, but DURABILITY is disk: a power cut could lose acknowledged events. Set "appendfsync always", or DURABILITY=second to accept that')
  if (config['no-appendfsync-on-rewrite'] === 'yes') fault('no-appendfsync-on-rewrite', 'is yes: while Redis rewrites its log nothing is synced. Set it to no')
  return faults
}

/** What the facts mean; pure, so that every case has a test. */
export const judgeRedis = (facts: RedisFacts, durability: DurabilityClass): RedisReport => {
  const { version, config, info, clockOffsetMs } = facts
  const faults: Finding[] = [...persistence(facts, durability)]
  const warnings: Finding[] = []
  const unchecked: string[] = []
  const policy = info.maxmemory_policy ?? config?.['maxmemory-policy']
  const limit = Number(info.maxmemory ?? config?.maxmemory ?? Number.NaN)

  if (!(major(version) >= 7)) faults.unshift({ name: 'version', detail: `is ${version}: Redis 7.0 or newer (or Valkey) is needed` })
  if (policy !== undefined && policy !== 'noeviction') faults.push({ name: 'maxmemory-policy', detail: `is ${policy}: when memory is full Redis would delete events, timers and incidents at will. Set "maxmemory-policy noeviction"` })
  if (limit === 0) warnings.push({ name: 'maxmemory', detail: 'is not set: Redis may grow until the machine kills it. Set it to at most 80 % of the memory Redis may use' })
  const used = Number(info.used_memory ?? 0)
  if (limit > 0 && used > 0.8 * limit) warnings.push({ name: 'maxmemory', detail: `is ${Math.round((100 * used) / limit)} % used: when it is full no events are accepted` })
  if (info.role === 'slave') faults.push({ name: 'role', detail: 'is replica: this Redis takes no writes. Point REDIS_URL at the master, or at the Sentinels' })
  if (clockOffsetMs !== null && Math.abs(clockOffsetMs) > MOST_OFFSET_MS) warnings.push({ name: 'clock', detail: `of Redis is ${Math.abs(Math.round(clockOffsetMs / 1_000))} s ${clockOffsetMs > 0 ? 'ahead of' : 'behind'} this machine's: due times follow Redis. Set both by NTP` })
  if (config === null) {
    unchecked.push('appendfsync', 'no-appendfsync-on-rewrite')
    if (info.aof_enabled === undefined) unchecked.push('appendonly')
    if (policy === undefined) unchecked.push('maxmemory-policy')
  }
  return { faults, warnings, unchecked }
}

const parseInfo = (text: string): Record<string, string> =>
  Object.fromEntries(
    text
      .split(/\r?\n/)
      .filter((line) => line.includes(':') && !line.startsWith('#'))
      .map((line): [string, string] => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1)]),
  )

const readConfig = async (redis: Redis): Promise<Readonly<Record<string, string>> | null> => {
  try {
    const all: Record<string, string> = {}
    for (const name of names) {
      const [, value] = (await redis.sendCommand(['CONFIG', 'GET', name])) as unknown as readonly string[]
      if (value !== undefined) all[name] = value
    }
    return all
  } catch (error) {
    if (error instanceof Error && /unknown command|NOPERM|not allowed|disabled|ERR/i.test(error.message)) return null
    throw error
  }
}

export const readRedisFacts = async (redis: Redis, now: () => number): Promise<RedisFacts> => {
  const info = parseInfo(String(await redis.info()))
  const asked = now()
  const [seconds = '0', micros = '0'] = (await redis.sendCommand(['TIME']).catch(() => [])) as unknown as readonly string[]
  const answered = now()
  const clockOffsetMs = seconds === '0' ? null : Number(seconds) * 1_000 + Number(micros) / 1_000 - (asked + answered) / 2
  // Valkey tells the Redis version it is compatible with beside its own.
  return { version: info.valkey_version ?? info.redis_version ?? '0', config: await readConfig(redis), info, clockOffsetMs }
}

/** Refuses a start; names every fault. */
export class DangerousRedis extends Error {
  readonly faults: readonly Finding[]
  constructor(faults: readonly Finding[]) {
    super(['This Redis must be configured otherwise before Floorwatch may use it:', ...faults.map(({ name, detail }) => `  ${name} ${detail}`)].join('\n'))
    this.faults = faults
  }
}

export interface StartChecks {
  /** For `/readyz`: false once a later check found a dangerous setting. */
  readonly state: () => { readonly ok: boolean; readonly detail: string }
  readonly report: () => RedisReport
  readonly close: () => void
}

/** Readiness is off within 10 s of a dangerous change (RELIABILITY F8). */
const EVERY_MS = 5_000

/** How often a Redis that still reads its data is looked at again. */
const LOADING_LOOK_MS = 100

/** While Redis reads its log after a start it has the log switched off and says so in INFO: nothing can be judged until it has read all. */
const isLoading = ({ info }: RedisFacts): boolean => info.loading === '1'

const factsOnceLoaded = async (redis: Redis, now: () => number, log: Logger): Promise<RedisFacts> => {
  for (let told = false; ; told = true) {
    const facts = await readRedisFacts(redis, now)
    if (!isLoading(facts)) return facts
    if (!told) log.warn({ leftSeconds: Number(facts.info.loading_eta_seconds ?? Number.NaN) }, 'redis is reading its data; the start waits for it')
    await pause(LOADING_LOOK_MS)
  }
}

/** Checks once Redis has read its data, throws DangerousRedis on a fault, and checks again every few seconds; what drifts later turns readiness off. */
export const openStartChecks = async ({ redis, durability, now, log, everyMs = EVERY_MS }: { readonly redis: Redis; readonly durability: DurabilityClass; readonly now: () => number; readonly log: Logger; readonly everyMs?: number }): Promise<StartChecks> => {
  let report = judgeRedis(await factsOnceLoaded(redis, now, log), durability)
  if (report.faults.length > 0) throw new DangerousRedis(report.faults)
  for (const { name, detail } of report.warnings) log.warn({ setting: name }, `redis: ${name} ${detail}`)
  if (report.unchecked.length > 0) log.warn({ settings: report.unchecked }, `redis does not let us check ${report.unchecked.join(', ')}: durability is as its operator configured it`)
  log.info({ durability }, durability === 'disk' ? 'acknowledged means written to the disk' : 'acknowledged events of the last second may be lost by a power cut')

  const again = async () => {
    try {
      const facts = await readRedisFacts(redis, now)
      if (isLoading(facts)) return
      const next = judgeRedis(facts, durability)
      const known = new Set(report.faults.map(({ name }) => name))
      for (const { name, detail } of next.faults) if (!known.has(name)) log.error({ setting: name }, `redis: ${name} ${detail}`)
      report = next
    } catch {
      // Away: the connection says so itself.
    }
  }
  const timer = setInterval(() => void again(), everyMs)
  return {
    state: () => ({ ok: report.faults.length === 0, detail: report.faults.map(({ name, detail }) => `${name} ${detail}`).join('; ') || `class ${durability}` }),
    report: () => report,
    close: () => clearInterval(timer),
  }
}
