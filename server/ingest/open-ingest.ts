import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Credential } from '../contract/roles.ts'
import { instantOf } from '../domain/time.ts'
import type { Logger } from '../log.ts'
import type { Redis } from '../redis/connect.ts'
import { openEnds } from '../redis/ends.ts'
import type { Keys } from '../redis/keys.ts'
import { openArrivals } from './arrivals.ts'
import { openIngest } from './ingest.ts'
import { openPipeline, type Pipeline, type PipelineDeps } from './pipeline.ts'
import { openQueueNames } from './queue-names.ts'
import { rawMount, type RawMountDeps } from './raw-mount.ts'
import { ingestRoutes } from './routes.ts'
import { connectBody } from './sources/amazon-connect-body.ts'
import { connectSnsBody, textAtSns } from './sources/amazon-connect-sns.ts'
import { queueLogBody } from './sources/queue-log-body.ts'
import type { SourcesOf } from './sources/source-choice.ts'
import { twilioBody } from './sources/twilio-body.ts'

export interface OpenIngestDeps extends Pick<PipelineDeps, 'log' | 'sealed' | 'onAccepted' | 'sharedNumbers'> {
  readonly redis: Redis
  readonly keys: Keys
  readonly sourcesOf: SourcesOf
  /** Queues that a site's settings name. */
  readonly namedQueues?: (site: string) => Promise<readonly string[]>
  /** The secret of a source and the one before it, as far as they are set. */
  readonly secretsOf: (site: string, source: string) => Promise<readonly string[]>
  readonly publicUrl: string
  readonly bearer: RawMountDeps['bearer']
  readonly siteExists: RawMountDeps['siteExists']
  /** Refuses strangers that knock too often. */
  readonly limit: (credential: Credential | null, address: string) => void
  readonly addressOf: (request: IncomingMessage) => string
  readonly logger: Logger
  readonly now: () => number
}

export interface OpenedIngest {
  readonly pipeline: Pipeline
  readonly front: (request: IncomingMessage, response: ServerResponse) => boolean
  readonly router: ReturnType<typeof ingestRoutes>
}

/** Everything of this area that the web server mounts. */
export const openIngestArea = ({ redis, keys, log, sealed, onAccepted, sourcesOf, namedQueues, sharedNumbers, secretsOf, publicUrl, bearer, siteExists, limit, addressOf, logger, now }: OpenIngestDeps): OpenedIngest => {
  const pipeline = openPipelineOn({ redis, keys, log, sealed, now, ...(namedQueues === undefined ? {} : { namedQueues }), ...(sharedNumbers === undefined ? {} : { sharedNumbers }), ...(onAccepted === undefined ? {} : { onAccepted }) })
  const ingest = openIngest({ pipeline, arrivals: openArrivals({ redis, keys }), now, log: logger })
  return {
    pipeline,
    front: rawMount({ ingest, bearer, siteExists, limit, addressOf, log: logger }),
    router: ingestRoutes({ ingest, platforms: { 'asterisk-queue-log': queueLogBody({ redis, keys, pipeline, sourcesOf }), 'amazon-connect': connectBody({ pipeline, sourcesOf }) }, signed: { twilio: { take: twilioBody({ pipeline, sourcesOf, secretsOf, siteExists, publicUrl }) }, 'amazon-connect': { take: connectSnsBody({ pipeline, sourcesOf, siteExists, textAt: textAtSns }), header: 'x-amz-sns-message-type' } } }),
  }
}

/** The pipeline alone, for workers: followers, dialled sources, imports and the simulator go through it too. */
export const openPipelineOn = ({ redis, keys, now, namedQueues, ...deps }: Pick<OpenIngestDeps, 'redis' | 'keys' | 'log' | 'sealed' | 'onAccepted' | 'now' | 'namedQueues' | 'sharedNumbers'>): Pipeline =>
  openPipeline({ ...deps, ends: openEnds({ redis, keys }), queueNames: openQueueNames({ redis, keys, ...(namedQueues === undefined ? {} : { named: namedQueues }) }), now: () => instantOf(now()) })
