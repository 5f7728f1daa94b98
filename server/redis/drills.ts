import { instantOf, type Instant } from '../domain/time.ts'
import { runs, type Drill } from '../domain/drill/drill.ts'
import type { Keys } from './keys.ts'
import type { Redis } from './plain-client.ts'

/** Runs of scenarios; what was logged in one carries its id. */
export interface Drills {
  begin(site: string, drill: Omit<Drill, 'id' | 'startedAt' | 'endedAt'>): Promise<Drill>
  find(site: string, id: string): Promise<Drill | null>
  /** Newest first. */
  list(site: string): Promise<readonly Drill[]>
  /** One that has ended, by hand or by itself, stays ended when it did; null: there is none. */
  end(site: string, id: string): Promise<Drill | null>
  now(): Promise<Instant>
}

const COUNTER = 'count'

export const openDrills = ({ redis, keys }: { readonly redis: Redis; readonly keys: Keys }): Drills => {
  const now = async (): Promise<Instant> => {
    const [seconds = '0', micros = '0'] = (await redis.sendCommand(['TIME'])) as unknown as readonly string[]
    return instantOf(Number(seconds) * 1_000 + Math.floor(Number(micros) / 1_000))
  }
  const find: Drills['find'] = async (site, id) => {
    const row = id === COUNTER ? null : await redis.hGet(keys.site(site).drills, id)
    return row === null || row === undefined ? null : (JSON.parse(row) as Drill)
  }
  const keep = async (site: string, drill: Drill): Promise<Drill> => {
    await redis.hSet(keys.site(site).drills, drill.id, JSON.stringify(drill))
    return drill
  }
  return {
    now,
    find,
    begin: async (site, given) => {
      const number = await redis.hIncrBy(keys.site(site).drills, COUNTER, 1)
      return keep(site, { id: `DRILL-${String(number).padStart(6, '0')}`, ...given, startedAt: await now(), endedAt: null })
    },
    list: async (site) => {
      const { [COUNTER]: _count, ...rows } = await redis.hGetAll(keys.site(site).drills)
      return Object.values(rows)
        .map((row) => JSON.parse(String(row)) as Drill)
        .sort((a, b) => b.startedAt - a.startedAt || b.id.localeCompare(a.id))
    },
    end: async (site, id) => {
      const [drill, at] = [await find(site, id), await now()]
      return drill === null || !runs(drill, at) ? drill : keep(site, { ...drill, endedAt: at })
    },
  }
}
