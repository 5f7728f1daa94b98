import type { DeploymentRow } from '../../server/contract/rows.ts'

/** Where a deployment stands on the screen: those that are counted on, those that were silent, those that are over. */
export type DeploymentGroup = 'live' | 'silent' | 'over'

const groups: Readonly<Record<DeploymentRow['state'], DeploymentGroup>> = { requested: 'live', alerted: 'live', accepted: 'live', 'en-route': 'live', 'on-task': 'live', 'no-answer': 'silent', unreachable: 'silent', declined: 'over', released: 'over', 'stood-down': 'over', reassigned: 'over' }
export const groupOf = ({ state }: Pick<DeploymentRow, 'state'>): DeploymentGroup => groups[state]

export const isAsked = ({ state }: Pick<DeploymentRow, 'state'>): boolean => state === 'requested' || state === 'alerted'
/** They said that they come, or are there. */
export const isComing = ({ state }: Pick<DeploymentRow, 'state'>): boolean => state === 'accepted' || state === 'en-route' || state === 'on-task'

/** Things that somebody switches on, and takes back; a supplier is telephoned. */
export const isSwitched = (type: string): boolean => type !== 'supplier' && type !== 'other'

export interface DeploymentWords {
  readonly key: string
  /** Given to the words: lengths in ms become an age, instants a time. */
  readonly forMs: number | null
  readonly at: string | null
}

/** What a line says, with the length of time that matters in its state. */
export const wordsOf = ({ state, late, resource, requestedAt, onTaskAt, eta, consumedMs }: DeploymentRow, now: number): DeploymentWords => {
  const since = (at: string | null): number | null => (at === null ? null : Math.max(0, now - Date.parse(at)))
  if (state === 'requested' || state === 'alerted') return { key: resource === null ? state : 'thingAsked', forMs: since(requestedAt), at: null }
  if (state === 'accepted' || state === 'en-route') return { key: late ? 'late' : resource === null ? state : 'promised', forMs: null, at: eta }
  if (state === 'on-task') return { key: resource !== null && isSwitched(resource.type) ? 'inPlace' : 'on-task', forMs: since(onTaskAt), at: null }
  if (state === 'released') return { key: consumedMs === null ? 'releasedOnly' : 'released', forMs: consumedMs, at: null }
  return { key: state, forMs: null, at: null }
}

/** Those who wait for an answer first, then whoever is late, then the others as they were asked. */
export const inOrder = (deployments: readonly DeploymentRow[]): readonly DeploymentRow[] => {
  const rank = (row: DeploymentRow): number => (groupOf(row) === 'live' ? (isAsked(row) ? 0 : row.late ? 1 : 2) : groupOf(row) === 'silent' ? 3 : 4)
  return [...deployments].sort((a, b) => rank(a) - rank(b) || Date.parse(a.requestedAt) - Date.parse(b.requestedAt))
}

/** Minutes that are offered for a time of arrival. */
export const etaMinutes = (row: Pick<DeploymentRow, 'resource'>): readonly number[] => (row.resource === null ? [5, 10, 20, 40] : [30, 60, 120, 240])
