import { parseCommand } from '../contract/incidents.ts'
import { namingOnly } from '../contract/named-records.ts'
import type { Refusal } from '../contract/problems.ts'
import { areaOf, type Credential } from '../contract/roles.ts'
import type { Incident } from '../contract/rows.ts'
import type { Revision } from '../redis/epoch.ts'
import type { Incidents } from './incidents.ts'
import { callerOf } from './common-routes.ts'

export type SocketCommandAnswer = { readonly ok: true; readonly incident: Incident } | { readonly ok: false; readonly refusal: Refusal }

const refused = (code: string, detail: string): SocketCommandAnswer => ({ ok: false, refusal: { code, detail, state: null, revision: null, allowed: [] } })

/** A command that came over a socket: answered like the HTTP route, refusals being values. */
export const socketCommand =
  ({ incidents, acknowledged }: { readonly incidents: Incidents; readonly acknowledged: (site: string, revision: Revision) => void }) =>
  async (site: string, ref: string, command: Readonly<Record<string, unknown>>, credential: Credential, idempotencyKey: string | null): Promise<SocketCommandAnswer> => {
    const parsed = parseCommand(command)
    if (!parsed.ok) return refused('fields_invalid', parsed.faults.map(({ path, detail }) => `${path} ${detail}`).join('; '))
    const result = await incidents.command(site, ref, parsed.command, callerOf(credential), idempotencyKey ?? undefined)
    if (result.kind === 'unknown-incident') return refused('not_found', `incident "${ref}" does not exist`)
    if (result.kind === 'key-reused') return refused('idempotency_key_reused', 'this idempotencyKey was used for another request within the last 24 hours')
    if (result.kind === 'refused') return { ok: false, refusal: result.refusal }
    if (result.revision !== null) acknowledged(site, result.revision)
    const [incident] = await incidents.rows(site, [result.record], result.asOf)
    return incident === undefined ? refused('not_found', `incident "${ref}" does not exist`) : { ok: true, incident: namingOnly(areaOf(credential), incident) }
  }
