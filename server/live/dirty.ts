import type { FloorChanges } from '../domain/floor.ts'
import type { AgentNumber } from '../domain/platform-events.ts'

/** Ids whose rows may look different since the last flush. */
export interface Dirty {
  readonly queues: Set<string>
  readonly agents: Set<AgentNumber>
  readonly incidents: Set<string>
}

export const noDirt = (): Dirty => ({ queues: new Set(), agents: new Set(), incidents: new Set() })
export const isClean = (dirty: Dirty): boolean => dirty.queues.size + dirty.agents.size + dirty.incidents.size === 0

export const addDirt = (dirty: Dirty, changes: Pick<FloorChanges, 'queues' | 'agents' | 'incidents'>): void => {
  for (const id of changes.queues) dirty.queues.add(id)
  for (const number of changes.agents) dirty.agents.add(number)
  for (const ref of changes.incidents) dirty.incidents.add(ref)
}
