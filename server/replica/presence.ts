import type { Presence } from '../domain/escalation/directory.ts'
import type { AgentNumber } from '../domain/platform-events.ts'
import type { Floor } from '../domain/floor.ts'
import type { PresenceOf } from '../redis/incident-directory.ts'
import type { Agents } from '../redis/sealed-agents.ts'

export interface PresenceDeps {
  /** The floor as this process has it now; null: it does not follow that site. */
  readonly floorOf: (site: string) => Pick<Floor, 'agent'> | null
  readonly agents: Pick<Agents, 'find'>
}

/** What the platform says of people who take contacts too, by their ids there. A register number never changes, so it is asked for once. */
export const openPresence = ({ floorOf, agents }: PresenceDeps): PresenceOf => {
  const numbers = new Map<string, AgentNumber>()
  return async (site, ids) => {
    const floor = floorOf(site)
    if (floor === null || ids.size === 0) return {}
    const keyOf = (id: string): string => `${site}\n${id}`
    const unknown = [...new Set(ids.values())].filter((id) => !numbers.has(keyOf(id)))
    const found = await agents.find(site, unknown)
    unknown.forEach((id, index) => {
      const number = found[index]
      if (number != null) numbers.set(keyOf(id), number)
    })
    return Object.fromEntries(
      [...ids].map(([person, id]): readonly [string, Presence] => {
        const number = numbers.get(keyOf(id))
        const figures = number === undefined ? null : floor.agent(number)
        // An agent whom the floor has not seen is not there.
        return [person, figures === null ? { state: 'offline', reason: null, since: null } : { state: figures.state, reason: figures.reason, since: figures.since }]
      }),
    )
  }
}
