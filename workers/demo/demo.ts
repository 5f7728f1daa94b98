import { DEMO_TOPIC, demoSite, isDemoScenario } from '../../server/contract/demo.ts'
import { DAY, HOUR, instantOf, type Instant } from '../../server/domain/time.ts'
import type { Commands } from '../../server/incidents/handle-command.ts'
import type { Pipeline, PipelineDeps } from '../../server/ingest/pipeline.ts'
import type { Logger } from '../../server/log.ts'
import type { Redis } from '../../server/redis/connect.ts'
import type { Ends } from '../../server/redis/ends.ts'
import type { FollowUps } from '../../server/redis/follow-ups.ts'
import type { FloorLog } from '../../server/redis/floor-log.ts'
import type { Keys } from '../../server/redis/keys.ts'
import type { Manifest } from '../../server/redis/manifest.ts'
import type { Notices } from '../../server/redis/notices.ts'
import { openPlans } from '../../server/redis/plans.ts'
import type { Sealed } from '../../server/redis/sealed.ts'
import type { Sites } from '../../server/redis/sites.ts'
import type { Replicas } from '../../server/replica/replicas.ts'
import { openImportedFacts } from '../keeper/imported-facts.ts'
import type { Kept, KeeperPart } from '../keeper/keeper.ts'
import { watchLiveSources } from './live-sources.ts'
import { openOccurrences } from './occurrences.ts'
import { liveSimulation, RECENT_DAYS } from './opened-floor.ts'
import { importPast } from './past.ts'
import { openPlayer } from './player.ts'
import { createReturning } from './returning.ts'
import { createSender } from './sender.ts'
import { keepShifts } from './shifts.ts'
import { createSimulation, DEMO_SOURCE } from './simulation.ts'
import { openDemoState } from './state.ts'

export interface DemoDeps {
  /** Days before the live one that are told. */
  readonly days: number
  readonly redis: Redis
  readonly keys: Keys
  readonly sites: Sites
  readonly floorLog: Pick<FloorLog, 'append'>
  readonly sealed: Sealed
  readonly ends: Ends
  readonly followUps: Pick<FollowUps, 'done'>
  readonly pipeline: Pipeline
  readonly queueNames: PipelineDeps['queueNames']
  readonly notices: Notices
  readonly incidents: Pick<Commands, 'create' | 'command'>
  readonly manifest: Manifest
  readonly archiveDir: string
  readonly replicas: Pick<Replicas, 'get'>
  readonly now: () => Instant
  readonly log: Logger
}

const PAST_SEED = 35
/** One of so many bad answers was forgotten. */
const LEFT_OUT = 24

/** Plays the demo site while this process keeps it. */
export const playDemo = (deps: DemoDeps): KeeperPart => async (kept: Kept) => {
  const { site } = kept
  if (site !== demoSite) return { close: async () => undefined }
  const { days, redis, keys, sites, floorLog, sealed, ends, followUps, pipeline, notices, incidents, replicas, now, log } = deps
  const state = openDemoState({ redis, keys, site })
  const founded = await state.founded()
  if (founded === null) return { close: async () => undefined }
  const { midnight } = founded

  const recent = () => liveSimulation(midnight)
  let open = true
  const playing = (): boolean => open && kept.holds()
  const returning = createReturning()
  const liveSources = watchLiveSources({ sites, replicas, now })
  const player = openPlayer({
    simulation: recent(),
    midnight,
    state,
    returning,
    sender: createSender({ site, pipeline, sealed, ends, returning, playing, log }),
    occurrences: openOccurrences({ site, incidents, now, log }),
    heard: async (connected, detail) =>
      void (await floorLog.append(site, { kind: 'source', status: { source: DEMO_SOURCE, platform: 'events', connected, beatMs: null, lastAliveAt: now(), detail } })),
    standBack: liveSources.any,
    now,
    log,
  })
  const unheard = notices.on(DEMO_TOPIC, (text) => void (isDemoScenario(text) && player.make(text)))

  /** Of those who were unhappy before today nearly all were called within the day. */
  const callBack = async (badAnswers: readonly (readonly [contactId: string, at: number])[]): Promise<void> => {
    for (const [index, [contactId, at]] of badAnswers.entries()) if (index % LEFT_OUT !== 0) await followUps.done(site, contactId, { at: instantOf(at + (2 + (index % 5)) * HOUR), by: 'demo' })
  }
  const tellPast = async (): Promise<void> => {
    await player.moving
    const older = () => createSimulation({ seed: PAST_SEED, midnight, days, heartbeatMs: null, idPrefix: 'past' })
    for (const [part, make, until] of [['recent', recent, midnight], ['older', older, midnight - RECENT_DAYS * DAY]] as const) {
      if (midnight - days * DAY >= until || !playing() || (await state.isImported(part))) continue
      const facts = openImportedFacts(deps, site, `demo-${part}`)
      const badAnswers: (readonly [contactId: string, at: number])[] = []
      const badAnswer = (contactId: string, at: number): void => void badAnswers.push([contactId, at])
      if (await importPast(make(), { from: midnight - days * DAY, until }, { ...deps, site, facts, badAnswer, playing })) {
        await callBack(badAnswers)
        await state.setImported(part)
        log.info({ site, part }, 'past days of the demo were told')
      }
    }
  }
  const shifts = keepShifts({ site, midnight, plans: openPlans({ redis, keys }), sealed, state, now, log })
  const past = tellPast().catch((error: unknown) => log.warn({ site, reason: error instanceof Error ? error.message : String(error) }, 'past days of the demo could not be told'))

  return {
    close: async () => {
      open = false
      unheard()
      liveSources.close()
      await player.close()
      await shifts.close()
      await past
    },
  }
}

