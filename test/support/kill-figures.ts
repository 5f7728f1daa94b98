import type { TimelineRow } from '../../server/contract/rows.ts'

export interface Opened {
  readonly ref: string
  readonly openedAt: number
  /** Somebody acknowledged it. */
  readonly taken: boolean
}

export interface KillFigures {
  readonly kills: number
  readonly incidents: number
  readonly acknowledged: number
  readonly levels: number
  readonly messages: number
  /** Came again under the same id: their sender or Redis was killed before the receipt. */
  readonly again: number
  readonly missed: number
  readonly early: number
  readonly twice: number
  readonly afterAcknowledgement: number
  readonly forged: number
  /** Firing after due, ms. */
  readonly late: { readonly p50: number; readonly p99: number; readonly max: number }
  /** Firing after due, or after the last process that was away then had come back, ms. */
  readonly afterRecovery: { readonly p99: number; readonly max: number }
}

export interface KillEvidence {
  readonly kills: number
  readonly opened: readonly Opened[]
  readonly timelines: ReadonlyMap<string, readonly TimelineRow[]>
  readonly recovered: readonly number[]
  readonly received: readonly { readonly at: number; readonly ref: string; readonly id: string }[]
  readonly forged: number
  /** Of each incident that nobody takes. */
  readonly levels: number
}

/** A message that had been claimed and looked at when the acknowledgement was written may still be on its way for so long. */
const ON_ITS_WAY_MS = 2_000

const quantile = (values: readonly number[], share: number): number => [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))] ?? 0

/** What the records and the receiver say of a run, against what was promised. */
export const killFigures = ({ kills, opened, timelines, recovered, received, forged, levels }: KillEvidence): KillFigures => {
  let [acknowledged, missed, early, twice, afterAcknowledgement] = [0, 0, 0, 0, 0]
  const late: number[] = []
  const afterRecovery: number[] = []
  for (const { ref, taken } of opened) {
    const timeline = timelines.get(ref) ?? []
    const fired = timeline.filter(({ type, data }) => type === 'level-fired' && data['ladder'] === 'ownership')
    const acked = timeline.find(({ type }) => type === 'acknowledged')
    if (acked !== undefined) acknowledged += 1
    if ((!taken && fired.length < levels) || (taken && acked === undefined)) missed += 1
    twice += fired.length - new Set(fired.map(({ data }) => `${String(data['cycle'])}.${String(data['level'])}`)).size
    for (const { data, seq } of fired) {
      const [dueAt, firedAt] = [Date.parse(String(data['dueAt'])), Date.parse(String(data['firedAt']))]
      late.push(firedAt - dueAt)
      afterRecovery.push(firedAt - Math.max(dueAt, ...recovered.filter((at) => at > dueAt && at <= firedAt)))
      if (firedAt < dueAt) early += 1
      if (acked !== undefined && seq > acked.seq) afterAcknowledgement += 1
    }
    if (acked !== undefined) afterAcknowledgement += received.filter((message) => message.ref === ref && message.at > Date.parse(acked.at) + ON_ITS_WAY_MS).length
  }
  const messages = new Set(received.map(({ id }) => id)).size
  return {
    kills,
    incidents: opened.length,
    acknowledged,
    levels: late.length,
    messages,
    again: received.length - messages,
    missed,
    early,
    twice,
    afterAcknowledgement,
    forged,
    late: { p50: quantile(late, 0.5), p99: quantile(late, 0.99), max: Math.max(0, ...late) },
    afterRecovery: { p99: quantile(afterRecovery, 0.99), max: Math.max(0, ...afterRecovery) },
  }
}
