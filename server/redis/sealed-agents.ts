import type { AgentNumber } from '../domain/platform-events.ts'
import type { Redis } from './connect.ts'
import { scriptText } from './connect.ts'
import type { Keys } from './keys.ts'
import { fingerprint, keyFor, perSite, sealerWith } from './seal.ts'
import { timedCache } from './timed-cache.ts'

/** An agent as a source names them; a missing name or team keeps what is known. */
export interface AgentNaming {
  readonly id: string
  readonly name?: string | null
  readonly team?: string | null
}

export interface AgentIdentity {
  /** The platform's id. */
  readonly id: string
  readonly name: string | null
  readonly team: string | null
}

export interface Agents {
  /** Register numbers in the order asked; null for a new agent when the site's register is full. */
  readonly numbersOf: (site: string, agents: readonly AgentNaming[]) => Promise<readonly (AgentNumber | null)[]>
  /** Numbers of ids that are known; makes nothing. */
  readonly find: (site: string, ids: readonly string[]) => Promise<readonly (AgentNumber | null)[]>
  /** Who the numbers are; unknown or erased ones are absent. At most 30 s old, or as it is now with `fresh`. */
  readonly resolve: (site: string, numbers: readonly AgentNumber[], options?: { readonly fresh?: boolean }) => Promise<ReadonlyMap<AgentNumber, AgentIdentity>>
  /** Identities already in memory, without asking Redis. */
  readonly known: (site: string, number: AgentNumber) => AgentIdentity | null
  readonly erase: (site: string, id: string) => Promise<boolean>
}

/** Twenty times the largest floor we promise: a register is not a way to fill the memory (RELIABILITY B25). */
const REGISTER_FULL = 100_000
const FRESH_MS = 30_000

interface Known extends AgentIdentity {
  readonly number: AgentNumber
}

const parse = (text: string): AgentIdentity => JSON.parse(text) as AgentIdentity
const same = (a: AgentIdentity | null, b: AgentIdentity) => a !== null && a.id === b.id && a.name === b.name && a.team === b.team

export const openAgents = ({ redis, keys, dataKey, registerFull = REGISTER_FULL }: { readonly redis: Redis; readonly keys: Keys; readonly dataKey: Uint8Array; readonly registerFull?: number }): Agents => {
  const script = scriptText('agent-numbers')
  const siteKeys = perSite((site) => ({ find: keyFor(dataKey, site, 'agent fingerprint'), sealer: sealerWith(keyFor(dataKey, site, 'agent')) }))
  /** A number never changes, so these stay; names may be changed by another process and grow old. */
  const numbers = perSite(() => new Map<string, Known>())
  const identities = timedCache<AgentIdentity | null>({ freshMs: FRESH_MS, most: 50_000 })

  const fieldOf = (site: string, id: string) => fingerprint(siteKeys(site).find, id.normalize('NFC'))
  const place = (site: string, number: AgentNumber) => `${site} agent ${number}`
  const nameKey = (site: string, number: AgentNumber) => `${site}\n${number}`
  const idKey = (id: string) => id.normalize('NFC')

  const merge = (site: string, number: AgentNumber, naming: AgentNaming, row: string): { readonly identity: AgentIdentity; readonly changed: boolean } => {
    const before = row === '' ? null : parse(siteKeys(site).sealer.open(row, place(site, number)).toString())
    const identity = { id: naming.id.normalize('NFC'), name: naming.name ?? before?.name ?? null, team: naming.team ?? before?.team ?? null }
    return { identity, changed: !same(before, identity) }
  }

  const settled = (site: string, naming: AgentNaming): Known | null => {
    const known = numbers(site).get(idKey(naming.id))
    return known && (naming.name ?? known.name) === known.name && (naming.team ?? known.team) === known.team ? known : null
  }

  /** Asks the register for those that are new or say something new about themselves, and writes what changed. */
  const register = async (site: string, namings: readonly AgentNaming[]): Promise<void> => {
    const { agentNumbers, agents } = keys.site(site)
    const byId = new Map<string, AgentNaming>()
    for (const naming of namings) {
      const before = byId.get(idKey(naming.id))
      byId.set(idKey(naming.id), { id: naming.id, name: naming.name ?? before?.name ?? null, team: naming.team ?? before?.team ?? null })
    }
    const asked = [...byId.values()]
    const reply = (await redis.eval(script, { keys: [agentNumbers, agents], arguments: [String(registerFull), ...asked.map((naming) => fieldOf(site, naming.id))] })) as readonly (number | string)[]
    const writes: Record<string, string> = {}
    asked.forEach((naming, i) => {
      const number = Number(reply[2 * i])
      if (number === 0) return
      const { identity, changed } = merge(site, number, naming, String(reply[2 * i + 1] ?? ''))
      if (changed) writes[String(number)] = siteKeys(site).sealer.seal(JSON.stringify(identity), place(site, number))
      numbers(site).set(idKey(naming.id), { ...identity, number })
      identities.put(nameKey(site, number), identity)
    })
    // Before the fact enters the log: a reader that meets the number finds the name.
    if (Object.keys(writes).length > 0) await redis.hSet(agents, writes)
  }

  return {
    numbersOf: async (site, namings) => {
      const found = namings.map((naming) => settled(site, naming)?.number ?? null)
      const open = namings.filter((_, i) => found[i] === null)
      if (open.length === 0) return found
      await register(site, open)
      return namings.map((naming, i) => found[i] ?? numbers(site).get(idKey(naming.id))?.number ?? null)
    },
    find: async (site, ids) => {
      if (ids.length === 0) return []
      const found = await redis.hmGet(keys.site(site).agentNumbers, ids.map((id) => fieldOf(site, id)))
      return found.map((number) => (number ? Number(number) : null))
    },
    resolve: async (site, wanted, { fresh = false } = {}) => {
      const missing = [...new Set(wanted)].filter((number) => fresh || identities.get(nameKey(site, number)) === undefined)
      if (missing.length > 0) {
        const rows = await redis.hmGet(keys.site(site).agents, missing.map(String))
        missing.forEach((number, i) => {
          const row = rows[i]
          identities.put(nameKey(site, number), row ? parse(siteKeys(site).sealer.open(row, place(site, number)).toString()) : null)
        })
      }
      const resolved = new Map<AgentNumber, AgentIdentity>()
      for (const number of wanted) {
        const identity = identities.get(nameKey(site, number))
        if (identity) resolved.set(number, identity)
      }
      return resolved
    },
    known: (site, number) => identities.get(nameKey(site, number)) ?? null,
    erase: async (site, id) => {
      const { agentNumbers, agents } = keys.site(site)
      const field = fieldOf(site, id)
      const number = await redis.hGet(agentNumbers, field)
      if (!number) return false
      await redis.multi().hDel(agentNumbers, field).hDel(agents, number).exec()
      numbers(site).delete(idKey(id))
      identities.put(nameKey(site, Number(number)), null)
      return true
    },
  }
}
