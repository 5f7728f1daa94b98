import { successorOf } from '../domain/incident/decide-reclassify.ts'
import { decide } from '../domain/incident/decide.ts'
import type { CommandOf, Refused } from '../domain/incident/commands.ts'
import type { IncidentRecord, RecordType } from '../domain/incident/incident.ts'
import type { Situation } from '../domain/incident/situation.ts'
import { DAY } from '../domain/time.ts'
import { changeOf, openingFresh } from './change.ts'
import type { IncidentDeps } from './handle-command.ts'
import { openOtherSides } from './other-sides.ts'
import { sha256 } from './remembered.ts'
import { yearAt } from './year.ts'

/** At the version at which it can be gone on as: whoever withdraws it meanwhile is seen. */
export interface Successor {
  readonly into: string
  readonly version: number
}

/** The record that another goes on as is written first: whatever stops the second step, nothing is lost, and the same order finds it again. */
export interface Succession {
  /** null: the record has changed since it was read. */
  succeed(site: string, record: IncidentRecord, recordType: RecordType, asked: Omit<Situation, 'rules' | 'now'>): Promise<Successor | Refused | null>
  /** Somebody was faster: what can no longer be of another type, or was so ordered on a revision that is none any more, has no successor either. */
  withdraw(site: string, ref: string, command: CommandOf<'reclassify'>, asked: Situation, revision?: string): Promise<void>
}

const ROUNDS = 20

export const openSuccession = ({ log, rules, settings, directory }: Pick<IncidentDeps, 'log' | 'rules' | 'settings' | 'directory'>): Succession => ({
  withdraw: async (site, ref, command, asked, revision) => {
    const { record } = await log.read(site, ref)
    if (record === null || record.successor === command.into) return
    const stale = revision !== undefined && revision !== String(record.revision)
    if (!stale && !('refused' in decide(record, command, asked))) return
    await openOtherSides({ log, rules, settings, directory }).withdraw(site, command.into, command.reason, asked.actor)
  },
  succeed: async (site, record, recordType, asked) => {
    const [current, subscriptions] = await Promise.all([rules.current(site, record.exercise), settings.incidentSettings(site)])
    // No key that somebody reports under is spelled like this.
    const key = `successor:${sha256(record.ref)}`
    const own = await log.nextRef(site, yearAt(asked.receivedAt, current.settings.timeZone))
    let into = await log.claimKey(site, key, own, DAY)
    for (let round = 0; round < ROUNDS; round += 1) {
      const { now, record: there } = await log.read(site, into)
      if (there?.state === 'cancelled') {
        // Nothing goes on as one that was withdrawn, or that somebody ended.
        into = await log.claimKey(site, key, own, DAY, into)
        continue
      }
      if (there !== null && there.type !== recordType) return { code: 'succession_begun', detail: `incident ${record.ref} goes on as ${into} of the type "${there.type}": order that type, then change ${into}` }
      if (there !== null) return { into, version: there.version }
      const opening = successorOf(record, { ref: into, type: recordType }, { ...asked, now, rules: current })
      const change = changeOf({ before: null, events: [opening], rules: current, subscriptions, contacts: asked.directory.contacts })
      const applied = await log.apply(site, { ...change, beside: { ref: record.ref, version: record.version }, ...openingFresh(round, now) })
      if (applied.kind === 'ok') return { into, version: change.after.version }
      if (applied.kind === 'conflict' && (await log.read(site, record.ref)).record?.version !== record.version) return null
    }
    throw new Error(`the successor ${into} of incident ${record.ref} could not be opened`)
  },
})
