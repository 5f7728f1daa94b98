import type { Credential } from '../contract/roles.ts'
import { problem } from './problem.ts'

/** Token buckets in process: no write to Redis per request. */
interface Bucket {
  tokens: number
  at: number
}
export interface Rate {
  readonly perSecond: number
  readonly burst: number
}

/** Ingest by machines is far above what anyone clicks; its own door tells when the log is behind. */
const rates = {
  key: { perSecond: 1_000, burst: 3_000 },
  person: { perSecond: 100, burst: 600 },
  /** Platforms that sign what they send, before the signature is checked: all of a large floor may come from one address. */
  signed: { perSecond: 500, burst: 2_000 },
  stranger: { perSecond: 30, burst: 300 },
} as const satisfies Readonly<Record<string, Rate>>

const MOST_BUCKETS = 20_000

export const createLimits = ({ now }: { readonly now: () => number }): ((credential: Credential | null, address: string, signed?: boolean) => void) => {
  const buckets = new Map<string, Bucket>()
  return (credential, address, signed = false) => {
    const kind = credential === null ? (signed ? 'signed' : 'stranger') : credential.kind === 'session' || credential.kind === 'demo' ? 'person' : 'key'
    const { perSecond, burst } = rates[kind]
    const name = credential === null || credential.kind === 'demo' ? `${kind} ${address}` : credential.id
    const bucket = buckets.get(name) ?? { tokens: burst, at: now() }
    bucket.tokens = Math.min(burst, bucket.tokens + ((now() - bucket.at) / 1_000) * perSecond)
    bucket.at = now()
    if (buckets.size >= MOST_BUCKETS && !buckets.has(name)) buckets.delete(buckets.keys().next().value ?? '')
    buckets.set(name, bucket)
    if (bucket.tokens < 1) throw problem(429, 'too_many_requests', `more than ${perSecond} requests a second; wait before the next`).with({ 'retry-after': String(Math.max(1, Math.ceil((1 - bucket.tokens) / perSecond))) })
    bucket.tokens -= 1
  }
}
