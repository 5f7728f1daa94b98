import { foldVersion } from '../domain/fold-version.ts'
import type { Keys } from './keys.ts'
import type { Redis } from './plain-client.ts'
import { openScript } from './script.ts'

/** Raised when an older program would misread what this one keeps besides floors (incidents, settings, books, entries of the log), or write it back without something. */
const recordsVersion = 1

/** What the data is written by: a program whose versions are lower would fold days anew without figures that they have. */
export interface DataVersions {
  readonly fold: number
  readonly records: number
}

/** Refuses a start: a newer program has had this data. */
export class NewerData extends Error {
  constructor(kept: Readonly<Record<string, number>>, own: DataVersions) {
    const told = Object.entries(kept).map(([kind, version]) => `${kind} version ${version}, this program's is ${own[kind as keyof DataVersions]}`)
    super(`This data was written by a newer Floorwatch (${told.join('; ')}), and an older one would lose a part of it. Nothing was changed. Start that version or a later one, or restore a backup that was made with this version.`)
  }
}

const script = openScript('claim-data')

/** Throws NewerData where a newer program has written; otherwise from now on older ones are refused. Programs that run already are not asked again. */
export const claimData = async ({ redis, keys }: { readonly redis: Redis; readonly keys: Pick<Keys, 'dataVersions'> }, own: DataVersions = { fold: foldVersion, records: recordsVersion }): Promise<void> => {
  const newer = (await script.run(redis, { keys: [keys.dataVersions], arguments: Object.entries(own).flatMap(([kind, version]) => [kind, String(version)]) })) as readonly string[]
  if (newer.length === 0) return
  throw new NewerData(Object.fromEntries(newer.flatMap((kind, i) => (i % 2 === 0 ? [[String(kind), Number(newer[i + 1])] as const] : []))), own)
}
