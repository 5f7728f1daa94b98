import { spawn } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { createReadStream, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { bodyPath } from '../server/ingest/import-files.ts'
import { createLog } from '../server/log.ts'
import { connect } from '../server/redis/connect.ts'
import { openImportRows, type ImportRow } from '../server/redis/import-rows.ts'
import { keysUnder } from '../server/redis/keys.ts'
import { openNotices } from '../server/redis/notices.ts'
import { openSites } from '../server/redis/sites.ts'
import { type Bench, median, resultOf } from './bench.ts'
import { madeEvents } from './support/made-events.ts'

/** Twelve days of a floor of 40 queues and 200 agents; a row of its own costs as much as some events. `IMPORT_EVENTS` and `IMPORT_DAYS` make it larger: two million events are 400 MB of lines. */
const EVENTS = Number(process.env['IMPORT_EVENTS'] ?? 120_000)
const DAYS = Number(process.env['IMPORT_DAYS'] ?? 12)
const PARTS = 4
/** What one import costs is said well enough by three. */
const MOST_ROUNDS = 3
const DAY = 86_400_000

interface Seen {
  readonly wallS: number
  readonly cpuS: number
  readonly peakMb: number
}

/** Written a few thousand lines at a time. */
const write = async (path: string, events: number, days: number): Promise<{ readonly bytes: number; readonly sha256: string }> => {
  const file = await open(path, 'w')
  const hash = createHash('sha256')
  let [bytes, text, lines] = [0, '', 0]
  const put = async () => {
    hash.update(text)
    bytes += Buffer.byteLength(text)
    await file.write(text)
    text = ''
  }
  const from = Math.floor(Date.now() / DAY) * DAY - (days + 5) * DAY
  for (const event of madeEvents({ queues: 40, agents: 200, from, spanMs: days * DAY, events })) {
    text += `${JSON.stringify(event)}\n`
    if ((lines += 1) % 5_000 === 0) await put()
  }
  await put()
  await file.close()
  return { bytes, sha256: hash.digest('hex') }
}

const ticksPerSecond = 100
const cpuOf = (pid: number): number => {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond
}
const peakOf = (pid: number): number => Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1_024

/** T21: an import through the workers as they run, to the end of the days' fold: what it costs more for four times the events, and what it holds. */
export const run: Bench = async ({ redisUrl, rounds }) => {
  const log = createLog('error', 'bench')
  const keys = keysUnder('fw')
  const redis = await connect({ url: redisUrl, name: 'bench', log })
  const notices = await openNotices({ url: redisUrl, redis, keys, log })
  const sites = await openSites({ redis, keys, notices })
  const rows = openImportRows({ redis, keys })
  const dataDir = mkdtempSync(join(tmpdir(), 'floorwatch-bench-import-'))

  const imported = async (events: number, days: number): Promise<Seen> => {
    const site = `s${randomBytes(5).toString('hex')}`
    await sites.put({ id: site, name: site, timeZone: 'UTC' })
    const id = randomBytes(12).toString('hex')
    mkdirSync(join(dataDir, 'imports', site), { recursive: true })
    const { bytes, sha256 } = await write(bodyPath(dataDir, site, id), events, days)
    const row: ImportRow = { id, format: 'events-ndjson', source: null, sha256, bytes, createdAt: Date.now(), state: 'queued', progress: 0, lines: 0, accepted: 0, ignored: 0, rejectedCount: 0, rejected: [], error: null }
    await rows.create(site, row)
    const child = spawn(process.execPath, [join(import.meta.dirname, '../workers/main.js')], { env: { ...process.env, REDIS_URL: redisUrl, DATA_DIR: dataDir, DEMO: 'off', LOG_LEVEL: 'error' }, stdio: ['ignore', 'ignore', 'inherit'] })
    const pid = child.pid ?? 0
    const began = performance.now()
    let state: ImportRow | null = row
    let seen: Seen = { wallS: 0, cpuS: 0, peakMb: 0 }
    while (state?.state !== 'done') {
      if (state?.state === 'failed' || child.exitCode !== null) throw new Error(`the import failed: ${state?.error ?? 'its worker ended'}`)
      await sleep(100)
      seen = { wallS: (performance.now() - began) / 1_000, cpuS: cpuOf(pid), peakMb: peakOf(pid) }
      state = await rows.get(site, id)
    }
    const gone = new Promise((resolve) => child.once('exit', resolve))
    child.kill('SIGTERM')
    await gone
    if (state.accepted !== events || state.rejectedCount !== 0) throw new Error(`${state.accepted} of ${events} events were accepted`)
    return seen
  }
  /** Reading and parsing the same lines and nothing else. */
  const parsed = async (events: number, days: number): Promise<number> => {
    const path = join(dataDir, 'plain.ndjson')
    await write(path, events, days)
    const began = process.cpuUsage()
    let read = 0
    for await (const line of createInterface({ input: createReadStream(path) })) if ((JSON.parse(line) as { id: string }).id !== '') read += 1
    const { user, system } = process.cpuUsage(began)
    if (read !== events) throw new Error('lines were lost')
    return (user + system) / 1e6
  }

  const [small, large, base]: [Seen[], Seen[], number[]] = [[], [], []]
  for (let round = 0; round < Math.min(rounds, MOST_ROUNDS); round += 1) {
    small.push(await imported(EVENTS / PARTS, DAYS / PARTS))
    large.push(await imported(EVENTS, DAYS))
    base.push(await parsed(EVENTS, DAYS))
  }
  await notices.close()
  redis.destroy()
  rmSync(dataDir, { recursive: true, force: true })
  const perMillion = (seconds: readonly number[], events: number) => (median(seconds) / events) * 1e6
  const figures = { events: EVENTS, days: DAYS, 'events a second': Math.round(EVENTS / median(large.map(({ wallS }) => wallS))), 's per million': perMillion(large.map(({ wallS }) => wallS), EVENTS).toFixed(1), 'CPU s per million': perMillion(large.map(({ cpuS }) => cpuS), EVENTS).toFixed(1), 'peak MB': Math.round(median(large.map(({ peakMb }) => peakMb))) }
  return [
    resultOf({ id: 'T21', title: 'memory and time per million events imported and folded: CPU', target: 'a figure', baseline: 'reading and JSON.parse of the same lines', rounds: large.map(({ cpuS }, i) => cpuS / (base[i] ?? 1)), figures }),
    resultOf({ id: 'T21', title: 'cost an event of an import four times as long', target: '<= 1.1x', baseline: 'a quarter of it, in days and events', rounds: large.map(({ cpuS }, i) => cpuS / PARTS / (small[i]?.cpuS ?? 1)), figures, atMost: 1.1 }),
    resultOf({ id: 'T21', title: 'peak memory of an import four times as long', target: '<= 1.5x', baseline: 'a quarter of it', rounds: large.map(({ peakMb }, i) => peakMb / (small[i]?.peakMb ?? 1)), figures: { ...figures, 'peak MB of a quarter': Math.round(median(small.map(({ peakMb }) => peakMb))) }, atMost: 1.5 }),
  ]
}
