import type { DemoScenario } from '../../server/contract/demo.ts'

/** What happens by itself, so that a visitor need not press anything. */
export interface Scene {
  readonly scenario: DemoScenario
  /** Ms after the player began. */
  readonly after: number
}

const SECOND = 1_000
const MINUTE = 60_000
export const POWER_CUT_AFTER = 8 * SECOND
const EVERY = 12 * MINUTE
const round: readonly DemoScenario[] = ['carrier-silence', 'feed-cut', 'card-payments-slow', 'power-cut']

/** The scene after the `count`-th: a power cut after eight calm seconds, then something every twelve minutes, round and round. */
export const sceneAfter = (count: number): Scene => {
  if (count === 0) return { scenario: 'power-cut', after: POWER_CUT_AFTER }
  return { scenario: round[(count - 1) % round.length] ?? 'feed-cut', after: POWER_CUT_AFTER + count * EVERY }
}
