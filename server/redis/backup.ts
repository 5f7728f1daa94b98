import { instantOf, isoOf } from '../domain/time.ts'
import { BACKUP_FORMAT, type BackupWriter, writeBackupFile } from './backup-lines.ts'
import { openFloorLog } from './floor-log.ts'
import { hashText } from './hash-text.ts'
import type { Keys, SiteKeys } from './keys.ts'
import type { Redis } from './plain-client.ts'
import { isKind, type Kind, partsOfReply, type Raw, rawTo, readWhole } from './raw-values.ts'
import { siteIds } from './sites.ts'

export interface BackupSummary {
  readonly sites: number
  readonly keys: number
  readonly lines: number
  readonly sha256: string
}

/** In one line: an even number, so that fields stay with their values; and about so many bytes. */
const PARTS = 400
const BYTES = 1024 * 1024
const MOST_TRIES = 5

/** What belongs to running processes: a restored installation makes its own. */
const passing = (key: string): boolean => /^(session:|sessions-of:|setup(?:-links)?$|probe$|jobs|notices)/.test(key) || /^\{[^}]*\}:(keeper|epoch|snapshot|link-used:.*)$/.test(key)
/** Large, and either only added to or read in pieces: all else of a site is read in one transaction. */
const isLarge = (key: string): boolean => /^\{[^}]*\}:(log|base|texts|subjects|agents|agent-numbers|ends|rows:.*|seen:.*)$/.test(key)

interface Found {
  readonly key: string
  readonly kind: Kind
}

interface Read extends Found {
  readonly expiresAt: number
  readonly parts: ReturnType<typeof partsOfReply>
}

const sizeOf = (part: Read['parts'][number] | undefined): number => (part === undefined ? 0 : Buffer.isBuffer(part) ? part.length : part.reduce((sum: number, one: Buffer) => sum + one.length, 0))

const namesUnder = async (redis: Redis, prefix: string): Promise<readonly string[]> => {
  const names = new Set<string>()
  for await (const page of redis.scanIterator({ MATCH: `${prefix.replace(/[[\]*?{}\\]/g, '\\$&')}*`, COUNT: 1_000 })) for (const name of page) names.add(name)
  return [...names].sort()
}

const kindsOf = async (redis: Redis, names: readonly string[]): Promise<readonly Found[]> => {
  const types = await Promise.all(names.map((name) => redis.type(name)))
  return names.flatMap((key, i) => {
    const kind = String(types[i])
    return isKind(kind) ? [{ key, kind }] : []
  })
}

/** Many values as they are at one instant, and what else was asked at that instant. */
const readTogether = async (raw: Raw, found: readonly Found[], more: readonly (readonly string[])[] = []): Promise<{ readonly values: readonly Read[]; readonly more: readonly unknown[] }> => {
  const commands = [...found.flatMap(({ key, kind }) => [readWhole[kind](key), ['PEXPIRETIME', key]]), ...more]
  const sent = [raw('MULTI'), ...commands.map((command) => raw(...command))]
  const [replies] = await Promise.all([raw('EXEC'), ...sent])
  const answers = replies as readonly unknown[]
  const values = found.map(({ key, kind }, i) => ({ key, kind, parts: partsOfReply(kind, answers[2 * i]), expiresAt: Number(answers[2 * i + 1]) }))
  return { values: values.filter(({ parts }) => parts.length > 0), more: answers.slice(found.length * 2) }
}

const idOf = (reply: unknown): string => {
  const [entry] = reply as readonly (readonly [Buffer, unknown])[]
  return entry?.[0].toString() ?? '0-0'
}

/** Fields of `seen` that stand for entries after the cut: whoever sends those events again must not be told that they are known. */
const seenAfter = async (redis: Redis, keys: Keys, site: string, cut: string): Promise<ReadonlySet<string>> => {
  const log = openFloorLog({ redis, keys })
  const fields = new Set<string>()
  for (let after = cut; ; ) {
    const page = await log.read(site, after, 200)
    for (const { entry } of page) {
      if (entry?.kind !== 'facts') continue
      for (const { id } of entry.facts) {
        const field = Buffer.allocUnsafe(8)
        const [high, low] = hashText(id)
        field.writeUInt32BE(high, 0)
        field.writeUInt32BE(low, 4)
        fields.add(field.toString('latin1'))
      }
    }
    const last = page.at(-1)
    if (last === undefined || page.length < 200) return fields
    after = last.id
  }
}

const without = (read: Read, fields: ReadonlySet<string>): Read => {
  if (fields.size === 0) return read
  const flat = read.parts as readonly Buffer[]
  return { ...read, parts: flat.filter((_, i) => !fields.has((flat[i - (i % 2)] ?? Buffer.alloc(0)).toString('latin1'))) }
}

/** `redis` must be a connection of its own: what it reads together stands in a transaction. */
export const openBackup = ({ redis, keys }: { readonly redis: Redis; readonly keys: Keys }) => {
  const raw = rawTo(redis)
  const bare = (key: string) => key.slice(keys.prefix.length + 1)

  const put = async (writer: BackupWriter, read: Read): Promise<void> => {
    const expiry = read.expiresAt > 0 ? { expiresAt: read.expiresAt } : {}
    let [from, bytes] = [0, 0]
    for (let i = 0; i < read.parts.length; i += 1) {
      bytes += sizeOf(read.parts[i])
      const whole = i % 2 === 1 && (bytes > BYTES || i + 1 - from >= PARTS)
      if (!whole && i + 1 < read.parts.length) continue
      await writer.write({ key: bare(read.key), kind: read.kind, ...expiry, parts: read.parts.slice(from, i + 1) })
      ;[from, bytes] = [i + 1, 0]
    }
  }
  /** The log up to the cut, in pages. */
  const putLog = async (writer: BackupWriter, at: SiteKeys, cut: string): Promise<void> => {
    for (let from = '-'; ; ) {
      const parts = partsOfReply('stream', await raw('XRANGE', at.log, from, cut, 'COUNT', '200')) as readonly (readonly Buffer[])[]
      if (parts.length > 0) await writer.write({ key: bare(at.log), kind: 'stream', parts })
      const last = parts.at(-1)?.[0]?.toString()
      if (last === undefined || parts.length < 200) return
      from = `(${last}`
    }
  }
  const baseOf = async (at: SiteKeys) => (await redis.hGet(at.base, 'meta:base')) ?? ''

  /** All of a site as it was at one entry of its log; false when the log was trimmed meanwhile, so that it must be read again. */
  const site = async (writer: BackupWriter, id: string): Promise<number | null> => {
    const at = keys.site(id)
    const found = (await kindsOf(redis, await namesUnder(redis, `${keys.prefix}:{${id}}:`))).filter(({ key }) => !passing(bare(key)))
    const before = await baseOf(at)
    const { values, more } = await readTogether(raw, found.filter(({ key }) => !isLarge(bare(key))), [['XREVRANGE', at.log, '+', '-', 'COUNT', '1'], ['ZRANGE', at.incidents, '0', '-1']])
    const names = new Set(values.map(({ key }) => key))
    // One that was opened between the listing and the reading.
    if ((more[1] as readonly Buffer[]).some((ref) => !names.has(at.incident(ref.toString())))) return null
    const cut = idOf(more[0])
    const large = found.filter(({ key }) => isLarge(bare(key)) && key !== at.log)
    const reads: Read[] = []
    for (const one of large) reads.push(...(await readTogether(raw, [one])).values)
    const later = await seenAfter(redis, keys, id, cut)
    if ((await baseOf(at)) !== before) return null
    for (const read of values) await put(writer, read)
    for (const read of reads) await put(writer, /:seen:/.test(read.key) ? without(read, later) : read)
    await putLog(writer, at, cut)
    if ((await baseOf(at)) !== before) throw new Error(`the log of site ${id} was trimmed while it was read: run it again`)
    return values.length + reads.length + 1
  }

  return async (path: string): Promise<BackupSummary> => {
    const [seconds] = (await redis.sendCommand(['TIME'])) as unknown as readonly [string]
    const sites = await siteIds({ redis, keys })
    const writer = await writeBackupFile(path, { floorwatch: 'backup', format: BACKUP_FORMAT, at: isoOf(instantOf(Number(seconds) * 1_000)) })
    try {
      let count = 0
      for (const id of sites) {
        let kept: number | null = null
        for (let tries = 0; kept === null && tries < MOST_TRIES; tries += 1) kept = await site(writer, id)
        if (kept === null) throw new Error(`site ${id} changed too much while it was read: run it again`)
        count += kept
      }
      // Last: an installation that was restored halfway has no sites.
      const common = (await kindsOf(redis, await namesUnder(redis, `${keys.prefix}:`))).filter(({ key }) => !bare(key).startsWith('{') && !passing(bare(key)))
      const { values } = await readTogether(raw, common)
      for (const read of [...values].sort((a, b) => Number(a.key === keys.sites) - Number(b.key === keys.sites))) await put(writer, read)
      return { sites: sites.length, keys: count + values.length, ...(await writer.finish()) }
    } catch (error) {
      await writer.abandon()
      throw error
    }
  }
}
