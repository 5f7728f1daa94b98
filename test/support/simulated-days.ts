import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Fact } from '../../server/domain/platform-events.ts'
import { DAY, HOUR, instantOf, MINUTE } from '../../server/domain/time.ts'
import { connect } from '../../server/redis/connect.ts'
import { keysUnder } from '../../server/redis/keys.ts'
import { entryFields } from '../../server/redis/log-codec.ts'
import { openManifest } from '../../server/redis/manifest.ts'
import { recordingLog } from './quiet-log.ts'
import { contactStory } from './random-story.ts'
import { redisServer, until } from './redis-server.ts'
import { seeded } from './seeded.ts'

/** What Redis, the keeper and a reader hold at the end of a simulated day, in MB. */
export interface DayFigures {
  readonly day: number
  readonly facts: number
  readonly logEntries: number
  /** Without rows, which grow for 35 days. */
  readonly redisMb: number
  readonly rowsMb: number
  readonly keeperHeapMb: number
  readonly keeperRssMb: number
  readonly readerHeapMb: number
  readonly readerRssMb: number
}

interface Measured {
  readonly memory: { readonly rss: number; readonly heapUsed: number }
  readonly at?: number
}

const prefix = 'soak'
/** Ahead of the clock of Redis, so that no real tick falls into the simulated days. */
const start = Date.parse('2036-11-17T00:00:00.000Z')
const mb = (bytes: number): number => Math.round((bytes / 1024 / 1024) * 10) / 10

const measured = (file: string, args: readonly string[]) => {
  const child: ChildProcess = spawn(process.execPath, ['--expose-gc', '--import', 'tsx', join(import.meta.dirname, file), ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
  let text = ''
  child.stdout?.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
  return {
    child,
    said: () => text,
    ask: async (): Promise<Measured> => {
      const before = text.length
      child.kill('SIGUSR2')
      const answer = () => text.slice(before).split('\n').find((line) => line.includes('"memory"') && line.endsWith('}'))
      await until(() => answer() !== undefined, `${file} tells what it holds`, 60_000)
      return JSON.parse(answer() ?? '') as Measured
    },
  }
}

/** Days of traffic through log, keeper and a reader, by a clock moved by hand: each day is archived and trimmed before the next. */
export const simulateDays = async ({ days, contactsAMinute, seed, onDay = () => undefined }: { readonly days: number; readonly contactsAMinute: number; readonly seed: number; readonly onDay?: (figures: DayFigures) => void }): Promise<readonly DayFigures[]> => {
  const random = seeded(seed)
  const server = redisServer()
  await server.start()
  const archiveDir = mkdtempSync(join(tmpdir(), 'fw-archive-'))
  const redis = await connect({ url: server.url, name: 'soak', log: recordingLog() })
  const keys = keysUnder(prefix)
  const keeper = measured('keeper-process.ts', [server.url, archiveDir, String(50 * HOUR), prefix])
  const reader = measured('reader-process.ts', [server.url, prefix])
  const manifest = openManifest({ redis, keys })
  const figures: DayFigures[] = []
  try {
    await until(() => reader.said().includes('reading') && keeper.said().includes('"keeper"'), 'both run', 90_000)
    const waiting: { readonly at: number; readonly fact: Fact }[] = []
    let [now, n, facts] = [start, 0, 0]
    for (let day = 1; day <= days; day += 1) {
      for (; now < start + day * DAY + HOUR; ) {
        const sends: Promise<unknown>[] = []
        for (let minute = 0; minute < 60; minute += 1) {
          now += MINUTE
          const arriving = Math.floor(contactsAMinute) + (random.chance(contactsAMinute % 1) ? 1 : 0)
          for (let i = 0; i < arriving; i += 1) for (const fact of contactStory(random, (n += 1), instantOf(now))) waiting.push({ at: fact.occurredAt, fact })
          const due = waiting.filter(({ at }) => at <= now).map(({ fact }) => fact)
          if (due.length === 0) continue
          waiting.splice(0, waiting.length, ...waiting.filter(({ at }) => at > now))
          facts += due.length
          sends.push(redis.xAdd(keys.site('a').log, `${now}-0`, { ...entryFields(now, { kind: 'facts', facts: due }) }))
        }
        await Promise.all(sends)
      }
      await until(async () => (await manifest.days('a')).length === day, `day ${day} is archived`, 120_000)
      const oldest = start + Math.max(0, Math.floor((now - 50 * HOUR - start) / DAY)) * DAY
      await until(async () => Number((await redis.xRange(keys.site('a').log, '-', '+', { COUNT: 1 }))?.[0]?.id.split('-')[0] ?? 0) >= oldest, `the log is trimmed after day ${day}`, 120_000)
      let read = await reader.ask()
      await until(async () => ((read = await reader.ask()).at ?? 0) >= now - 10 * MINUTE, 'the reader has come to the end', 120_000)
      const kept = await keeper.ask()
      const used = Number(/^used_memory:(\d+)/m.exec(String(await redis.info('memory')))?.[1] ?? 0)
      const rows = await Promise.all((await redis.keys(`${prefix}:{a}:rows:*`)).map((key) => redis.sendCommand(['MEMORY', 'USAGE', key, 'SAMPLES', '0'])))
      const ofRows = rows.reduce((sum: number, bytes) => sum + Number(bytes), 0)
      const one = { day, facts, logEntries: Number(await redis.xLen(keys.site('a').log)), redisMb: mb(used - ofRows), rowsMb: mb(ofRows), keeperHeapMb: mb(kept.memory.heapUsed), keeperRssMb: mb(kept.memory.rss), readerHeapMb: mb(read.memory.heapUsed), readerRssMb: mb(read.memory.rss) }
      figures.push(one)
      onDay(one)
    }
    return figures
  } finally {
    keeper.child.kill('SIGKILL')
    reader.child.kill('SIGKILL')
    redis.destroy()
    await server.remove()
    rmSync(archiveDir, { recursive: true, force: true })
  }
}
