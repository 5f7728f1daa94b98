/** Who may do what: one table; a route or view without an entry is refused. */
export const roles = ['admin', 'duty-manager', 'supervisor', 'agent', 'stakeholder', 'display', 'source'] as const
/** Whoever holds `ADMIN_TOKEN` acts as this person: nobody on the floor who could be sent or woken. */
export const ADMINISTRATOR = 'administrator'
export type Role = (typeof roles)[number]

export type Right =
  | 'events:send'
  /** The live floor as it is now: what a wall needs. */
  | 'floor:read'
  /** Rows, files, reports and plans of any time. */
  | 'history:read'
  | 'agents:read'
  | 'contacts:read'
  | 'incidents:read'
  | 'incidents:log'
  | 'incidents:command'
  | 'audit:read'
  | 'notifications:read'
  | 'notifications:manage'
  | 'settings:read'
  | 'settings:write'
  | 'imports:run'
  | 'access:manage'
  | 'status:read'
  | 'metrics:read'

const everyRight: readonly Right[] = ['events:send', 'floor:read', 'history:read', 'agents:read', 'contacts:read', 'incidents:read', 'incidents:log', 'incidents:command', 'audit:read', 'notifications:read', 'notifications:manage', 'settings:read', 'settings:write', 'imports:run', 'access:manage', 'status:read', 'metrics:read']

export const rightsOf: Readonly<Record<Role, readonly Right[]>> = {
  admin: everyRight,
  'duty-manager': ['floor:read', 'history:read', 'agents:read', 'contacts:read', 'incidents:read', 'incidents:log', 'incidents:command', 'audit:read', 'notifications:read', 'notifications:manage', 'status:read'],
  supervisor: ['floor:read', 'history:read', 'agents:read', 'contacts:read', 'incidents:read', 'incidents:log', 'incidents:command', 'notifications:read', 'status:read'],
  agent: ['incidents:log', 'status:read'],
  stakeholder: ['status:read'],
  display: ['floor:read', 'status:read'],
  source: ['events:send'],
}

/** A named set of queues and teams that a credential is limited to; null means all of them. */
export interface Area {
  readonly id: string
  readonly queues: readonly string[] | null
  readonly teams: readonly string[] | null
  /** Of several groups each for itself: an agent has to lie in one of them. */
  readonly parts?: readonly Area[]
}

/** Who asks, after the door; the only thing routes and sockets know of a caller. */
export interface Credential {
  readonly kind: 'admin-token' | 'key' | 'session' | 'demo' | 'screen'
  /** Key id, session id hash or person id: for limits, audit and idempotency, never a secret. */
  readonly id: string
  readonly person: { readonly id: string; readonly name: string } | null
  readonly role: Role
  /** null: every site. */
  readonly sites: readonly string[] | null
  /** Names of groups of the settings; absent or null: the whole site. */
  readonly areas?: readonly string[] | null
  /** What `areas` hold on the site that is asked for; absent or null: all of it. */
  readonly area?: Area | null
  /** A paired wall may read the view of this board and nothing else (RELIABILITY S57). */
  readonly board?: string
}

export const areaOf = ({ area }: Pick<Credential, 'area'>): Area | null => area ?? null
/** Whether something of that queue lies within an area; what has no queue concerns the whole site, every area of it. */
export const concerns = (area: Area | null, queue: string | null): boolean => queue === null || reachesQueue(area, queue)
export const reachesQueue = (area: Area | null, queue: string): boolean => area === null || area.queues === null || area.queues.includes(queue)
/** Whether an agent lies within an area: serves a queue of it and, where it names teams, is in one of them. */
export const inArea = (area: Area | null, agent: { readonly team: string | null; readonly queues: readonly string[] }): boolean => {
  if (area === null) return true
  if (area.parts !== undefined) return area.parts.some((part) => inArea(part, agent))
  return (area.teams === null || (agent.team !== null && area.teams.includes(agent.team))) && (area.queues === null || agent.queues.some((queue) => area.queues?.includes(queue)))
}
/** Roles whose keys and accounts may be limited to areas: an administrator has the whole site, and a source sends for it. */
export const mayHaveAreas = (role: Role): boolean => role !== 'admin' && role !== 'source'

export const may = (credential: Credential, right: Right): boolean => rightsOf[credential.role].includes(right)
export const reaches = (credential: Credential, site: string): boolean => credential.sites === null || credential.sites.includes(site)
