import type { BreachState } from '../domain/breach/step-breach.ts'
import type { Keys } from './keys.ts'
import type { Redis } from './plain-client.ts'

/** A breach that has opened, with the incident it raised (null: the rule raises none, or it is still to be raised). */
export interface OpenBreach {
  readonly rule: string
  readonly queue: string
  readonly state: Extract<BreachState, { readonly state: 'open' }>
  readonly ref: string | null
}

export interface Breaches {
  readonly list: (site: string) => Promise<readonly OpenBreach[]>
  readonly put: (site: string, breach: OpenBreach) => Promise<void>
  readonly drop: (site: string, breach: Pick<OpenBreach, 'rule' | 'queue'>) => Promise<void>
}

const fieldOf = ({ rule, queue }: Pick<OpenBreach, 'rule' | 'queue'>): string => JSON.stringify([rule, queue])

/** Open breaches outlive the process that saw them open: whoever keeps the site next knows what it raised. */
export const openBreaches = ({ redis, keys }: { readonly redis: Redis; readonly keys: Keys }): Breaches => ({
  list: async (site) => Object.values(await redis.hGetAll(keys.site(site).breaches)).map((text) => JSON.parse(text) as OpenBreach),
  put: async (site, breach) => void (await redis.hSet(keys.site(site).breaches, fieldOf(breach), JSON.stringify(breach))),
  drop: async (site, breach) => void (await redis.hDel(keys.site(site).breaches, fieldOf(breach))),
})
