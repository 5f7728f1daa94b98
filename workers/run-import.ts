import { stat } from 'node:fs/promises'
import type { Instant } from '../server/domain/time.ts'
import { checkEvent, UnreadableItem } from '../server/ingest/check-event.ts'
import type { CallsMap } from '../server/ingest/calls-csv.ts'
import { addEnds, addRejected, bodyPath, endsTo, linesFrom, readState, removeFiles, writeState } from '../server/ingest/import-files.ts'
import { eventFormats, openImportReader } from '../server/ingest/import-formats.ts'
import { ImportRefused, type ImportReader } from '../server/ingest/import-reader.ts'
import type { Pipeline, Prepared } from '../server/ingest/pipeline.ts'
import { acwRuleOf, type SourcesOf } from '../server/ingest/sources/source-choice.ts'
import type { Logger } from '../server/log.ts'
import type { ImportRows } from '../server/redis/import-rows.ts'
import type { Manifest } from '../server/redis/manifest.ts'
import { agesOf, liveFromAt, toldOnce } from './import-ages.ts'
import { byLine, type Counts, importCounts, type Numbered } from './import-counts.ts'
import { importedEnds } from './import-history.ts'
import { openImportedFacts, untilFolded, type ImportedFactsDependencies } from './keeper/imported-facts.ts'

/** One import from its saved place to its end: young facts through the door, older ones beside the archive, those around that age both ways, then the days folded again. */

export interface RunImportDeps extends Omit<ImportedFactsDependencies, 'manifest'> {
  readonly manifest: Manifest
  readonly rows: ImportRows
  readonly pipeline: Pipeline
  readonly sourcesOf: SourcesOf
  /** `imports.calls-csv` of a site's settings. */
  readonly callsMapOf: (site: string) => Promise<CallsMap | null>
  readonly dataDir: string
  readonly log: Logger
  readonly now: () => Instant
  /** False: stop at the next place that can be gone on from. */
  readonly running: () => boolean
  /** How long the days of the import may take to be folded before it is called done all the same. Default 15 minutes. */
  readonly foldedWithinMs?: number
}

/** Where an import stands; kept on the disk beside its body. */
interface Place extends Counts {
  readonly offset: number
  readonly reader: unknown
  /** How long the journal of its customers was. */
  readonly ends: number
  /** The age at which a fact belongs to the archive is fixed once, so that going on decides as before. */
  readonly liveFrom: number
  /** As it was at the start: settings that change meanwhile do not change half a file. */
  readonly callsMap: CallsMap | null
  /** How long the report of rejected lines was. */
  readonly reported?: number
}

/** Asked of Redis in one go: each go waits for its disk. */
const BATCH = 2_000
const SAVE_EVERY_MS = 2_000
const FOLDED_WITHIN_MS = 900_000
const FOLD_LOOK_MS = 1_000

const occurredAt = (item: unknown): number =>
  typeof item === 'object' && item !== null && !(item instanceof UnreadableItem) && 'occurredAt' in item && typeof item.occurredAt === 'string' ? Date.parse(item.occurredAt) : Number.NaN

export const runImport = async (deps: RunImportDeps, site: string, id: string): Promise<void> => {
  const { rows, pipeline, manifest, dataDir, log, now, foldedWithinMs = FOLDED_WITHIN_MS } = deps
  const row = await rows.get(site, id)
  if (row === null || row.state === 'done' || row.state === 'failed') return
  const format = eventFormats.find((name) => name === row.format)
  const path = bodyPath(dataDir, site, id)
  const fail = (error: string) => rows.put(site, { ...row, state: 'failed', error })
  if (format === undefined) return fail(`format "${row.format}" cannot be imported by this version`)
  if ((await stat(path).catch(() => null)) === null) return fail('the body of the import is not in DATA_DIR of this worker; web servers and workers must share it')

  const section = row.source === null ? null : ((await deps.sourcesOf(site))[row.source] ?? null)
  const place = (await readState(dataDir, site, id)) as Place | null
  const liveFrom = place?.liveFrom ?? liveFromAt(now())
  const { floorFrom, historyTo } = agesOf(liveFrom)
  const callsMap = place ? place.callsMap : await deps.callsMapOf(site)
  const timeZone = deps.sites.get(site)?.timeZone ?? 'UTC'
  let reader: ImportReader
  try {
    reader = openImportReader(format, { source: row.source ?? format, acw: acwRuleOf(section), timeZone, callsMap }, place?.reader)
  } catch (error) {
    if (error instanceof ImportRefused) return fail(error.message)
    throw error
  }
  const ends = importedEnds()
  for await (const line of endsTo(dataDir, site, id, place?.ends ?? 0)) ends.learn(line)
  const importId = `${row.format}-${row.sha256.slice(0, 32)}`
  const knownBefore = (await manifest.imports(site)).some((segment) => segment.import === importId)
  const archive = openImportedFacts(deps, site, importId)

  const counts = importCounts(place)

  /** Of a dry run: what the door would say of each, and nothing else. */
  const checkedOnly = (batch: readonly Numbered[]) => {
    const rejected = batch.flatMap(({ item }, index) => {
      const checked = checkEvent(item, now(), 'import')
      return checked.ok ? [] : [{ index, id: checked.id, code: checked.code, detail: checked.detail }]
    })
    counts.add({ accepted: batch.length - rejected.length, rejected: byLine(rejected, batch) })
  }
  type Told = ReturnType<typeof toldOnce>
  const throughTheDoor = async (batch: readonly Numbered[], told: Told) => {
    if (batch.length === 0) return
    const answer = await pipeline.acceptEvents(site, batch.map(({ item }) => item), { credentialId: `import:${id}`, mode: 'import', told: told.again })
    counts.add({ accepted: answer.accepted, ignored: answer.duplicates, rejected: byLine(answer.rejected, batch) })
  }
  const toTheArchive = async (batch: readonly Numbered[], preparing: Promise<Prepared>, told: Told) => {
    if (batch.length === 0) return
    const { facts, rejected } = await preparing
    await archive.add(facts.map(told.first))
    // What goes through the door as well is counted there.
    const here = facts.filter(({ occurredAt: at }) => at < floorFrom).length
    counts.add({ ...(knownBefore ? { ignored: here } : { accepted: here }), rejected: byLine(rejected.filter(({ index }) => occurredAt(batch[index]?.item) < floorFrom), batch) })
  }
  const itemsOf = (lines: readonly string[]): readonly Numbered[] =>
    lines.flatMap((text) => {
      const line = counts.nextLine()
      const found = text.trim() === '' ? [] : reader.read(text)
      if (found.length === 0) counts.add({ ignored: 1 })
      return found.map((item) => ({ line, item }))
    })

  /** One batch is parsed while Redis answers for the one before; they are taken in their order. */
  let before: Promise<void> = Promise.resolve()
  const take = async (lines: readonly string[]) => {
    for (let from = 0; from < lines.length; from += BATCH) {
      const items = itemsOf(lines.slice(from, from + BATCH))
      if (row.dryRun === true) {
        checkedOnly(items)
        continue
      }
      // Items without a readable time are refused by the door, which names what is wrong with them.
      const [old, young]: [Numbered[], Numbered[]] = [[], []]
      for (const one of items) {
        const at = occurredAt(one.item)
        if (at < historyTo) old.push(one)
        if (!(at < floorFrom)) young.push(one)
      }
      const preparing = pipeline.prepare(site, old.map(({ item }) => item), 'import')
      preparing.catch(() => undefined)
      await before
      const told = toldOnce(ends.told)
      before = toTheArchive(old, preparing, told).then(() => throughTheDoor(young, told))
      before.catch(() => undefined)
    }
  }

  let savedAt = 0
  let [reported, remembered] = [place?.reported ?? 0, place?.ends ?? 0]
  const save = async (offset: number) => {
    await before
    await archive.flush()
    reported = await addRejected(dataDir, site, id, reported, counts.takeRejected())
    remembered = await addEnds(dataDir, site, id, remembered, ends.takeLines())
    await writeState(dataDir, site, id, { ...counts.now(), offset, reported, reader: reader.save(), ends: remembered, liveFrom, callsMap } satisfies Place)
    await rows.put(site, { ...row, ...counts.now(), state: 'running', progress: Math.min(0.99, offset / row.bytes) })
    savedAt = performance.now()
  }

  await save(place?.offset ?? 0)
  for await (const { lines, offset } of linesFrom(path, place?.offset ?? 0)) {
    try {
      await take(lines)
    } catch (error) {
      if (!(error instanceof ImportRefused)) throw error
      await before
      await archive.abandon()
      await removeFiles(dataDir, site, id)
      return fail(error.message)
    }
    if (!deps.running()) {
      await save(offset)
      return
    }
    if (performance.now() - savedAt > SAVE_EVERY_MS) await save(offset)
  }
  await save(row.bytes)
  if (row.dryRun === true) {
    await rows.put(site, { ...row, ...counts.now(), state: 'done', progress: 1, error: null })
    await removeFiles(dataDir, site, id)
    return
  }
  await archive.finish(deps.running)
  if (!deps.running()) return
  // Asked of the manifest: a kill after the spool was taken away leaves no other trace of the days.
  const days = (await manifest.imports(site)).filter((segment) => segment.import === importId).map(({ day }) => day)
  for (let waited = 0; !(await untilFolded(manifest, site, days, Math.min(FOLD_LOOK_MS, foldedWithinMs))); waited += FOLD_LOOK_MS) {
    if (!deps.running()) return
    if (waited < foldedWithinMs) continue
    log.warn({ site, import: id, days: days.length }, 'days of an import are not folded yet; the keeper goes on with them')
    break
  }
  await rows.put(site, { ...row, ...counts.now(), state: 'done', progress: 1, error: null })
  await removeFiles(dataDir, site, id)
  const { lines, accepted, rejectedCount: rejected } = counts.now()
  log.info({ site, import: id, format, lines, accepted, rejected }, 'import done')
}
