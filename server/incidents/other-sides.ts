import type { Deployment } from '../domain/deployment/deployment.ts'
import type { IncidentCommand } from '../domain/incident/commands.ts'
import { decide } from '../domain/incident/decide.ts'
import type { Actor, IncidentRecord } from '../domain/incident/incident.ts'
import { changeOf } from './change.ts'
import type { IncidentDeps } from './handle-command.ts'

/** What a change of one incident makes of another: written after it, decided on what that one is by then. */
export interface OtherSides {
  /** Of a merge: a target that is over by now keeps its own course; the merged one names it. */
  absorb(site: string, merged: IncidentRecord, deployments: readonly Deployment[], actor: Actor): Promise<void>
  /** Of a pre-emption, once it is written that somebody was taken; asked again when they accept, in case it was cut off. */
  preempt(site: string, record: IncidentRecord, command: IncidentCommand, actor: Actor): Promise<void>
  /** Of a successor: its problem has it in the place of the one before. */
  relink(site: string, ended: IncidentRecord, actor: Actor): Promise<void>
  /** Of a successor that came too late: nothing goes on as it. */
  withdraw(site: string, ref: string, reason: string, actor: Actor): Promise<void>
  /** Of a link: the problem it named before lets it go, the one it names takes it in; ordered again, it is carried out again. */
  link(site: string, command: IncidentCommand, before: string | null, record: IncidentRecord, actor: Actor): Promise<void>
}

/** Somebody else may change it between reading and writing; each round sees their change. */
const ROUNDS = 20

export const openOtherSides = ({ log, rules, settings, directory: directoryOf }: Pick<IncidentDeps, 'log' | 'rules' | 'settings' | 'directory'>): OtherSides => {
  const order = async (site: string, ref: string, command: IncidentCommand, actor: Actor): Promise<void> => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const { record, now } = await log.read(site, ref)
      if (record === null) return
      const [by, directory, subscriptions] = await Promise.all([rules.of(site, record), directoryOf(site), settings.incidentSettings(site)])
      const decision = decide(record, command, { now, receivedAt: now, actor, rules: by, directory })
      if ('refused' in decision || decision.events.length === 0) return
      const applied = await log.apply(site, changeOf({ before: record, events: decision.events, rules: by, subscriptions, contacts: directory.contacts }))
      if (applied.kind === 'ok') return
    }
  }
  return {
    absorb: async (site, { ref, mergedInto, impact, urgency, updates }, deployments, actor) => {
      if (mergedInto !== null) await order(site, mergedInto, { type: 'absorb', from: ref, impact, urgency, deployments, updates }, actor)
    },
    preempt: async (site, { ref, deployments }, command, actor) => {
      const asked = command.type === 'deploy' ? deployments.at(-1) : command.type === 'confirm-deployment' ? deployments.find(({ id }) => id === command.deployment) : undefined
      const taken = asked?.preempts ?? null
      if (taken !== null) await order(site, taken.ref, { type: 'lose-deployment', deployment: taken.deployment, to: ref }, actor)
    },
    withdraw: (site, ref, reason, actor) => order(site, ref, { type: 'cancel', reason }, actor),
    relink: async (site, { ref, problemRef, successor, reportedAt }, actor) => {
      if (successor === null || problemRef === null) return
      await order(site, problemRef, { type: 'let-go', incident: ref }, actor)
      const { record } = await log.read(site, successor)
      if (record?.problemRef === problemRef) await order(site, problemRef, { type: 'take-in', incident: successor, reportedAt }, actor)
    },
    link: async (site, command, before, { ref, problemRef, reportedAt }, actor) => {
      if (command.type !== 'link-problem') return
      if (before !== null && before !== problemRef) await order(site, before, { type: 'let-go', incident: ref }, actor)
      if (problemRef !== null) await order(site, problemRef, { type: 'take-in', incident: ref, reportedAt }, actor)
    },
  }
}
