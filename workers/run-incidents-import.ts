import { stat } from 'node:fs/promises'
import { randomBytes } from 'node:crypto'
import { addRejected, bodyPath, linesFrom, readState, removeFiles, writeState } from '../server/ingest/import-files.ts'
import { UnreadableItem } from '../server/ingest/check-event.ts'
import { incidentsReader, type IncidentsMap, type IncidentsReader } from '../server/ingest/incidents-csv.ts'
import { ImportRefused } from '../server/ingest/import-reader.ts'
import type { ImportRow, ImportRows } from '../server/redis/import-rows.ts'
import type { Sites } from '../server/redis/sites.ts'
import type { Logger } from '../server/log.ts'
import type { Instant } from '../server/domain/time.ts'
import { BUCKETS, openIncidentSpool, type NumberedRow } from './incident-spool.ts'
import { openIncidentImport, type IncidentImportDeps, type Verdict } from './import-incident.ts'

/** Incidents of another system, brought in as history: rows to the disk by incident, then one incident after the other. */

export interface RunIncidentsImportDeps extends IncidentImportDeps {
  readonly rows: ImportRows
  readonly incidentsMapOf: (site: string) => Promise<IncidentsMap | null>
  readonly sites: Pick<Sites, 'get'>
  readonly dataDir: string
  readonly log: Logger
  readonly now: () => Instant
  /** False: stop at the next place that can be gone on from. */
  readonly running: () => boolean
}

type Counts = Pick<ImportRow, 'lines' | 'accepted' | 'ignored' | 'rejectedCount' | 'rejected'>
type Rejected = ImportRow['rejected'][number]

interface Place extends Counts {
  readonly offset: number
  /** The next bucket whose incidents are to be brought in; 0 while lines are still read. */
  readonly bucket: number
  readonly reader: unknown
  readonly map: IncidentsMap | null
  /** Names of the file -> the person that stands for them. */
  readonly people: readonly (readonly [name: string, id: string])[]
  readonly reported: number
}

const SAVE_EVERY_MS = 2_000
const REJECTED_KEPT = 100
/** Reading the lines is this share of the work. */
const READING = 0.3

export const runIncidentsImport = async (deps: RunIncidentsImportDeps, site: string, id: string): Promise<void> => {
  const { rows, dataDir, log } = deps
  const row = await rows.get(site, id)
  if (row === null || row.state === 'done' || row.state === 'failed') return
  const path = bodyPath(dataDir, site, id)
  const spool = openIncidentSpool(`${path}.spool`)
  const fail = (error: string) => rows.put(site, { ...row, state: 'failed', error })
  if ((await stat(path).catch(() => null)) === null) return fail('the body of the import is not in DATA_DIR of this worker; web servers and workers must share it')
  const place = (await readState(dataDir, site, id)) as Place | null
  const map = place ? place.map : await deps.incidentsMapOf(site)
  const refused = async (error: unknown) => {
    if (!(error instanceof ImportRefused)) throw error
    await spool.remove()
    await removeFiles(dataDir, site, id)
    return fail(error.message)
  }
  let reader: IncidentsReader
  try {
    reader = incidentsReader(map ?? { columns: {} }, deps.sites.get(site)?.timeZone ?? 'UTC', (place?.reader ?? undefined) as never)
  } catch (error) {
    return refused(error)
  }

  let counts: Counts = { lines: place?.lines ?? 0, accepted: place?.accepted ?? 0, ignored: place?.ignored ?? 0, rejectedCount: place?.rejectedCount ?? 0, rejected: place?.rejected ?? [] }
  let reported = place?.reported ?? 0
  const waiting: Rejected[] = []
  const people = new Map(place?.people)
  const reject = (rejected: Rejected) => {
    waiting.push(rejected)
    counts = { ...counts, rejectedCount: counts.rejectedCount + 1, rejected: [...counts.rejected, rejected].slice(0, REJECTED_KEPT) }
  }
  let savedAt = 0
  const save = async (offset: number, bucket: number) => {
    savedAt = performance.now()
    reported = await addRejected(dataDir, site, id, reported, waiting.splice(0))
    await writeState(dataDir, site, id, { ...counts, offset, bucket, reported, reader: reader.save(), map, people: [...people] } satisfies Place)
    await rows.put(site, { ...row, ...counts, state: 'running', progress: Math.min(0.99, (READING * offset) / row.bytes + ((1 - READING) * bucket) / BUCKETS) })
  }

  const read = (lines: readonly string[]): readonly NumberedRow[] =>
    lines.flatMap((text) => {
      const line = counts.lines + 1
      counts = { ...counts, lines: line }
      const found = text.trim() === '' ? null : reader.read(text)
      if (found instanceof UnreadableItem) reject({ line, id: null, code: 'bad_field', detail: found.detail })
      if (found === null) counts = { ...counts, ignored: counts.ignored + 1 }
      return found === null || found instanceof UnreadableItem ? [] : [{ line, row: found }]
    })

  let offset = place?.offset ?? 0
  await save(offset, place?.bucket ?? 0)
  if ((place?.bucket ?? 0) === 0) {
    try {
      for await (const piece of linesFrom(path, offset)) {
        await spool.add(read(piece.lines))
        offset = piece.offset
        if (!deps.running()) return save(offset, 0)
        if (performance.now() - savedAt > SAVE_EVERY_MS) await save(offset, 0)
      }
    } catch (error) {
      return refused(error)
    }
  }
  const incidents = await openIncidentImport(deps, site, { dryRun: row.dryRun === true, until: deps.now(), personOf: (name) => {
    const known = people.get(name) ?? `import:${randomBytes(9).toString('base64url')}`
    people.set(name, known)
    return known
  } })
  const took = ({ kind, detail }: Verdict, { line, row: { id: number } }: NumberedRow) => {
    if (kind === 'accepted') counts = { ...counts, accepted: counts.accepted + 1 }
    else if (kind === 'known') counts = { ...counts, ignored: counts.ignored + 1 }
    else reject({ line, id: number, code: kind, detail })
  }
  for (let bucket = place?.bucket ?? 0; bucket < BUCKETS; bucket += 1) {
    const before = counts
    const found = [...(await spool.bucket(bucket)).values()]
    const verdicts = await incidents.bring(found)
    if (verdicts === null) {
      counts = before
      return save(row.bytes, bucket)
    }
    verdicts.forEach((verdict, index) => {
      const last = found[index]?.at(-1)
      if (last !== undefined) took(verdict, last)
    })
    if (performance.now() - savedAt > SAVE_EVERY_MS) await save(row.bytes, bucket + 1)
  }
  await save(row.bytes, BUCKETS)
  await rows.put(site, { ...row, ...counts, state: 'done', progress: 1, error: null })
  await spool.remove()
  await removeFiles(dataDir, site, id)
  log.info({ site, import: id, lines: counts.lines, incidents: counts.accepted, rejected: counts.rejectedCount }, 'import of incidents done')
}
