import { openPipelineOn } from '../../server/ingest/open-ingest.ts'
import { dialAmi } from '../../server/ingest/sources/dial-ami.ts'
import { followQueueLog, type RunningSource } from '../../server/ingest/sources/follow-queue-log.ts'
import { acwRuleOf, type SourceSection, type SourcesOf } from '../../server/ingest/sources/source-choice.ts'
import type { Instant } from '../../server/domain/time.ts'
import type { Logger } from '../../server/log.ts'
import type { Redis } from '../../server/redis/connect.ts'
import type { FloorLog } from '../../server/redis/floor-log.ts'
import type { Keys } from '../../server/redis/keys.ts'
import type { Sealed } from '../../server/redis/sealed.ts'
import type { KeeperPart } from './keeper.ts'

export interface DialSourcesDeps {
  readonly redis: Redis
  readonly keys: Keys
  readonly floorLog: FloorLog
  readonly sealed: Sealed
  readonly sourcesOf: SourcesOf
  /** Of a source, by its id; null when none is set. */
  readonly secretOf: (site: string, source: string) => Promise<string | null>
  readonly namedQueues: (site: string) => Promise<readonly string[]>
  readonly onSettings: (changed: (site: string) => void) => () => void
  readonly sourceDirs: readonly string[]
  readonly log: Logger
  readonly now: () => Instant
}

const AMI_PORT = 5_038
const TLS_PORT = 5_039
const AGAIN_MS = 2_000

interface Plan {
  /** Everything that, changed, makes it another connection. */
  readonly as: string
  readonly start: () => RunningSource
}
interface Running {
  readonly as: string
  readonly source: RunningSource
}

/** Under a site's lease: keeps exactly those sources running that its settings name and that we must dial or follow ourselves. */
export const dialSources =
  (deps: DialSourcesDeps): KeeperPart =>
  async ({ site }) => {
    const { redis, keys, floorLog, sealed, log, now, sourceDirs } = deps
    const pipeline = openPipelineOn({ redis, keys, log: floorLog, sealed, now, namedQueues: deps.namedQueues })
    const common = { redis, keys, pipeline, floorLog, log, now }
    const running = new Map<string, Running>()
    let open = true

    /** What a section means to be run as; null for platforms that send by themselves. */
    const planOf = async (id: string, section: SourceSection): Promise<Plan | null> => {
      const acw = acwRuleOf(section)
      if (section.platform === 'asterisk-queue-log' && section.file !== undefined) {
        const options = { site, source: id, file: section.file, acw }
        return { as: JSON.stringify(options), start: () => followQueueLog({ ...common, sourceDirs }, options) }
      }
      if (section.platform === 'asterisk-ami' && section.host !== undefined) {
        const tls = section.tls ?? false
        const address = { host: section.host, port: section.port ?? (tls ? TLS_PORT : AMI_PORT), tls, username: section.username ?? '', secret: (await deps.secretOf(site, id)) ?? '' }
        const options = { site, source: id, acw, address }
        return { as: JSON.stringify(options), start: () => dialAmi(common, options) }
      }
      return null
    }

    const settle = async () => {
      const plans = new Map<string, Plan>()
      for (const [id, section] of Object.entries(await deps.sourcesOf(site))) {
        const plan = await planOf(id, section)
        if (plan !== null) plans.set(id, plan)
      }
      for (const [id, { as, source }] of [...running]) {
        if (plans.get(id)?.as === as) continue
        running.delete(id)
        await source.close()
      }
      for (const [id, { as, start }] of plans) if (open && !running.has(id)) running.set(id, { as, source: start() })
    }

    /** One change after another; settings that cannot be read now are read again. */
    let turn: Promise<void> = Promise.resolve()
    const arrange = () => {
      turn = turn.then(async () => {
        while (open) {
          try {
            await settle()
            return
          } catch (error) {
            log.warn({ site, reason: error instanceof Error ? error.message : String(error) }, 'sources could not be arranged yet')
            await new Promise((resolve) => setTimeout(resolve, AGAIN_MS).unref())
          }
        }
      })
    }
    const forget = deps.onSettings((changed) => void (changed === site && arrange()))
    arrange()

    return {
      close: async () => {
        open = false
        forget()
        await turn
        await Promise.all([...running.values()].map(({ source }) => source.close()))
      },
    }
  }
