import { natureOf } from '../domain/clock/clock-kinds.ts'
import { commitmentsIn } from '../domain/deployment/commitments.ts'
import { isLive } from '../domain/deployment/deployment.ts'
import type { Directory } from '../domain/escalation/directory.ts'
import type { IncidentCommand } from '../domain/incident/commands.ts'
import { decide } from '../domain/incident/decide.ts'
import type { IncidentEvent } from '../domain/incident/events.ts'
import { evolved } from '../domain/incident/evolve.ts'
import { knownSince, type Actor, type IncidentRecord } from '../domain/incident/incident.ts'
import type { IncidentChange } from '../redis/incident-log.ts'
import { changeOf } from './change.ts'
import type { IncidentDeps } from './handle-command.ts'

/** An order that is decided on its own record and not written yet. */
export interface Decided {
  readonly command: IncidentCommand
  readonly before: IncidentRecord
  readonly after: IncidentRecord
  readonly actor: Actor
  readonly directory: Directory
}

/** What a change of one incident makes of another. */
export interface OtherSides {
  /** To be written with it: whoever is cut off has done all of it or nothing. One that is over by now keeps its own course. */
  changes(site: string, decided: Decided): Promise<readonly IncidentChange[]>
  /** The same of an order that its own record has carried out already: an older version may have been cut off between the two. */
  again(site: string, decided: Decided): Promise<void>
  /** Of a successor that came too late: nothing goes on as it. */
  withdraw(site: string, ref: string, reason: string, actor: Actor): Promise<void>
}

interface Side {
  readonly ref: string
  readonly commands: readonly IncidentCommand[]
}

/** Somebody else may change it between reading and writing; each round sees their change. */
const ROUNDS = 100

/** The problem that it named before lets it go, the one that it names takes it in. */
const ofLink = (before: string | null, { ref, problemRef, reportedAt }: IncidentRecord): readonly Side[] => [
  ...(before === null || before === problemRef ? [] : [{ ref: before, commands: [{ type: 'let-go' as const, incident: ref }] }]),
  ...(problemRef === null ? [] : [{ ref: problemRef, commands: [{ type: 'take-in' as const, incident: ref, reportedAt }] }]),
]

/** Whoever is taken from another incident; asked again when they accept, because versions before wrote the two one after the other. */
const ofPreemption = ({ ref, deployments }: IncidentRecord, command: IncidentCommand): readonly Side[] => {
  const asked = command.type === 'deploy' ? deployments.at(-1) : command.type === 'confirm-deployment' ? deployments.find(({ id }) => id === command.deployment) : undefined
  const taken = asked?.preempts ?? null
  return taken === null ? [] : [{ ref: taken.ref, commands: [{ type: 'lose-deployment', deployment: taken.deployment, to: ref }] }]
}

const ofMerge = ({ deployments, clocks, pendingUpdate, help, ...source }: IncidentRecord, { ref, mergedInto, impact, urgency, updates, priority, callerSafe }: IncidentRecord): readonly Side[] =>
  mergedInto === null ? [] : [{ ref: mergedInto, commands: [{ type: 'absorb', from: ref, impact, urgency, priority, callerSafe, deployments: deployments.filter(isLive), updates, clocks: clocks.filter((clock) => natureOf(clock).ofTheLaw && clock.stoppedAt === null), pendingUpdate, help, reportedAt: knownSince(source) }] }]

export const openOtherSides = ({ log, rules, settings, directory: directoryOf }: Pick<IncidentDeps, 'log' | 'rules' | 'settings' | 'directory'>): OtherSides => {
  /** Its problem has the successor in the place of the one before. */
  const ofSuccession = async (site: string, { ref, problemRef, successor, reportedAt }: IncidentRecord): Promise<readonly Side[]> => {
    if (successor === null || problemRef === null) return []
    const { record } = await log.read(site, successor)
    return [{ ref: problemRef, commands: [{ type: 'let-go', incident: ref }, ...(record?.problemRef === problemRef ? [{ type: 'take-in' as const, incident: successor, reportedAt }] : [])] }]
  }
  const sidesOf = async (site: string, { command, before, after }: Pick<Decided, 'command' | 'before' | 'after'>): Promise<readonly Side[]> => {
    switch (command.type) {
      case 'merge':
        return ofMerge(before, after)
      case 'reclassify':
        return ofSuccession(site, after)
      case 'link-problem':
        return ofLink(before.problemRef, after)
      case 'deploy':
      case 'confirm-deployment':
        return ofPreemption(after, command)
      default:
        return []
    }
  }

  const changeOfSide = async (site: string, { ref, commands }: Side, actor: Actor, directory: Directory): Promise<readonly IncidentChange[]> => {
    const { record, now } = await log.read(site, ref)
    if (record === null) return []
    const [by, subscriptions] = await Promise.all([rules.of(site, record), settings.incidentSettings(site)])
    const events = commands.reduce<readonly IncidentEvent[]>((before, command) => {
      const decision = decide(before.length === 0 ? record : evolved(record, before, by), command, { now, receivedAt: now, actor, rules: by, directory })
      return 'refused' in decision ? before : [...before, ...decision.events]
    }, [])
    return events.length === 0 ? [] : [changeOf({ before: record, events, rules: by, subscriptions, contacts: directory.contacts })]
  }

  const changes: OtherSides['changes'] = async (site, { command, before, after, actor, directory }) => {
    const sides = await sidesOf(site, { command, before, after })
    // Whom this one has by then is taken, for whoever of the other side is asked in their place.
    const { commitments } = directory
    const then = commitments === undefined ? directory : { ...directory, commitments: [...commitments.filter(({ ref }) => ref !== after.ref), ...commitmentsIn(after)] }
    return (await Promise.all(sides.map((side) => changeOfSide(site, side, actor, then)))).flat()
  }

  const written = async (site: string, ref: string, asked: () => Promise<readonly IncidentChange[]>): Promise<void> => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const [first, ...others] = await asked()
      if (first === undefined || (await log.apply(site, { ...first, others })).kind === 'ok') return
    }
    throw new Error(`what an order makes of others than ${ref} could not be written: they changed ${ROUNDS} times meanwhile`)
  }

  return {
    changes,
    again: (site, decided) => written(site, decided.after.ref, () => changes(site, decided)),
    withdraw: (site, ref, reason, actor) => written(site, ref, async () => changeOfSide(site, { ref, commands: [{ type: 'cancel', reason, withdrawn: true }] }, actor, await directoryOf(site))),
  }
}
