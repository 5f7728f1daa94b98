import type { Cidrs } from '../server/contract/outbound.ts'
import type { Logger } from '../server/log.ts'
import { outboundRequest } from './channels/outbound-request.ts'

export interface HeartbeatDeps {
  readonly settings: (site: string) => Promise<{ readonly url?: string | undefined; readonly everyMs: number }>
  readonly allow: Cidrs
  readonly log: Logger
  readonly ticks?: () => number
}

const TIMEOUT_MS = 10_000

/** Says to somebody outside that all is well. Silence is the alarm: it is not said while the auditor finds anything, nor when this process is gone. */
export const openHeartbeat = ({ settings, allow, log, ticks = () => performance.now() }: HeartbeatDeps): ((site: string) => Promise<void>) => {
  const beaten = new Map<string, number>()
  return async (site) => {
    const { url, everyMs } = await settings(site)
    if (url === undefined || ticks() - (beaten.get(site) ?? Number.NEGATIVE_INFINITY) < everyMs) return
    beaten.set(site, ticks())
    const answer = await outboundRequest({ url, headers: { 'content-type': 'application/json' }, body: JSON.stringify({ site, state: 'well' }), timeoutMs: TIMEOUT_MS, allow })
    if (answer.kind !== 'answered' || answer.status >= 400) log.warn({ site, detail: answer.kind === 'answered' ? `status ${answer.status}` : answer.detail }, 'the outside heartbeat was not taken')
  }
}
