/** The demo floor as screens and scripts see it. */

export const demoSite = 'demo'

export const demoScenarios = ['power-cut', 'carrier-silence', 'feed-cut', 'card-payments-slow', 'borrow-four', 'medical-emergency', 'replay-asterisk'] as const
export type DemoScenario = (typeof demoScenarios)[number]

export const isDemoScenario = (text: string): text is DemoScenario => (demoScenarios as readonly string[]).includes(text)

/** What each button says it will do, in words. */
export const demoScenarioNames: Readonly<Record<DemoScenario, string>> = {
  'power-cut': 'Power cut: calls rush in on Power loss',
  'carrier-silence': 'Carrier silence: no call reaches the floor for seven minutes',
  'feed-cut': 'Feed cut: the telephony platform is not heard for 15 seconds',
  'card-payments-slow': 'Card payments slow: Billing takes 60 % longer for twenty minutes',
  'borrow-four': 'Borrow four people from Support for Power loss, for thirty minutes',
  'medical-emergency': 'Medical emergency of a caller',
  'replay-asterisk': 'Replay fourteen recorded minutes of a real Asterisk',
}

/** `preparing`: the morning is being played up to now. `paused`: a real source feeds some site. */
export type DemoPlaying = 'preparing' | 'playing' | 'paused'

/** `GET /sites/demo/demo`. */
export interface DemoView {
  readonly state: DemoPlaying
  readonly scenarios: readonly { readonly id: DemoScenario; readonly name: string }[]
  /** The last thing that was made to happen. */
  readonly last: { readonly scenario: DemoScenario; readonly at: string } | null
}

/** Topic of the notices by which a scenario reaches the process that plays. */
export const DEMO_TOPIC = 'demo'
