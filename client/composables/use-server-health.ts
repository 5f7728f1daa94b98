import { onScopeDispose, shallowRef, type ShallowRef } from 'vue'
import type { ServerHealth } from '../format/server-health.ts'

const EVERY_MS = 15_000
const fine: ServerHealth = { state: 'fine', failing: [], since: null }

const failingOf = (body: unknown): readonly string[] => {
  const checks = typeof body === 'object' && body !== null && 'checks' in body && typeof body.checks === 'object' && body.checks !== null ? Object.entries(body.checks) : []
  return checks.filter(([, check]) => typeof check === 'object' && check !== null && 'ok' in check && check.ok === false).map(([name]) => name)
}

/** Asks `/readyz` every 15 s. A server that cannot be reached at all is the feed's news, not this one's. */
export const useServerHealth = (): Readonly<ShallowRef<ServerHealth>> => {
  const health = shallowRef(fine)
  const look = async () => {
    const response = await fetch('/readyz', { cache: 'no-store' }).catch(() => null)
    if (response === null) return
    if (response.ok) { health.value = fine; return }
    const failing = failingOf(await response.json().catch(() => null))
    health.value = { state: 'degraded', failing, since: health.value.since ?? Date.now() }
  }
  void look()
  const timer = setInterval(() => void look(), EVERY_MS)
  onScopeDispose(() => clearInterval(timer))
  return health
}
