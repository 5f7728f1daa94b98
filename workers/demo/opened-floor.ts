import { setImmediate as breathe } from 'node:timers/promises'
import { floorSettingsOf, parseSettings } from '../../server/contract/settings.ts'
import type { Floor } from '../../server/domain/floor.ts'
import type { Fact } from '../../server/domain/platform-events.ts'
import type { FloorSettings } from '../../server/domain/settings.ts'
import { HOT_MS } from '../../server/domain/hot-hours.ts'
import { type Instant, instantOf, isoOf } from '../../server/domain/time.ts'
import { openPipeline, type PipelineDeps } from '../../server/ingest/pipeline.ts'
import type { Logger } from '../../server/log.ts'
import type { Ends } from '../../server/redis/ends.ts'
import type { Site } from '../../server/redis/sites.ts'
import type { Fold } from '../../server/replica/load-floor.ts'
import { demoDocument, HEARTBEAT_MS } from './document.ts'
import { createReturning } from './returning.ts'
import { createSender } from './sender.ts'
import { createSimulation, DEMO_SOURCE, type Simulation } from './simulation.ts'
import { begunSince } from './past.ts'

/** Plays a morning with about 76 % satisfied of 214 answers, 87 % resolved by disposition; every queue is on target from 10:08 to 11:08. */
const SEED = 43
/** Days before the live one that are played with it, so that customers come back. */
export const RECENT_DAYS = 7
const HOUR = 3_600_000
/** Facts that share an instant of the floor's clock. */
const TOGETHER_MS = 1_000
/** Before every entry of the log. */
const BEFORE_THE_LOG = '0-0'

export const liveSimulation = (midnight: number): Simulation => createSimulation({ seed: SEED, midnight, days: RECENT_DAYS, heartbeatMs: HEARTBEAT_MS, idPrefix: 'demo' })

const settingsAt = (site: Site, at: Instant): FloorSettings => {
  const parsed = parseSettings(demoDocument(), { outboundAllow: [], today: isoOf(at).slice(0, 10) })
  if (!parsed.ok) throw new Error(`the demo's settings are faulty: ${parsed.faults.map(({ path, detail }) => `${path} ${detail}`).join('; ')}`)
  return floorSettingsOf(parsed.settings, site, 1, at)
}

/** Facts in runs of about a second, so that the floor's clock goes as it would have gone. */
const runsOf = (facts: readonly Fact[]): readonly (readonly Fact[])[] => {
  const runs: Fact[][] = []
  for (const fact of facts) {
    const run = runs.at(-1)
    if (run?.[0] && fact.occurredAt - run[0].occurredAt < TOGETHER_MS) run.push(fact)
    else runs.push([fact])
  }
  return runs
}

export interface OpenedFloorDeps extends Pick<PipelineDeps, 'sealed' | 'queueNames' | 'now'> {
  readonly site: Site
  readonly midnight: number
  readonly fold: Fold
  readonly ends: Ends
  readonly log: Logger
}

/**
 * The floor at its opening: the two days before and the morning, folded under their own clock from the same checked and sealed events as
 * everybody's. It becomes the base of the site's log, so that the first picture has its times in state, its occupancy and its closed intervals.
 */
export const openedFloor = async ({ site, midnight, fold, sealed, queueNames, now, ends, log }: OpenedFloorDeps): Promise<{ readonly floor: Floor; readonly told: number }> => {
  const begins = instantOf(midnight - HOT_MS)
  const settings = settingsAt(site, begins)
  const floor = fold.createFloor(site.id, settings)
  const moveTo = (at: number) => floor.apply({ kind: 'tick', id: BEFORE_THE_LOG, at: instantOf(at) })
  floor.apply({ kind: 'settings', settings, id: BEFORE_THE_LOG, at: begins })
  const source = { source: DEMO_SOURCE, platform: 'events', connected: true, beatMs: null, lastAliveAt: begins, detail: null }
  floor.apply({ kind: 'source', status: source, id: BEFORE_THE_LOG, at: begins })

  const pipeline = openPipeline({
    sealed,
    queueNames,
    now,
    ends,
    log: {
      accept: async (_site, items) => {
        for (const facts of runsOf(items.map(({ fact }) => fact))) {
          const at = instantOf(facts.at(-1)?.occurredAt ?? 0)
          for (let due = floor.nextTickAt(); due !== null && due < at; due = floor.nextTickAt()) moveTo(due)
          floor.apply({ kind: 'facts', facts, id: BEFORE_THE_LOG, at })
        }
        return { outcomes: items.map(() => 'accepted' as const), revision: '', entry: BEFORE_THE_LOG }
      },
    },
  })
  const returning = createReturning()
  const sender = createSender({ site: site.id, pipeline, mode: 'import', sealed, ends, returning, playing: () => true, log })
  const simulation = liveSimulation(midnight)
  const isOurs = begunSince(begins)
  const told = now()
  for (let at = simulation.at(); at < told; ) {
    at = Math.min(at + HOUR, told)
    const events = simulation.advance(at)
    if (at <= begins) returning.follow(events)
    else await sender.send(events.filter(isOurs))
    await breathe()
  }
  return { floor, told }
}
