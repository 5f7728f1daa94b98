import type { DemoPlaying, DemoScenario } from '../../server/contract/demo.ts'
import type { SimulatedScenario } from './simulation.ts'
import type { Keys } from '../../server/redis/keys.ts'
import type { Redis } from '../../server/redis/connect.ts'

/** What the demo remembers: enough to play the same day on after a restart. One writer: whoever keeps the site. */
export interface DemoState {
  readonly founded: () => Promise<{ readonly midnight: number; readonly timeZone: string } | null>
  readonly found: (opening: { readonly midnight: number; readonly timeZone: string; readonly told: number }) => Promise<void>
  /** Everything up to this instant was sent. */
  readonly told: () => Promise<number>
  readonly setTold: (at: number) => Promise<void>
  /** Scenarios that changed the simulation, in order: to be run again at the same instants. */
  readonly acts: () => Promise<readonly { readonly scenario: SimulatedScenario; readonly at: number }[]>
  readonly addAct: (scenario: SimulatedScenario, at: number) => Promise<void>
  readonly isImported: (part: string) => Promise<boolean>
  readonly setImported: (part: string) => Promise<void>
  /** Until when people's shifts are planned; null before they were. */
  readonly plannedTo: () => Promise<number | null>
  readonly setPlannedTo: (at: number) => Promise<void>
  readonly show: (state: DemoPlaying, last?: { readonly scenario: DemoScenario; readonly at: number }) => Promise<void>
}

export const openDemoState = ({ redis, keys, site }: { readonly redis: Redis; readonly keys: Keys; readonly site: string }): DemoState => {
  const { demo, demoActs } = keys.site(site)
  const read = async (field: string): Promise<string | null> => {
    const value = await redis.hGet(demo, field)
    return value === null || value === undefined ? null : String(value)
  }
  return {
    founded: async () => {
      const text = await read('founded')
      return text === null ? null : (JSON.parse(text) as { midnight: number; timeZone: string })
    },
    found: async ({ midnight, timeZone, told }) => void (await redis.hSet(demo, { founded: JSON.stringify({ midnight, timeZone }), told: String(told) })),
    told: async () => Number(await read('told')),
    setTold: async (at) => void (await redis.hSet(demo, 'told', String(at))),
    acts: async () => (await redis.lRange(demoActs, 0, -1)).map((text) => JSON.parse(String(text)) as { scenario: SimulatedScenario; at: number }),
    addAct: async (scenario, at) => void (await redis.rPush(demoActs, JSON.stringify({ scenario, at }))),
    isImported: async (part) => (await read(`imported:${part}`)) !== null,
    setImported: async (part) => void (await redis.hSet(demo, `imported:${part}`, '1')),
    plannedTo: async () => {
      const text = await read('plannedTo')
      return text === null ? null : Number(text)
    },
    setPlannedTo: async (at) => void (await redis.hSet(demo, 'plannedTo', String(at))),
    show: async (state, last) => void (await redis.hSet(demo, { state, ...(last ? { last: JSON.stringify(last) } : {}) })),
  }
}
