import { appendFile, mkdir, readdir, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Fact } from '../../server/domain/platform-events.ts'
import type { Instant } from '../../server/domain/time.ts'
import { writeEntries } from '../../server/redis/archive-files.ts'
import { entryFields } from '../../server/redis/log-codec.ts'
import type { Manifest } from '../../server/redis/manifest.ts'
import type { Sites } from '../../server/redis/sites.ts'
import { siteDay } from './archive-day.ts'
import { sortedFacts } from './sorted-facts.ts'

export interface ImportedFacts {
  /** Spools facts of any days to the disk; call `finish` once all are in. */
  readonly add: (facts: readonly Fact[]) => Promise<void>
  /** Makes a segment of each day and asks for those days to be folded again; gives the days. The same import again changes nothing. */
  readonly finish: () => Promise<readonly string[]>
  readonly abandon: () => Promise<void>
}

export interface ImportedFactsDependencies {
  readonly archiveDir: string
  readonly manifest: Manifest
  readonly sites: Pick<Sites, 'get'>
}

const FACTS_AN_ENTRY = 256

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
  const finishDay = async (day: string, path: string): Promise<void> => {
    const file = `${site}/${day}/import-${importId}.ndjson.gz`
    const writer = await writeEntries(archiveDir, file)
    let part: Fact[] = []
    let facts = 0
    const put = async () => {
      const at = part.at(-1)?.occurredAt ?? 0
      await writer.write(`${at}-${Math.floor((facts - 1) / FACTS_AN_ENTRY)}`, entryFields(at, { kind: 'facts', facts: part }))
      part = []
    }
    for await (const fact of sortedFacts(path)) {
      part.push(fact)
      facts += 1
      if (part.length === FACTS_AN_ENTRY) await put()
    }
    if (part.length > 0) await put()
    const written = await writer.finish()
    await manifest.addImport(site, { ...written, day, import: importId, facts })
  }
  return {
    add: async (facts) => {
      const byDay = new Map<string, string[]>()
      for (const fact of facts) {
        const day = dayOf(fact.occurredAt)
        const lines = byDay.get(day) ?? []
        // Begun on a line of its own, so that a torn one before it spoils nothing.
        lines.push(`\n${JSON.stringify(fact)}`)
        byDay.set(day, lines)
      }
      for (const [day, lines] of byDay) {
        const path = join(spool, `${day}.ndjson`)
        await mkdir(dirname(path), { recursive: true })
        await appendFile(path, lines.join(''))
      }
    },
    finish: async () => {
      const days = (await readdir(spool).catch(() => [])).filter((name) => name.endsWith('.ndjson')).map((name) => name.slice(0, -'.ndjson'.length)).sort()
      for (const day of days) await finishDay(day, join(spool, `${day}.ndjson`))
      await rm(spool, { recursive: true, force: true })
      return days
    },
    abandon: () => rm(spool, { recursive: true, force: true }),
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
