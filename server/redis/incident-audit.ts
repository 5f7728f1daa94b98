import { createHash } from 'node:crypto'
import type { Keys } from './keys.ts'
import type { Redis } from './plain-client.ts'

/** The newest link of a site's audit chain; noted elsewhere, it tells whether the end was cut off. */
export interface AuditHead {
  readonly seq: number
  readonly link: string
}

export type AuditVerdict =
  | { readonly ok: true; readonly links: number; readonly head: AuditHead | null }
  /** The first link that does not hold, and why. */
  | { readonly ok: false; readonly seq: number; readonly detail: string }

export interface IncidentAudit {
  head(site: string): Promise<AuditHead | null>
  /** Walks the whole chain and every event it holds. `anchor`: a head noted earlier, which must lie on the chain. */
  verify(site: string, anchor?: AuditHead): Promise<AuditVerdict>
}

interface Link extends AuditHead {
  readonly ref: string
  readonly version: number
  readonly hash: string
}

const BATCH = 1_000

const linkOf = ({ message }: { readonly message: Readonly<Record<string, string>> }): Link => ({ seq: Number(message['s']), ref: message['r'] ?? '', version: Number(message['v']), hash: message['h'] ?? '', link: message['l'] ?? '' })

/** The same as incident-apply.lua makes it. */
const linkAfter = (previous: string, { seq, ref, version, hash }: Link): string => createHash('sha1').update(`${previous}\n${seq}\n${ref}\n${version}\n${hash}`).digest('hex')

export const openIncidentAudit = ({ redis, keys }: { readonly redis: Redis; readonly keys: Keys }): IncidentAudit => {
  const eventHash = async (site: string, { ref, version }: Link): Promise<string | null> => {
    const id = `${version}-0`
    const text = (await redis.xRange(keys.site(site).incidentEvents(ref), id, id))?.[0]?.message['e']
    return text === undefined ? null : createHash('sha256').update(text).digest('hex')
  }

  const head = async (site: string): Promise<AuditHead | null> => {
    const newest = (await redis.xRevRange(keys.site(site).audit, '+', '-', { COUNT: 1 }))?.[0]
    if (newest === undefined) return null
    const { seq, link } = linkOf(newest)
    return { seq, link }
  }

  return {
    head,
    verify: async (site, anchor) => {
      let last: Link | null = null
      let position = '-'
      let anchored = anchor === undefined
      for (;;) {
        const batch: readonly { readonly id: string; readonly message: Readonly<Record<string, string>> }[] = (await redis.xRange(keys.site(site).audit, position, '+', { COUNT: BATCH })) ?? []
        const links = batch.map(linkOf)
        const hashes = await Promise.all(links.map((link) => eventHash(site, link)))
        for (const [index, link] of links.entries()) {
          const expected: number = (last?.seq ?? 0) + 1
          if (link.seq !== expected) return { ok: false, seq: expected, detail: `link ${expected} is missing: ${link.seq} follows` }
          if (linkAfter(last?.link ?? '', link) !== link.link) return { ok: false, seq: link.seq, detail: `link ${link.seq} does not follow from the one before it` }
          const hash = hashes[index] ?? null
          if (hash === null) return { ok: false, seq: link.seq, detail: `event ${link.version} of ${link.ref} is gone` }
          if (hash !== link.hash) return { ok: false, seq: link.seq, detail: `event ${link.version} of ${link.ref} is not the one that was written` }
          if (anchor !== undefined && link.seq === anchor.seq && link.link === anchor.link) anchored = true
          last = link
        }
        const end = batch.at(-1)
        if (end === undefined || batch.length < BATCH) break
        position = `(${end.id}`
      }
      if (!anchored && anchor !== undefined) return { ok: false, seq: anchor.seq, detail: `the chain does not hold link ${anchor.seq} as it was noted: its end was cut off or written anew` }
      return { ok: true, links: last?.seq ?? 0, head: last === null ? null : { seq: last.seq, link: last.link } }
    },
  }
}
