import { randomBytes } from 'node:crypto'
import type { Logger } from '../../server/log.ts'
import { CLAIM_SIZE, type IncidentTimers } from '../../server/redis/incident-timers.ts'
import { openAlarm } from './alarm.ts'
import type { Bell } from './bell.ts'
import { fire, type Claim, type FireDeps } from './fire.ts'
import { openHands } from './hands.ts'
import { whileKept } from './keep-claim.ts'
import { openSkew } from './skew.ts'
import type { Wakes } from './wakes.ts'

export interface RingerDeps extends Omit<FireDeps, 'onFired'> {
  readonly timers: Pick<IncidentTimers, 'claim' | 'keep'>
  readonly wakes: Wakes
  /** Opens the bell; claims that come back from it are handed to the ringer. */
  readonly bell: (onClaim: (claim: Claim) => Promise<void>) => Bell
  readonly sites: () => readonly string[]
  readonly log: Logger
  /** How often the sweeper looks, and from when on a row is its own to fire. */
  readonly sweepEveryMs?: number
  /** The clock of this machine; only ever compared with that of Redis. */
  readonly clock?: () => number
  /** The monotonic clock, ms. */
  readonly ticks?: () => number
}

export interface Ringer {
  /** When the sweeper last got an answer about what is due, or fired a timer that it claimed (ms of the monotonic clock), whatever others handed over meanwhile; null: it never did. */
  movedAt(): number | null
  close(): Promise<void>
}

const SWEEP_MS = 2_000
/** Timers that this process works on at once; what falls due beyond them is rung, or lies until there is room: whoever is free takes it, the gravest first. */
const HANDS = 1_000
/** Overdue rows of one site are claimed in so many batches before the others have their turn. */
const BATCHES = 50

/** What was asked of Redis in this turn of the loop has been written by the next. */
const sent = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/**
 * Claims due timers the moment they fall due and fires them, ringing the bell for what is more than its hands hold; the sweeper, a plain loop, takes back what was
 * claimed and not fired, and fires rows that are 2 s overdue by itself: a wedged, full or absent job queue delays nothing.
 */
export const openRinger = (deps: RingerDeps): Ringer => {
  const { timers, wakes, sites, log } = deps
  const sweepEvery = deps.sweepEveryMs ?? SWEEP_MS
  const ticks = deps.ticks ?? (() => performance.now())
  let open = true
  let moved: number | null = null
  const move = (): void => {
    moved = ticks()
  }
  const claiming = new Set<string>()
  const running = new Set<Promise<unknown>>()
  const token = () => randomBytes(9).toString('base64url')

  const keep = <T>(work: Promise<T>): Promise<T> => {
    running.add(work)
    void work.finally(() => running.delete(work)).catch(() => undefined)
    return work
  }
  const hands = openHands(HANDS)
  /** In hand from this moment on. `full`: there is another claim behind it, which is sent off first. */
  const fireHere = (claim: Claim & { readonly full?: boolean }, onFired?: () => void): Promise<void> =>
    keep(
      hands.hold(claim.timers.length, async () => {
        if (claim.full === true) await sent()
        await whileKept(deps, claim, () => fire(onFired === undefined ? deps : { ...deps, onFired }, claim))
      }),
    )
  const overfull = (): boolean => !hands.free(0)
  const bell = deps.bell((claim) => fireHere(claim))
  const skew = openSkew({ log, changed: (off) => bell.take(!off) })
  const clock = deps.clock ?? (() => Date.now())
  const alarm = openAlarm({ wake: (site) => void claimDue(site) })

  const ask = async (site: string, options?: { readonly overdueMs: number }): Promise<Claim & { readonly full: boolean }> => {
    const used = token()
    alarm.asking(site)
    const askedAt = clock()
    const claim = await timers.claim(site, used, options)
    skew.seen(claim.now, askedAt, clock())
    alarm.set(site, claim.lookAgainAt, claim.now)
    return { site, token: used, claimedAt: claim.now, timers: claim.timers, full: claim.timers.length >= CLAIM_SIZE }
  }

  const claimDue = async (site: string): Promise<void> => {
    if (!open || claiming.has(site)) return
    claiming.add(site)
    try {
      let asked: ReturnType<typeof ask> | null = ask(site)
      for (let batch = 0; asked !== null; batch += 1) {
        const claim: Awaited<ReturnType<typeof ask>> = await asked
        if (claim.timers.length === 0) break
        const more: boolean = open && claim.full && batch + 1 < BATCHES
        const lent: boolean = !hands.free(claim.timers.length) && !skew.off() && (await bell.ring(claim))
        if (!lent) void fireHere(claim).catch((error: Error) => log.warn({ site, reason: error.message }, 'a claim was not fired; the sweeper takes it back'))
        // The next claim is on its way before this one is worked on: the last of a burst begins when all before it are claimed, not when they are done.
        // One beyond what the hands hold is claimed for others; what nobody takes is fired here, and the rest lies until there is room.
        if (more && !lent && overfull()) await hands.room(CLAIM_SIZE)
        asked = more && open ? ask(site) : null
      }
    } catch (error) {
      log.warn({ site, reason: error instanceof Error ? error.message : String(error) }, 'due timers could not be claimed; the sweeper looks again')
    } finally {
      claiming.delete(site)
    }
  }

  const sweepSite = async (site: string): Promise<void> => {
    for (let batch = 0; batch < BATCHES && open; batch += 1) {
      const claim = await ask(site, { overdueMs: sweepEvery })
      move()
      if (claim.timers.length === 0) return
      log.warn({ site, timers: claim.timers.length, overdueMs: claim.claimedAt - (claim.timers[0]?.dueAt ?? claim.claimedAt) }, 'overdue timers fired by the sweeper')
      // A batch may take longer than a stuck one is waited for: each of its timers is progress.
      await fireHere(claim, move)
      move()
    }
  }

  let sweeping: Promise<void> | null = null
  const sweep = async (): Promise<void> => {
    const outcomes = await Promise.allSettled(sites().map(sweepSite))
    const failed = outcomes.filter((outcome) => outcome.status === 'rejected')
    if (failed.length === 0) move()
    for (const { reason } of failed) log.warn({ reason: reason instanceof Error ? reason.message : String(reason) }, 'a sweep of due timers failed')
  }
  const sweepNow = (): void => {
    if (sweeping !== null || !open) return
    sweeping = keep(sweep()).finally(() => {
      sweeping = null
    })
  }
  const beat = setInterval(sweepNow, sweepEvery)
  sweepNow()
  for (const site of sites()) void claimDue(site)
  const unhear = wakes.onWake((site, at) => alarm.hear(site, at))
  const unconnect = wakes.onReconnect(sweepNow)

  return {
    movedAt: () => moved,
    close: async () => {
      open = false
      clearInterval(beat)
      unhear()
      unconnect()
      alarm.close()
      await Promise.allSettled([...running])
    },
  }
}
