import { numbersInWords, type QueuesByRef } from '../contract/named-records.ts'
import { auditOf, confirmed, isWrongNow, type AuditFinding, type AuditReading } from '../domain/escalation/audit.ts'
import type { Instant } from '../domain/time.ts'
import type { Logger } from '../log.ts'

export interface AuditState {
  /** When the site was last looked at, by Redis TIME; null: not yet. */
  readonly at: Instant | null
  readonly findings: readonly AuditFinding[]
  /** Queues of the incidents that these name. */
  readonly queues: QueuesByRef
}

export interface AuditorDeps {
  readonly read: (site: string) => Promise<AuditReading>
  /** Queues of incidents that are over: a finding may still name them. Absent: nobody is told who is limited to an area. */
  readonly queuesOf?: (site: string, refs: readonly string[]) => Promise<QueuesByRef>
  readonly sites: () => readonly string[]
  /** What changed: findings that came or went. */
  readonly told: (site: string, state: AuditState) => void
  /** A look at all sites was finished and every site is well: the outside may hear of it. */
  readonly well?: (site: string) => void
  readonly log: Logger
  /** null: looked at by hand alone. */
  readonly everyMs?: number | null
}

export interface Auditor {
  state(site: string): AuditState
  /** When the last round over all sites ended (ms of the monotonic clock). */
  lastRoundAt(): number
  look(): Promise<void>
  close(): void
}

/** Twice within half a minute: what stands in two looks is found within 30 s (INCIDENTS promise 6 says 60 s). */
const EVERY_MS = 15_000

/** What a finding tells of incidents stands in its key and its words. */
export const refsIn = ({ about, detail }: AuditFinding): readonly string[] => numbersInWords(`${about} ${detail}`)

/** Looks at every site again and again, and believes what it saw twice. It repairs nothing: what it finds, others must see. */
export const openAuditor = ({ read, queuesOf = async () => new Map(), sites, told, well, log, everyMs = EVERY_MS }: AuditorDeps): Auditor => {
  const states = new Map<string, AuditState>()
  const seen = new Map<string, readonly AuditFinding[]>()
  let ended = performance.now()
  let running: Promise<void> | null = null

  const queuesNamed = async (site: string, { incidents }: AuditReading, findings: readonly AuditFinding[]): Promise<QueuesByRef> => {
    const named = new Set(findings.flatMap(refsIn))
    const active = incidents.flatMap(({ record: { ref, queue } }) => (named.delete(ref) ? [[ref, queue] as const] : []))
    return named.size === 0 ? new Map(active) : new Map([...active, ...(await queuesOf(site, [...named]))])
  }

  const lookAt = async (site: string): Promise<void> => {
    const reading = await read(site)
    const found = auditOf(reading)
    const findings = confirmed(seen.get(site) ?? [], found)
    seen.set(site, found)
    const before = states.get(site)?.findings ?? []
    const state = { at: reading.now, findings, queues: await queuesNamed(site, reading, findings) }
    states.set(site, state)
    if (JSON.stringify(before) !== JSON.stringify(findings)) {
      for (const { check, about, detail } of findings) if (!before.some((old) => old.check === check && old.about === about)) log.error({ site, check, about, detail }, 'the auditor found a fault in the escalations')
      told(site, state)
    }
    if (!findings.some(isWrongNow) && !found.some(isWrongNow)) well?.(site)
  }

  const round = async (): Promise<void> => {
    const outcomes = await Promise.allSettled(sites().map(lookAt))
    for (const outcome of outcomes) if (outcome.status === 'rejected') log.warn({ reason: outcome.reason instanceof Error ? outcome.reason.message : String(outcome.reason) }, 'a site could not be audited')
    if (outcomes.every(({ status }) => status === 'fulfilled')) ended = performance.now()
  }
  const look = (): Promise<void> => {
    running ??= round().finally(() => {
      running = null
    })
    return running
  }
  const beat = everyMs === null ? null : setInterval(() => void look(), everyMs).unref()

  return {
    state: (site) => states.get(site) ?? { at: null, findings: [], queues: new Map() },
    lastRoundAt: () => ended,
    look,
    close: () => {
      if (beat !== null) clearInterval(beat)
    },
  }
}
