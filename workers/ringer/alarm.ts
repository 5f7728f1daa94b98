import type { Instant } from '../../server/domain/time.ts'

/** Sleeps until the next due instant of any site; woken sooner by news. Instants are Redis TIME, only distances are measured here. */
export interface Alarm {
  /** A question about what is due is about to be asked: what is heard from now on may be missing in its answer. */
  asking(site: string): void
  /** Something may happen at `at`, seen when Redis TIME was `now`; null: nothing is pending on this site. */
  set(site: string, at: Instant | null, now: Instant): void
  /** A change was written: due at `at`, perhaps now. */
  hear(site: string, at: Instant): void
  close(): void
}

/** A timer of Node fires up to a millisecond early by Redis TIME; then the claim finds nothing and looks again. */
const LONGEST_SLEEP_MS = 2 ** 30

export const openAlarm = ({ wake, ticks = () => performance.now() }: { readonly wake: (site: string) => void; readonly ticks?: () => number }): Alarm => {
  const due = new Map<string, number>()
  const heard = new Map<string, number>()
  /** Redis TIME minus our ticks, as last seen; only differences of it are used. */
  let offset: number | null = null
  let timer: NodeJS.Timeout | null = null
  let timerAt = Number.POSITIVE_INFINITY
  let open = true

  const arm = () => {
    if (!open) return
    const next = Math.min(...due.values())
    if (next === timerAt && timer !== null) return
    if (timer !== null) clearTimeout(timer)
    timer = null
    timerAt = next
    if (next === Number.POSITIVE_INFINITY) return
    timer = setTimeout(ring, Math.min(Math.max(0, Math.ceil(next - ticks())), LONGEST_SLEEP_MS))
  }
  const ring = () => {
    timer = null
    const now = ticks()
    const sites = [...due].filter(([, at]) => at <= now + 0.5).map(([site]) => site)
    for (const site of sites) due.delete(site)
    arm()
    for (const site of sites) wake(site)
  }

  return {
    asking: (site) => void heard.delete(site),
    set: (site, at, now) => {
      offset = now - ticks()
      const next = Math.min(at === null ? Number.POSITIVE_INFINITY : at - offset, heard.get(site) ?? Number.POSITIVE_INFINITY)
      if (next === Number.POSITIVE_INFINITY) due.delete(site)
      else due.set(site, next)
      arm()
    },
    hear: (site, at) => {
      const mine = offset === null ? ticks() : at - offset
      heard.set(site, Math.min(mine, heard.get(site) ?? Number.POSITIVE_INFINITY))
      if (mine >= (due.get(site) ?? Number.POSITIVE_INFINITY)) return
      due.set(site, mine)
      arm()
    },
    close: () => {
      open = false
      if (timer !== null) clearTimeout(timer)
    },
  }
}
