import { absenceOf } from '../../server/domain/breach/absence.ts'
import { breachMetricTable, type BreachFigure } from '../../server/domain/breach/breach-metrics.ts'
import { absenceReading, breachReading, LOOKED_UP_EVERY_MS, lookedUp, minutesApart, type BreachReading } from '../../server/domain/breach/breach-reading.ts'
import { describeBreach } from '../../server/domain/breach/describe-breach.ts'
import type { BreachRule } from '../../server/domain/breach/rule.ts'
import { stepBreach, type BreachState } from '../../server/domain/breach/step-breach.ts'
import type { QueueFigures } from '../../server/domain/queue-figures.ts'
import { instantOf, type Instant } from '../../server/domain/time.ts'
import type { Caller, Commands } from '../../server/incidents/handle-command.ts'
import type { Logger } from '../../server/log.ts'
import type { Breaches, OpenBreach } from '../../server/redis/breaches.ts'
import type { History } from '../../server/redis/history.ts'
import type { KeeperPart } from './keeper.ts'
import { openArrivals, openUsualArrivals } from './usual-arrivals.ts'

/** Raises an incident when a rule of the settings is broken for its time, and says so in it when the cause clears. */
export interface WatchBreachesDependencies {
  readonly breaches: Breaches
  readonly history: Pick<History, 'offeredAt'>
  readonly incidents: Pick<Commands, 'create' | 'command'>
  rules(site: string): Promise<readonly BreachRule[]>
  onSettings(changed: (site: string) => void): () => void
  readonly now: () => Instant
  readonly log: Logger
}

const caller: Caller = { credentialId: 'breach-rules', person: { id: 'system', name: 'Floorwatch' }, role: 'system' }
/** A rule that only time can change is looked at again no later than this: an open queue's wait has no event. */
const LONGEST_SLEEP_MS = 60_000

interface Watched {
  readonly state: BreachState
  readonly ref: string | null
}

export const watchBreaches = ({ breaches, history, incidents, rules: rulesOf, onSettings, now, log }: WatchBreachesDependencies): KeeperPart => async ({ site, replica, holds }) => {
  let rules = await rulesOf(site)
  const watched = new Map<string, Watched>((await breaches.list(site)).map(({ rule, queue, state, ref }) => [keyOf(rule, queue), { state, ref }]))
  const alarms = new Map<string, ReturnType<typeof setTimeout>>()
  /** Looked up on the floor, which costs a look at all of its contacts. */
  const found = new Map<string, { readonly at: Instant; readonly figure: BreachFigure }>()
  let arrivals = openArrivals(replica.floor)
  const usual = openUsualArrivals(history, site)
  let acts: Promise<void> = Promise.resolve()
  let closed = false

  const act = (work: () => Promise<void>): void => {
    acts = acts.then(work).catch((error: unknown) => log.error({ site, reason: error instanceof Error ? error.message : String(error) }, 'a breach could not be acted on; it is tried again at the next change'))
  }
  const raise = async (rule: BreachRule, row: QueueFigures, reading: BreachReading, state: OpenBreach['state']): Promise<void> => {
    if (!holds() || !rule.raise) return breaches.put(site, { rule: rule.id, queue: row.queue, state, ref: null })
    const { title, nature } = describeBreach(rule, row, reading)
    const input = { type: 'incident' as const, title, nature, channel: 'monitoring' as const, location: row.name || row.queue, service: row.name || row.queue, reporter: caller.person.name, callerId: 'withheld', callerSafe: null, ...rule.raise, queue: row.queue }
    const made = await incidents.create(site, input, caller, `${rule.id}/${row.queue}/${state.since}`)
    if (made.kind !== 'done') throw new Error(`rule ${rule.id} could not raise an incident: ${made.kind}`)
    watched.set(keyOf(rule.id, row.queue), { state, ref: made.record.ref })
    if (rule.collapse === true) await incidents.command(site, made.record.ref, { type: 'propose-major', text: `${title}.` }, caller)
    await breaches.put(site, { rule: rule.id, queue: row.queue, state, ref: made.record.ref })
  }
  const settle = async (rule: BreachRule, row: QueueFigures, reading: BreachReading, ref: string | null): Promise<void> => {
    if (!holds()) return
    const { title } = describeBreach(rule, row, reading)
    if (ref !== null) await withdraw(ref, `The cause has cleared. ${title}.`)
    await breaches.drop(site, { rule: rule.id, queue: row.queue })
  }

  /** A proposal that nobody took closes with its cause; one that somebody works on is told, and stays theirs. */
  const withdraw = async (ref: string, text: string): Promise<void> => {
    const record = replica.floor.incident(ref)
    if (record !== null && record.state === 'open' && record.owner === null) {
      const answer = await incidents.command(site, ref, { type: 'cancel', reason: text }, caller)
      if (answer.kind === 'done') return
    }
    await incidents.command(site, ref, { type: 'note', text }, caller)
  }
  const zoneOf = (queue: string): string => {
    const { queues, defaults } = replica.floor.settings()
    return (Object.hasOwn(queues, queue) ? queues[queue] : undefined)?.day.timeZone ?? defaults.day.timeZone
  }
  const readingOf = (rule: BreachRule, row: QueueFigures, at: Instant): BreachReading => {
    if (breachMetricTable[rule.metric].read === null && rule.metric !== 'expectedButAbsent') {
      const key = keyOf(rule.id, row.queue)
      const before = found.get(key)
      const figure = before !== undefined && at - before.at < LOOKED_UP_EVERY_MS ? before.figure : (lookedUp(rule, replica.floor, row.queue, at) ?? { value: null, count: 0 })
      if (before?.figure !== figure) found.set(key, { at, figure })
      return breachReading(rule, row, at, figure)
    }
    if (rule.metric !== 'expectedButAbsent') {
      const minutes = minutesApart(rule)
      const block = minutes === null ? null : replica.floor.rolling(row.queue, minutes)
      return breachReading(rule, block === null ? row : { ...row, now: { ...row.now, ...block } }, at)
    }
    // What is usual comes from the store; until it is known, nothing is raised and nothing cleared.
    if (!usual.knows(at, row.queue)) {
      act(async () => {
        await usual.learn(at, replica.floor.queueIds(), zoneOf)
        if (usual.knows(at, row.queue)) lookAgain(rule, row.queue)
      })
    }
    return absenceReading(absenceOf({ at, forMs: rule.forMs, offeredIn: (minutes) => arrivals.offeredIn(row.queue, at, minutes), expectedFrom: (quarter) => usual.expectedFrom(row.queue, quarter) }))
  }

  const look = (rule: BreachRule, row: QueueFigures): void => {
    const key = keyOf(rule.id, row.queue)
    const before = watched.get(key) ?? { state: { state: 'clear' }, ref: null }
    const at = instantOf(Math.max(replica.floor.asOf, now()))
    const reading = readingOf(rule, row, at)
    const step = stepBreach(rule, before.state, reading, at)
    if (step.state.state === 'clear') watched.delete(key)
    else watched.set(key, { state: step.state, ref: before.ref })
    const { state } = step
    if (step.effect === 'opened' && state.state === 'open') act(() => raise(rule, row, reading, state))
    if (step.effect === 'cleared') act(() => settle(rule, row, reading, before.ref))
    wake(key, rule, row.queue, step.lookAgainAt === null ? null : step.lookAgainAt - at)
  }
  const lookAgain = (rule: BreachRule, queue: string): void => {
    const row = replica.floor.queue(queue)
    if (row && !closed && rules.includes(rule)) look(rule, row)
  }
  const wake = (key: string, rule: BreachRule, queue: string, afterMs: number | null): void => {
    clearTimeout(alarms.get(key))
    alarms.delete(key)
    if (afterMs === null || closed) return
    alarms.set(key, setTimeout(() => lookAgain(rule, queue), Math.min(Math.max(afterMs, 0), LONGEST_SLEEP_MS)))
  }
  const lookAt = (queues: readonly string[]): void => {
    if (closed) return
    for (const queue of queues) {
      const applying = rules.filter((rule) => rule.queue === '*' || rule.queue === queue)
      const row = applying.length === 0 ? null : replica.floor.queue(queue)
      if (row) for (const rule of applying) look(rule, row)
    }
  }
  const lookAtAll = (): void => lookAt(replica.floor.queueIds())

  const ends = [
    replica.onChange((changes, _revision, _entry, entries) => {
      arrivals.take(entries)
      lookAt(changes.queues)
    }),
    replica.onReload(() => {
      arrivals = openArrivals(replica.floor)
      lookAtAll()
    }),
    onSettings((changed) => {
      if (changed !== site) return
      act(async () => {
        rules = await rulesOf(site)
        lookAtAll()
      })
    }),
  ]
  lookAtAll()

  return {
    close: async () => {
      closed = true
      for (const end of ends) end()
      for (const alarm of alarms.values()) clearTimeout(alarm)
      await acts
    },
  }
}

const keyOf = (rule: string, queue: string): string => JSON.stringify([rule, queue])
