import { demoSite } from '../../server/contract/demo.ts'
import type { Logger } from '../../server/log.ts'
import type { Snapshots } from '../../server/redis/snapshots.ts'
import type { Settings } from '../../server/redis/settings.ts'
import type { Site, Sites } from '../../server/redis/sites.ts'
import type { Redis } from '../../server/redis/connect.ts'
import type { Keys } from '../../server/redis/keys.ts'
import { openLease, type Tenure } from '../keeper/lease.ts'
import { demoDocument } from './document.ts'
import { openedFloor, type OpenedFloorDeps } from './opened-floor.ts'
import { openingAt } from './opening.ts'
import { openDemoState } from './state.ts'

export interface FoundDeps extends Omit<OpenedFloorDeps, 'site' | 'midnight'> {
  readonly redis: Redis
  readonly keys: Keys
  readonly sites: Sites
  readonly settings: Pick<Settings, 'put'>
  readonly snapshots: Snapshots
  /** Unique for the process. */
  readonly holder: string
  readonly log: Logger
}

export interface Founding {
  readonly close: () => Promise<void>
}

const BEFORE_THE_LOG = '0-0'

/** Nobody knows the site before its base is whole, so every process begins from the same floor. */
const found = async (deps: FoundDeps, { fence, holds }: Tenure): Promise<void> => {
  const { redis, keys, sites, settings, snapshots, now, log } = deps
  if (sites.get(demoSite) !== null) return
  const began = performance.now()
  const { timeZone, midnight } = openingAt(now())
  const site: Site = { id: demoSite, name: 'Demo: Northern Energy', timeZone }
  const { floor, told } = await openedFloor({ ...deps, site, midnight })
  if (!holds()) return
  if (!(await snapshots.saveBase(demoSite, fence, floor.toBase(), { entry: BEFORE_THE_LOG, hash: '', at: floor.asOf, first: BEFORE_THE_LOG }))) return
  await openDemoState({ redis, keys, site: demoSite }).found({ midnight, timeZone, told })
  await sites.put(site)
  const answer = await settings.put(demoSite, demoDocument(), { expected: 0 })
  if (answer.outcome === 'faulty') throw new Error(`the demo's settings are faulty: ${answer.faults.map(({ path, detail }) => `${path} ${detail}`).join('; ')}`)
  log.info({ site: demoSite, timeZone, tookMs: Math.round(performance.now() - began) }, 'the demo site was founded')
}

/** Makes the demo site at the first start, where it is 10:38 now. Of several workers one does it, under the site's lease. */
export const foundDemo = (deps: FoundDeps): Founding => {
  const { redis, keys, sites, log, holder } = deps
  if (sites.get(demoSite) !== null) return { close: async () => undefined }
  let closing: Promise<void> | null = null
  const lease = openLease({
    redis,
    keys,
    log,
    site: demoSite,
    holder: `${holder}-founding`,
    onLost: async () => undefined,
    onTaken: async (tenure) => {
      try {
        await found(deps, tenure)
      } catch (error) {
        log.error({ site: demoSite, reason: error instanceof Error ? (error.stack ?? error.message) : String(error) }, 'the demo could not be founded')
      }
      // The keeper wants the lease next; it cannot be given up from inside its own taking.
      closing ??= Promise.resolve().then(() => lease.close())
    },
  })
  return {
    close: async () => {
      closing ??= lease.close()
      await closing
    },
  }
}
