import type { IncidentSettings } from '../../server/domain/incident-settings.ts'
import { decideTimer } from '../../server/domain/incident/decide-timer.ts'
import type { Directory } from '../../server/domain/escalation/directory.ts'
import type { Instant } from '../../server/domain/time.ts'
import { changeOf } from '../../server/incidents/change.ts'
import type { IncidentLog } from '../../server/redis/incident-log.ts'
import type { IncidentRules } from '../../server/redis/incident-rules.ts'
import { refOfTimer, type ClaimedTimer } from '../../server/redis/incident-timers.ts'
import { isUnavailable } from '../../server/redis/unavailable.ts'

export interface Claim {
  readonly site: string
  readonly token: string
  /** Redis TIME of the claim: the instant at which its timers fire. */
  readonly claimedAt: Instant
  readonly timers: readonly ClaimedTimer[]
}

export interface FireDeps {
  readonly incidentLog: IncidentLog
  readonly rules: IncidentRules
  readonly settings: { incidentSettings(site: string): Promise<IncidentSettings> }
  directory(site: string): Promise<Directory>
  /** One of a claim's timers is done with: the claim moves. */
  readonly onFired?: () => void
}

/** What became of one claimed timer. */
export type Fired = 'fired' | 'nothing-to-do' | 'fenced'

const ROUNDS = 20
/** A Redis that was slow once is asked again while the claim is held: given back, an urgent timer would be fired after routine ones. */
const AWAY_TRIES = 3

/** Who there is and who wants to be told: the same for all timers of a claim. */
const gathered = async ({ directory, settings }: FireDeps, site: string) => {
  const [people, subscriptions] = await Promise.all([directory(site), settings.incidentSettings(site)])
  return { directory: people, subscriptions }
}
type Gathered = Awaited<ReturnType<typeof gathered>>

/**
 * Fires one claimed timer: event, outbox and next timer in one script, only while id and token are in flight and the
 * generation matches. Firing again after a crash, or by a second worker, is refused by that fence.
 */
const fireOnce = async (deps: FireDeps, claim: Claim, timer: ClaimedTimer, first: Gathered): Promise<Fired> => {
  const { incidentLog, rules } = deps
  const { site, token, claimedAt } = claim
  let { directory, subscriptions } = first
  for (let round = 0; round < ROUNDS; round += 1) {
    const known = round === 0 ? timer.incident?.() : undefined
    const { record, now } = known === undefined ? await incidentLog.read(site, refOfTimer(timer.id)) : { record: known, now: claimedAt }
    if (record === null) return 'nothing-to-do'
    const by = await rules.of(site, record)
    const events = decideTimer(record, timer, { now, firedAt: claimedAt, rules: by, directory })
    const change = changeOf({ before: record, events, rules: by, subscriptions, contacts: directory.contacts, firing: timer.id })
    const applied = await incidentLog.apply(site, { ...change, fired: { id: timer.id, token } })
    if (applied.kind === 'ok') return events.length === 0 ? 'nothing-to-do' : 'fired'
    if (applied.kind === 'fenced') return 'fenced'
    ;({ directory, subscriptions } = await gathered(deps, site))
  }
  throw new Error(`timer ${timer.id} of site ${site}: its incident changed ${ROUNDS} times while it was being fired`)
}

/** Asking again is safe: what was carried out after all is fenced. */
const fireOne = async (...asked: Parameters<typeof fireOnce>): Promise<Fired> => {
  for (let tries = 1; ; tries += 1) {
    try {
      return await fireOnce(...asked)
    } catch (error) {
      if (tries >= AWAY_TRIES || !isUnavailable(error)) throw error
    }
  }
}

const firing = async (...asked: Parameters<typeof fireOnce>): Promise<Fired> => {
  const fired = await fireOne(...asked)
  asked[0].onFired?.()
  return fired
}

/** So many incidents are decided in one turn of the loop: about 20 ms; then what came in meanwhile has its turn. */
const SLICE = 50
const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

const inOrder = async <Item, Result>(items: readonly Item[], act: (item: Item) => Promise<Result>): Promise<readonly Result[]> => {
  const results: Result[] = []
  for (const item of items) results.push(await act(item))
  return results
}

/** Timers of one incident fire one after the other, in the order of their due times; those of different incidents together. */
export const fire = async (deps: FireDeps, claim: Claim): Promise<readonly Fired[]> => {
  const byIncident = new Map<string, ClaimedTimer[]>()
  for (const timer of [...claim.timers].sort((a, b) => a.dueAt - b.dueAt)) {
    const known = byIncident.get(refOfTimer(timer.id))
    if (known === undefined) byIncident.set(refOfTimer(timer.id), [timer])
    else known.push(timer)
  }
  const first = await gathered(deps, claim.site)
  const incidents = [...byIncident.values()]
  const slices: Promise<readonly PromiseSettledResult<readonly Fired[]>[]>[] = []
  for (let at = 0; at < incidents.length; at += SLICE) {
    if (at > 0) await nextTurn()
    slices.push(Promise.allSettled(incidents.slice(at, at + SLICE).map((timers) => inOrder(timers, (timer) => firing(deps, claim, timer, first)))))
  }
  // One that failed does not end the work on the others, whose lease is kept until all are done.
  return (await Promise.all(slices)).flat().flatMap((outcome) => {
    if (outcome.status === 'rejected') throw outcome.reason
    return outcome.value
  })
}
