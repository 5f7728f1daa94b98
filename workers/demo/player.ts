import { setImmediate as breathe } from 'node:timers/promises'
import type { CanonicalEvent } from '../../server/contract/events.ts'
import type { DemoScenario } from '../../server/contract/demo.ts'
import type { Logger } from '../../server/log.ts'
import type { Occurrences } from './occurrences.ts'
import { begunSince } from './past.ts'
import { recordedEvents } from './recording.ts'
import type { Returning } from './returning.ts'
import { sceneAfter } from './script.ts'
import type { Sender } from './sender.ts'
import { type Simulation, simulatedScenarios, type SimulatedScenario } from './simulation.ts'
import type { DemoState } from './state.ts'

export interface PlayerDeps {
  readonly simulation: Simulation
  readonly midnight: number
  readonly state: DemoState
  readonly sender: Sender
  readonly returning: Returning
  readonly occurrences: Occurrences
  /** The platform is heard or not, as the floor is told. */
  readonly heard: (connected: boolean, detail: string | null) => Promise<void>
  /** A real source feeds some site: the demo stands back. */
  readonly standBack: () => boolean
  readonly now: () => number
  readonly log: Logger
}

export interface Player {
  readonly make: (scenario: DemoScenario) => void
  /** Resolves when the morning has been told and the floor moves. */
  readonly moving: Promise<void>
  readonly close: () => Promise<void>
}

const HOUR = 3_600_000
/** Not a beat: the events carry their own instants. */
const LOOK_EVERY_MS = 170
const SAVE_EVERY_MS = 30_000
/** Sent again after a restart, for what was on its way; the door knows the ids. */
const OVERLAP_MS = 90_000
/** A restart shortly after a power cut is no reason for another. */
const CALM_AGAIN_MS = 30 * 60_000
/** Later than this the door refuses facts. */
const OLDEST_MS = 47 * HOUR
const FEED_CUT_MS = 15_000

const isSimulated = (scenario: DemoScenario): scenario is SimulatedScenario => (simulatedScenarios as readonly DemoScenario[]).includes(scenario)

export const openPlayer = ({ simulation, midnight, state, sender, returning, occurrences, heard, standBack, now, log }: PlayerDeps): Player => {
  let open = true
  let timer: NodeJS.Timeout | undefined
  let looking: Promise<void> = Promise.resolve()
  let savedAt = 0
  let deafUntil = 0
  let paused = false
  let scenes = 0
  let began = 0
  let recorded: readonly CanonicalEvent[] = []
  /** Told by the simulation, not yet sent: the feed is cut. */
  let held: CanonicalEvent[] = []
  const asked: DemoScenario[] = []

  /** The same day again up to now: what was sent before is only followed, the rest is sent. */
  const catchUp = async (): Promise<void> => {
    const from = Math.max((await state.told()) - OVERLAP_MS, now() - OLDEST_MS)
    const acts = [...(await state.acts())]
    const isOurs = begunSince(midnight)
    for (let at = simulation.at(); open && at < now(); ) {
      const act = acts[0]
      at = Math.min(at + HOUR, now(), act?.at ?? Infinity, at < from ? from : Infinity)
      const events = simulation.advance(at).filter((event) => Date.parse(event.occurredAt) < midnight || isOurs(event))
      if (act?.at === at) {
        simulation.run(act.scenario)
        acts.shift()
      }
      if (at <= from) returning.follow(events)
      else if (!(await sender.send(events))) return
      await breathe()
    }
    await state.setTold(simulation.at())
    const cut = (await state.acts()).findLast(({ scenario }) => scenario === 'power-cut')
    if (cut && now() - cut.at < CALM_AGAIN_MS) scenes = 1
    // Whoever played before may have ended before it was logged.
    if (open) for (const act of await state.acts()) occurrences.begin(act.scenario, act.at)
  }

  const happen = async (scenario: DemoScenario, at: number): Promise<void> => {
    log.info({ scenario }, 'the demo makes something happen')
    if (isSimulated(scenario)) {
      await state.addAct(scenario, at)
      held.push(...simulation.advance(at))
      simulation.run(scenario)
    }
    if (scenario === 'feed-cut') {
      deafUntil = at + FEED_CUT_MS
      await heard(false, 'the feed was cut by the demo')
    }
    if (scenario === 'replay-asterisk' && recorded.length === 0) recorded = await recordedEvents(at, `take-${at}`)
    occurrences.begin(scenario, at)
    await state.show('playing', { scenario, at })
  }

  const recordedUntil = (at: number): readonly CanonicalEvent[] => {
    const due = recorded.findIndex(({ occurredAt }) => Date.parse(occurredAt) > at)
    const told = due < 0 ? recorded : recorded.slice(0, due)
    recorded = due < 0 ? [] : recorded.slice(due)
    return told
  }

  const look = async (): Promise<void> => {
    const at = now()
    if (standBack() !== paused) {
      // The source first: whoever reads that the demo is paused finds a source that says so. Said again when Redis was away.
      const pausing = !paused
      await heard(!pausing, pausing ? 'paused: a real source is connected' : null)
      await state.show(pausing ? 'paused' : 'playing')
      paused = pausing
    }
    if (paused) return
    const scene = sceneAfter(scenes)
    if (at >= began + scene.after) {
      scenes += 1
      asked.push(scene.scenario)
    }
    for (let next = asked.shift(); next; next = asked.shift()) await happen(next, at)
    held.push(...simulation.advance(at), ...recordedUntil(at))
    if (deafUntil > 0) {
      if (at < deafUntil) return
      deafUntil = 0
      await heard(true, null)
    }
    if (!(await sender.send(held))) return
    held = []
    if (at - savedAt > SAVE_EVERY_MS) {
      savedAt = at
      await state.setTold(at)
    }
  }

  const plan = (): void => {
    if (!open) return
    timer = setTimeout(() => {
      looking = look()
        .catch((error: unknown) => log.warn({ reason: error instanceof Error ? error.message : String(error) }, 'the demo stumbled; it goes on'))
        .finally(plan)
    }, LOOK_EVERY_MS)
  }

  const begin = async (): Promise<void> => {
    // Until it has played once its state is "preparing"; after a restart the floor is there already, and goes on in a moment.
    if (!standBack()) await heard(true, null)
    await catchUp()
    if (!open) return
    began = now()
    await state.show('playing')
    plan()
  }
  const moving = begin()
  moving.catch((error: unknown) => log.error({ reason: error instanceof Error ? (error.stack ?? error.message) : String(error) }, 'the demo could not begin'))

  return {
    make: (scenario) => asked.push(scenario),
    moving,
    close: async () => {
      open = false
      clearTimeout(timer)
      await moving.catch(() => undefined)
      await looking
      await occurrences.close()
      if (held.length === 0 && simulation.at() > midnight) await state.setTold(simulation.at())
    },
  }
}
