import { createClient } from 'redis'
import type { Floor } from '../server/domain/floor.ts'
import type { LogEntry } from '../server/domain/log-entry.ts'
import type { Fact } from '../server/domain/platform-events.ts'
import { createFloor, floorFromBase } from '../server/domain/project-floor.ts'
import { defaultFloorSettings } from '../server/domain/settings.ts'
import { instantOf } from '../server/domain/time.ts'
import { createLog } from '../server/log.ts'
import { connect } from '../server/redis/connect.ts'
import { openEpochs } from '../server/redis/epoch.ts'
import { openFloorLog } from '../server/redis/floor-log.ts'
import { keysUnder } from '../server/redis/keys.ts'
import { entryFields } from '../server/redis/log-codec.ts'
import { openSnapshots } from '../server/redis/snapshots.ts'
import { loadFloor } from '../server/replica/load-floor.ts'
import { type Bench, median, resultOf } from './bench.ts'
import { planned } from './t12-fold.ts'

const EVENTS = 60_000
const FACTS_AN_ENTRY = 100
const SITE = 'bench'
/** What came after the snapshot: fifteen minutes of an ordinary day. */
const TAIL = 600

const cpuMs = (since: NodeJS.CpuUsage): number => {
  const { user, system } = process.cpuUsage(since)
  return (user + system) / 1_000
}

/** A cold start: read, check, decode and fold the log, against one JSON event an entry with the same fold; then from a snapshot and its tail. */
export const run: Bench = async ({ redisUrl, rounds }) => {
  const log = createLog('error', 'bench')
  const keys = keysUnder(`bench-t13-${process.pid}`)
  const redis = await connect({ url: redisUrl, name: 'bench', log })
  const plain = createClient({ url: redisUrl, RESP: 2, commandOptions: { timeout: undefined } })
  await plain.connect()
  const facts = planned().slice(0, EVENTS).map(([, fact]) => fact as unknown as Fact)
  const settings = defaultFloorSettings({ id: SITE, name: SITE, timeZone: 'UTC' }, instantOf(0))
  const siteKeys = keys.site(SITE)
  const single = `${siteKeys.log}-single`

  const packed: string[] = []
  for (let i = 0; i < facts.length; i += FACTS_AN_ENTRY) {
    const part = facts.slice(i, i + FACTS_AN_ENTRY)
    const at = part.at(-1)?.occurredAt ?? 0
    packed.push(await redis.xAdd(siteKeys.log, '*', { ...entryFields(at, { kind: 'facts', facts: part }) }))
    await Promise.all(part.map((fact) => plain.xAdd(single, '*', { a: String(fact.occurredAt), e: JSON.stringify(fact) })))
  }
  const dependencies = { log: openFloorLog({ redis, keys }), epochs: openEpochs({ redis, keys }), snapshots: openSnapshots({ redis, keys }), fold: { createFloor, floorFromBase }, sites: { get: () => null } }

  const baseline = async (): Promise<Floor> => {
    const floor = createFloor(SITE, settings)
    for (let after = '-'; ; ) {
      const page = (await plain.xRange(single, after, '+', { COUNT: 1_000 })) ?? []
      for (const { id, message } of page) floor.apply({ kind: 'facts', id, at: instantOf(Number(message.a)), facts: [JSON.parse(message.e ?? '') as Fact] } satisfies LogEntry)
      if (page.length < 1_000) return floor
      after = `(${page.at(-1)?.id ?? ''}`
    }
  }
  const product = async (): Promise<Floor> => (await loadFloor(dependencies, SITE, (fault) => { throw new Error(`${fault.entry}: ${fault.reason}`) })).floor
  const timed = async (load: () => Promise<Floor>): Promise<number> => {
    // CPU and not wall time: the machine is shared, and both wait for the same Redis.
    const began = process.cpuUsage()
    const floor = await load()
    const took = cpuMs(began)
    if (floor.totals().today.offered === 0) throw new Error('the floor was not rebuilt')
    return took
  }
  const foldOnly = (): number => {
    const floor = createFloor(SITE, settings)
    const began = process.cpuUsage()
    for (let i = 0; i < facts.length; i += FACTS_AN_ENTRY) floor.apply({ kind: 'facts', id: `${i + 1}-0`, at: facts[Math.min(i + FACTS_AN_ENTRY, facts.length) - 1]?.occurredAt ?? instantOf(0), facts: facts.slice(i, i + FACTS_AN_ENTRY) })
    return cpuMs(began)
  }

  const [whole, base, folds]: [number[], number[], number[]] = [[], [], []]
  for (let round = -1; round < rounds; round += 1) {
    const [b, p, f] = [await timed(baseline), await timed(product), foldOnly()]
    if (round < 0) continue
    base.push(b)
    whole.push(p)
    folds.push(f)
  }
  // The snapshot stands six tail entries before the end.
  const at = packed.length - TAIL / FACTS_AN_ENTRY - 1
  const position = packed[at] ?? ''
  const hash = (await dependencies.log.find(SITE, position))?.hash ?? ''
  const before = createFloor(SITE, settings)
  for (const { entry } of (await dependencies.log.read(SITE, '0-0', at + 1))) if (entry) before.apply(entry)
  await redis.set(siteKeys.fence, '1')
  await dependencies.snapshots.saveSnapshot(SITE, 1, before, { entry: position, hash })
  const snapshot: number[] = []
  for (let round = -1; round < rounds; round += 1) {
    const took = await timed(product)
    if (round >= 0) snapshot.push(took)
  }
  for await (const found of redis.scanIterator({ MATCH: `bench-t13-${process.pid}:*`, COUNT: 1_000 })) if (found.length > 0) await redis.del(found)
  redis.destroy()
  plain.destroy()

  const perMillion = (ms: readonly number[]) => `${((median(ms) / EVENTS) * 1_000).toFixed(2)}`
  const shared = { 'CPU s per million, baseline': perMillion(base), 'CPU s per million, of which the fold': perMillion(folds), events: EVENTS }
  return [
    resultOf({ id: 'T13', title: 'recovery from the log', target: '<= 0.10x', baseline: 'one JSON event an entry, same fold', rounds: whole.map((ms, i) => ms / (base[i] ?? ms)), figures: { 'CPU s per million': perMillion(whole), ...shared }, atMost: 0.1 }),
    resultOf({ id: 'T13', title: `recovery from a snapshot and ${TAIL} events`, target: '<= 0.01x', baseline: 'one JSON event an entry, same fold', rounds: snapshot.map((ms, i) => ms / (base[i] ?? ms)), figures: { 'CPU ms': Math.round(median(snapshot)), ...shared }, atMost: 0.01 }),
  ]
}
