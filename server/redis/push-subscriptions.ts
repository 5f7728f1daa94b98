import { createHash } from 'node:crypto'
import type { PersonId } from '../domain/incident/incident.ts'
import type { Keys } from './keys.ts'
import type { Notices } from './notices.ts'
import type { Redis } from './plain-client.ts'
import { keyFor, sealerWith } from './seal.ts'
import { openScript } from './script.ts'

/** A browser that asked to be woken: where its push service is, and the keys that only it can read with. */
export interface PushSubscription {
  readonly endpoint: string
  readonly keys: { readonly p256dh: string; readonly auth: string }
}

export interface StoredSubscription extends PushSubscription {
  /** Fingerprint of the endpoint: safe to show. */
  readonly id: string
  /** What the person calls that device. */
  readonly device: string
  readonly addedAt: number
}

export interface PushSubscriptions {
  of(person: PersonId): Promise<readonly StoredSubscription[]>
  add(person: PersonId, subscription: PushSubscription & { readonly device: string }, now: number): Promise<StoredSubscription>
  /** False when there was none. */
  remove(person: PersonId, id: string): Promise<boolean>
  /** Everybody who has one; at most a few seconds old. */
  people(): Promise<ReadonlySet<PersonId>>
}

const TOPIC = 'push'
const FRESH_MS = 5_000
/** More devices than anybody carries: the oldest leaves. */
const MOST = 10

export const subscriptionId = (endpoint: string): string => createHash('sha256').update(endpoint).digest('base64url').slice(0, 16)

/** Subscriptions by person, sealed: an endpoint is an address of that person. */
export const openPushSubscriptions = ({ redis, keys, notices, dataKey }: { readonly redis: Redis; readonly keys: Keys; readonly notices: Pick<Notices, 'on' | 'publish'>; readonly dataKey: Uint8Array }): PushSubscriptions => {
  const sealer = sealerWith(keyFor(dataKey, '', 'push subscriptions'))
  const swap = openScript('swap-field')
  let known: { readonly people: ReadonlySet<PersonId>; readonly until: number } | null = null
  notices.on(TOPIC, () => {
    known = null
  })
  const place = (person: PersonId) => `push subscriptions of ${person}`
  const read = async (person: PersonId): Promise<{ readonly sealed: string; readonly list: readonly StoredSubscription[] }> => {
    const sealed = (await redis.hGet(keys.pushSubscriptions, person)) ?? ''
    return { sealed, list: sealed === '' ? [] : (JSON.parse(sealer.open(sealed, place(person)).toString()) as readonly StoredSubscription[]) }
  }
  /** Two devices may be added at once: whoever lost reads again. */
  const change = async (person: PersonId, by: (list: readonly StoredSubscription[]) => readonly StoredSubscription[]): Promise<void> => {
    for (;;) {
      const { sealed, list } = await read(person)
      const next = by(list)
      const row = next.length === 0 ? '' : sealer.seal(JSON.stringify(next), place(person))
      if (Number(await swap.run(redis, { keys: [keys.pushSubscriptions], arguments: [person, sealed, row] })) === 1) break
    }
    known = null
    await notices.publish(TOPIC, person)
  }

  return {
    of: async (person) => (await read(person)).list,
    add: async (person, { endpoint, keys: own, device }, now) => {
      const stored: StoredSubscription = { id: subscriptionId(endpoint), endpoint, keys: own, device, addedAt: now }
      await change(person, (list) => [...list.filter(({ id }) => id !== stored.id), stored].slice(-MOST))
      return stored
    },
    remove: async (person, id) => {
      const there = (await read(person)).list.some((subscription) => subscription.id === id)
      if (there) await change(person, (list) => list.filter((subscription) => subscription.id !== id))
      return there
    },
    people: async () => {
      if (known !== null && known.until > performance.now()) return known.people
      const people = new Set(await redis.hKeys(keys.pushSubscriptions))
      known = { people, until: performance.now() + FRESH_MS }
      return people
    },
  }
}
