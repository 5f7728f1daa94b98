import type { IncidentRecord } from '../../server/domain/incident/incident.ts'
import { proposedMajors, proposedProblems, RECURRENCE_MS, recurrences, type ProposedProblem } from '../../server/domain/incident/recurrence.ts'
import type { Instant } from '../../server/domain/time.ts'
import type { Caller, Commands } from '../../server/incidents/handle-command.ts'
import type { Logger } from '../../server/log.ts'
import type { IncidentLists } from '../../server/redis/incident-lists.ts'
import { refScore } from '../../server/redis/incident-log.ts'
import type { KeeperPart } from './keeper.ts'

/** Sees what comes again: proposes problems and major incidents, and opens a problem again whose fix did not hold. */
export interface WatchRecurrenceDependencies {
  readonly lists: Pick<IncidentLists, 'newest'>
  readonly incidents: Pick<Commands, 'create' | 'command'>
  readonly now: () => Instant
  readonly log: Logger
}

const caller: Caller = { credentialId: 'recurrence', person: { id: 'system', name: 'Floorwatch' }, role: 'system' }
const BATCH = 200
/** Of a flood the newest are looked at. */
const MOST = 2_000

export const watchRecurrence = ({ lists, incidents, now, log }: WatchRecurrenceDependencies): KeeperPart => async ({ site, replica, holds }) => {
  const known = new Map<string, IncidentRecord>()
  /** What was ordered already, so that a refusal is not asked for again at every change. */
  const ordered = new Set<string>()
  let acts: Promise<void> = Promise.resolve()
  let closed = false

  const learn = async (): Promise<void> => {
    let below: number | null = null
    for (;;) {
      const batch: readonly IncidentRecord[] = await lists.newest(site, { below, count: BATCH, activeOnly: false })
      for (const record of batch) known.set(record.ref, record)
      const last = batch.at(-1)
      if (last === undefined || batch.length < BATCH || known.size >= MOST || last.reportedAt < now() - RECURRENCE_MS) return
      below = refScore(last.ref)
    }
  }
  const once = async (key: string, order: () => Promise<unknown>): Promise<void> => {
    if (ordered.has(key) || !holds() || closed) return
    ordered.add(key)
    try {
      await order()
    } catch (error) {
      ordered.delete(key)
      throw error
    }
  }
  const propose = async ({ category, service, impact, incidents: refs }: ProposedProblem): Promise<void> => {
    // Who may read it may not read each of them: the numbers are links, not words.
    const nature = `${refs.length} of one category and service within seven days; they are linked to this record.`
    const report = { type: 'problem' as const, title: `${service}: the same ${refs.length} times in 7 days`, nature, channel: 'monitoring' as const, location: service, service, reporter: caller.person.name, callerId: 'withheld', callerSafe: null, category, impact, urgency: 4 as const }
    const made = await incidents.create(site, report, caller, `problem/${refs.join('/')}`)
    if (made.kind !== 'done') return
    for (const ref of refs) await incidents.command(site, ref, { type: 'link-problem', problem: made.record.ref }, caller)
  }
  const look = async (): Promise<void> => {
    const at = now()
    for (const [ref, record] of known) if (record.type !== 'problem' && record.reportedAt < at - RECURRENCE_MS) known.delete(ref)
    const records = [...known.values()]
    for (const { ref, incidents: refs } of proposedMajors(records, at)) await once(`major ${ref}`, () => incidents.command(site, ref, { type: 'propose-major', text: `${refs.length} incidents on one service within 15 minutes.` }, caller))
    for (const { incident, problem } of recurrences(records)) await once(`again ${incident} ${problem}`, () => incidents.command(site, incident, { type: 'link-problem', problem }, caller))
    for (const proposal of proposedProblems(records, at)) await once(`problem ${proposal.incidents.join(' ')}`, () => propose(proposal))
  }
  const act = (work: () => Promise<void>): void => {
    acts = acts.then(work).catch((error: unknown) => log.error({ site, reason: error instanceof Error ? error.message : String(error) }, 'recurrence could not be looked at; it is tried again at the next incident'))
  }
  const seen = (refs: readonly string[]): void => {
    let worthLooking = false
    for (const ref of refs) {
      const record = replica.floor.incident(ref)
      if (record === null) continue
      const before = known.get(ref)
      known.set(ref, record)
      worthLooking ||= before === undefined || before.category !== record.category || before.service !== record.service || before.state === 'draft' || (record.type === 'problem' && before.state !== record.state)
    }
    if (worthLooking && !closed) act(look)
  }

  await learn()
  act(look)
  const ends = [replica.onChange(({ incidents: refs }) => seen(refs)), replica.onReload(() => seen(replica.floor.incidents().map(({ ref }) => ref)))]
  return {
    close: async () => {
      closed = true
      for (const end of ends) end()
      await acts
    },
  }
}
