import { parseCommand } from '../contract/incidents.ts'
import type { Refusal } from '../contract/problems.ts'
import type { Incidents } from '../incidents/incidents.ts'
import { callerOf } from '../incidents/routes.ts'
import { entryOfRevision } from '../redis/epoch.ts'
import type { Acknowledged } from './read-your-writes.ts'
import type { ViewerDeps } from './viewer.ts'

const refused = (code: string, detail: string, state: string | null = null): { readonly ok: false; readonly refusal: Refusal } => ({ ok: false, refusal: { code, detail, state, revision: null, allowed: [] } })

/** The socket's `command`, decided by the same code as the HTTP route and answered in the same words. */
export const commandPort =
  ({ incidents, acknowledged }: { readonly incidents: Pick<Incidents, 'command' | 'rows'>; readonly acknowledged: Acknowledged }): ViewerDeps['command'] =>
  async (site, ref, order, credential, idempotencyKey) => {
    if (!/^INC-\d{4}-\d{6,9}$/.test(ref)) return refused('not_found', `incident "${ref}" does not exist`)
    if (idempotencyKey !== null && !/^[\x21-\x7e]{1,200}$/.test(idempotencyKey)) return refused('idempotency_key_invalid', 'idempotencyKey must be 1 to 200 printable ASCII characters without spaces')
    const parsed = parseCommand(order)
    if (!parsed.ok) return refused('fields_invalid', parsed.faults.map(({ path, detail }) => `${path === '' ? 'the command' : path} ${detail}`).join('; '))
    const result = await incidents.command(site, ref, parsed.command, callerOf(credential), idempotencyKey ?? undefined)
    switch (result.kind) {
      case 'unknown-incident':
        return refused('not_found', `incident "${ref}" does not exist`)
      case 'key-reused':
        return refused('idempotency_key_reused', 'this idempotencyKey was used for another request within the last 24 hours')
      case 'refused':
        return { ok: false, refusal: result.refusal }
      case 'done': {
        if (result.revision !== null) acknowledged.note(site, entryOfRevision(result.revision))
        const [incident] = await incidents.rows(site, [result.record], result.asOf)
        return incident === undefined ? refused('not_found', `incident "${ref}" does not exist`) : { ok: true, incident }
      }
      default:
        return result satisfies never
    }
  }
