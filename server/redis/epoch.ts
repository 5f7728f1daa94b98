import { randomBytes } from 'node:crypto'
import { foldVersion } from '../domain/fold-version.ts'
import type { EntryId } from '../domain/log-entry.ts'
import type { Keys } from './keys.ts'
import type { Redis } from './plain-client.ts'
import { openScript } from './script.ts'

/** `epoch.entryId`, compared only for equality: two processes at one revision show the same floor. */
export type Revision = string

/** The fold's version is part of the epoch, since another fold makes another floor of the same entries. */
export const revisionOf = (epoch: string, entry: EntryId): Revision => `${epoch}f${foldVersion}.${entry}`

export const entryOfRevision = (revision: Revision): EntryId => revision.slice(revision.lastIndexOf('.') + 1)

/** Stream ids in order of the log. */
export const compareEntries = (a: EntryId, b: EntryId): number => {
  if (a === b) return 0
  const [aMs = '0', aSeq = '0'] = a.split('-')
  const [bMs = '0', bSeq = '0'] = b.split('-')
  return Number(aMs) - Number(bMs) || Number(aSeq) - Number(bSeq)
}

/** A life of the site's log without loss. A new one begins when a reader finds that entries it had read are gone. */
export interface Epochs {
  /** The epoch, made if the site has none. */
  readonly current: (site: string) => Promise<string>
  /** Sets a new epoch unless another process has done so since `seen`; gives the one that is valid now. */
  readonly renew: (site: string, seen: string) => Promise<string>
}

const script = openScript('renew-epoch')
const fresh = () => randomBytes(6).toString('hex')

export const openEpochs = ({ redis, keys }: { readonly redis: Redis; readonly keys: Keys }): Epochs => {
  const renew = async (site: string, seen: string) => String(await script.run(redis, { keys: [keys.site(site).epoch], arguments: [seen, fresh()] }))
  return {
    current: async (site) => (await redis.get(keys.site(site).epoch)) ?? renew(site, ''),
    renew,
  }
}
