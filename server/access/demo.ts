import { demoSite } from '../contract/demo.ts'
import type { Credential, Role } from '../contract/roles.ts'
import { cookieOf, demoRoleCookie } from './cookies.ts'

/** Who looks at the demo floor on this machine without signing in: a role of the visitor's choice that reaches no other site. */

export { demoSite }
export const demoRoles = ['supervisor', 'duty-manager', 'agent', 'stakeholder', 'display'] as const satisfies readonly Role[]

const names: Readonly<Record<(typeof demoRoles)[number], string>> = { supervisor: 'Visitor (supervisor)', 'duty-manager': 'Visitor (duty manager)', agent: 'Visitor (agent)', stakeholder: 'Visitor (stakeholder)', display: 'Wall' }

/** `X-Demo-Role` or the cookie `floorwatch-demo-role`; supervisor when neither names one. */
export const demoCredential = (headers: NodeJS.Dict<string | string[]>): Credential => {
  const wanted = headers['x-demo-role'] ?? cookieOf(headers.cookie, demoRoleCookie)
  const role = demoRoles.find((known) => known === wanted) ?? 'supervisor'
  return { kind: 'demo', id: `demo-${role}`, person: role === 'display' ? null : { id: `demo-${role}`, name: names[role] }, role, sites: [demoSite] }
}
