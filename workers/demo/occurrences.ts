import type { CommandInput, IncidentInput } from '../../server/contract/incidents.ts'
import type { DemoScenario } from '../../server/contract/demo.ts'
import { isConfirmed } from '../../server/domain/deployment/deployment.ts'
import { MINUTE, SECOND } from '../../server/domain/time.ts'
import type { Caller, Commands } from '../../server/incidents/handle-command.ts'
import type { Logger } from '../../server/log.ts'

/** What is logged when something happens on the demo floor, how long after, and when its cause is gone. */
interface Occurrence {
  readonly afterMs: number
  readonly overMs: number
  readonly report: IncidentInput
  readonly ending: Extract<CommandInput, { type: 'resolve' }>
}

const monitoring = { type: 'incident', channel: 'monitoring', reporter: 'Floor monitoring (demo)', callerId: 'withheld', callerSafe: null } as const

const occurrences: Partial<Record<DemoScenario, Occurrence>> = {
  'power-cut': {
    afterMs: 40 * SECOND,
    overMs: 30 * MINUTE,
    report: { ...monitoring, title: 'Power cut in the northern network', nature: 'Calls on Power loss have risen from 18 to over 1,000 an hour within a minute. Callers report a loss of power in several streets.', location: 'Northern network area', service: 'Power supply', category: 'operational', impact: 1, urgency: 2, queue: 'power-loss' },
    ending: { type: 'resolve', code: 'restored', text: 'Supply was restored by the network; calls are back to normal.', serviceRestored: true },
  },
  'carrier-silence': {
    afterMs: 5 * MINUTE,
    overMs: 10 * MINUTE,
    report: { ...monitoring, title: 'No calls reach the floor', nature: 'No call has arrived on any voice queue for five minutes; about 20 were expected.', location: 'Carrier trunk, site north', service: 'Telephony', category: 'technology', impact: 1, urgency: 2 },
    ending: { type: 'resolve', code: 'restored', text: 'The carrier took the trunk back into service; calls arrive again.', serviceRestored: true },
  },
  'card-payments-slow': {
    afterMs: 4 * MINUTE,
    overMs: 24 * MINUTE,
    report: { ...monitoring, title: 'Card payments are slow', nature: 'Handle time on Billing is 60 % above normal: people wait for the payment page to answer.', location: 'Payment provider', service: 'Card payments', category: 'technology', impact: 3, urgency: 2, queue: 'billing' },
    ending: { type: 'resolve', code: 'restored', text: 'The payment provider reports normal answer times again.', serviceRestored: true },
  },
  'medical-emergency': {
    afterMs: 0,
    overMs: 45 * MINUTE,
    report: { type: 'incident', channel: 'voice', title: 'Caller is short of breath', nature: 'The caller, alone at home without power, is short of breath and depends on an oxygen concentrator.', location: 'Unknown, asking', service: 'Power supply', reporter: 'Eilidh Munro', callerId: '020 7946 0142', callerSafe: false, category: 'safety', impact: 1, urgency: 1, queue: 'power-loss' },
    ending: { type: 'resolve', code: 'handed-over', text: 'Handed over to the ambulance service, which reached the caller.', serviceRestored: true },
  },
}

const caller: Caller = { credentialId: 'demo', person: { id: 'demo-monitoring', name: 'Floor monitoring (demo)' }, role: 'supervisor' }
/** Until it can be written: under one key it is logged once. */
const AGAIN_MS = 5 * SECOND
/** Nobody took it: it does not stay open for ever. */
const unattended = { type: 'note', text: 'Closed by the demo: its cause is gone.' } as const

export interface Occurrences {
  /** Logs what belongs to the scenario that began at that instant, after its time; nothing when nothing does, or when its cause is gone. May be said again by whoever plays on. */
  readonly begin: (scenario: DemoScenario, at: number) => void
  readonly close: () => Promise<void>
}

export const openOccurrences = ({ site, incidents, now, log }: { readonly site: string; readonly incidents: Pick<Commands, 'create' | 'command'>; readonly now: () => number; readonly log: Logger }): Occurrences => {
  const timers = new Set<NodeJS.Timeout>()
  const running = new Set<Promise<void>>()
  let open = true
  const later = (ms: number, work: () => Promise<void>): void => {
    if (!open) return
    const timer = setTimeout(() => {
      timers.delete(timer)
      const run = work()
        .catch((error: unknown) => log.warn({ site, reason: error instanceof Error ? error.message : String(error) }, 'an incident of the demo could not be written'))
        .finally(() => running.delete(run))
      running.add(run)
    }, ms)
    timers.add(timer)
  }
  const end = async (ref: string, ending: Occurrence['ending']): Promise<void> => {
    // Whoever has taken it ends it; a refusal says that somebody did.
    const taken = await incidents.command(site, ref, { type: 'acknowledge' }, caller)
    if (taken.kind !== 'done') return
    await incidents.command(site, ref, unattended, caller)
    // What a visitor has sent for is released with it, or it would stand open for ever.
    for (const { id } of taken.record.deployments.filter(isConfirmed)) await incidents.command(site, ref, { type: 'release-deployment', deployment: id }, caller)
    await incidents.command(site, ref, ending, caller)
  }
  return {
    begin: (scenario, at) => {
      const occurrence = occurrences[scenario]
      const left = (ms: number): number => Math.max(0, at + ms - now())
      if (!occurrence || left(occurrence.overMs) === 0) return
      const report = async (): Promise<void> => {
        try {
          const result = await incidents.create(site, occurrence.report, caller, `demo-${scenario}-${at}`)
          if (result.kind === 'done') later(left(occurrence.overMs), () => end(result.record.ref, occurrence.ending))
          else log.warn({ site, scenario, kind: result.kind }, 'the demo could not log its incident')
        } catch (error) {
          if (left(occurrence.overMs) > 0) later(AGAIN_MS, report)
          throw error
        }
      }
      later(left(occurrence.afterMs), report)
    },
    close: async () => {
      open = false
      for (const timer of timers) clearTimeout(timer)
      await Promise.all(running)
    },
  }
}
