import { appendFile, mkdir, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Fact } from '../../server/domain/platform-events.ts'
import { DAY, type Instant } from '../../server/domain/time.ts'
import { writeEntries } from '../../server/redis/archive-files.ts'
import { entryFields } from '../../server/redis/log-codec.ts'
import type { ImportedDay, Manifest } from '../../server/redis/manifest.ts'
import type { Sites } from '../../server/redis/sites.ts'
import { siteDay } from './archive-day.ts'
import { sortedFacts, spoolLine } from './sorted-facts.ts'

export interface ImportedFacts {
  /** Spools facts of any days; call `finish` once all are in. Waits only while the disk is behind. */
  readonly add: (facts: readonly Fact[]) => Promise<void>
  /** Resolves when all that was added is on the disk. */
  readonly flush: () => Promise<void>
  /**
   * Makes a segment of each day and asks for those days, and what lies around them, to be folded again; gives the days, none when
   * `running` said no meanwhile. The same import again changes nothing.
   */
  readonly finish: (running?: () => boolean) => Promise<readonly string[]>
  readonly abandon: () => Promise<void>
}

export interface ImportedFactsDependencies {
  readonly archiveDir: string
  readonly manifest: Manifest
  readonly sites: Pick<Sites, 'get'>
}

const FACTS_AN_ENTRY = 256
/** Characters of the spool that are written in one go. */
const PIECE = 2_000_000

/**
 * Facts that are too old for the live door, laid beside the archived log by business day. `importId` must be the same for the same
 * source of facts (a hash of the file) and fit a file name.
 */
export const openImportedFacts = ({ archiveDir, manifest, sites }: ImportedFactsDependencies, site: string, importId: string): ImportedFacts => {
  if (!/^[A-Za-z0-9_-]{1,80}$/.test(importId)) throw new Error(`import id ${JSON.stringify(importId)} cannot be part of a file name: use letters, digits, - and _`)
  const spool = join(archiveDir, site, `import-${importId}.spool`)
  let bounds: { readonly day: string; readonly from: Instant; readonly to: Instant } | null = null
  const dayOf = (at: Instant): string => {
    if (!bounds || at < bounds.from || at >= bounds.to) bounds = siteDay(sites, site, at)
    return bounds.day
  }
  const segmentOf = async (day: string): Promise<ImportedDay> => {
    const writer = await writeEntries(archiveDir, `${site}/${day}/import-${importId}.ndjson.gz`)
    let [facts, entries] = [0, 0]
    for await (const part of sortedFacts(join(spool, `${day}.ndjson`), { many: FACTS_AN_ENTRY })) {
      const at = part.at(-1)?.occurredAt ?? 0
      await writer.write(`${at}-${entries}`, entryFields(at, { kind: 'facts', facts: part }))
      facts += part.length
      entries += 1
    }
    return { ...(await writer.finish()), day, import: importId, facts }
  }

  /** Lines that are not on the disk yet, by day. */
  let waiting = new Map<string, string>()
  let length = 0
  let writing: Promise<void> = Promise.resolve()
  const put = (): Promise<void> => {
    const lines = waiting
    waiting = new Map()
    length = 0
    writing = writing.then(async () => {
      if (lines.size > 0) await mkdir(spool, { recursive: true })
      for (const [day, text] of lines) await appendFile(join(spool, `${day}.ndjson`), text, { flush: true })
    })
    // Whoever flushes is told of a failure; until then it must not end the process.
    writing.catch(() => undefined)
    return writing
  }
  /** Days with anything whose fold reads a day of these: a contact reaches over midnight, and late facts come two days after. */
  const beside = async (days: readonly string[]): Promise<readonly string[]> => {
    const known = new Set([...(await manifest.days(site)), ...(await manifest.imports(site))].map(({ day }) => day))
    const near = new Set(days.flatMap((day) => [-2, -1, 1].map((distance) => new Date(Date.parse(day) + distance * DAY).toISOString().slice(0, 10))))
    return [...near].filter((day) => known.has(day) && !days.includes(day))
  }

  return {
    add: async (facts) => {
      for (const fact of facts) {
        const day = dayOf(fact.occurredAt)
        // Begun on a line of its own, so that a torn one before it spoils nothing.
        const line = `\n${spoolLine(fact)}`
        waiting.set(day, (waiting.get(day) ?? '') + line)
        length += line.length
      }
      if (length < PIECE) return
      const before = writing
      void put()
      await before
    },
    flush: put,
    finish: async (running = () => true) => {
      await put()
      const days = (await readdir(spool).catch(() => [])).filter((name) => name.endsWith('.ndjson')).map((name) => name.slice(0, -'.ndjson'.length)).sort()
      const segments: ImportedDay[] = []
      for (const day of days) {
        if (!running()) return []
        segments.push(await segmentOf(day))
      }
      await manifest.addImports(site, segments, await beside(days))
      await rm(spool, { recursive: true, force: true })
      return days
    },
    abandon: async () => {
      waiting = new Map()
      await writing.catch(() => undefined)
      await rm(spool, { recursive: true, force: true })
    },
  }
}

/** Resolves when none of the days waits to be folded any more; false when that takes longer. */
export const untilFolded = async (manifest: Manifest, site: string, days: readonly string[], ms: number): Promise<boolean> => {
  const ends = performance.now() + ms
  for (;;) {
    const dirty = await manifest.dirty(site)
    if (!days.some((day) => dirty.has(day))) return true
    if (performance.now() > ends) return false
    await sleep(100)
  }
}
