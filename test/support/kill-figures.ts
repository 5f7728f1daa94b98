import type { TimelineRow } from '../../server/contract/rows.ts'

export interface Opened {
  readonly ref: string
  readonly openedAt: number
  /** Somebody acknowledged it. */
  readonly taken: boolean
}

/** A process that was killed, or ended by itself because another was away, and when it was seen to work again. */
export interface Fault {
  readonly what: string
  /** Nothing can fire meanwhile: workers or Redis. */
  readonly holdsUp: boolean
  readonly from: number
  readonly to: number
}

/** So long nothing of the harness ran: what it notes as coming then may have come at any time in it. */
export interface Stall {
  readonly from: number
  readonly to: number
}

export interface ReceivedMessage {
  /** By the harness. */
  readonly at: number
  readonly ref: string
  readonly id: string
}

/** What became of a delivery, by Redis TIME. */
export interface Sending {
  /** Of its messages. */
  readonly id: string
  /** An acknowledgement ends it. */
  readonly ofLadder: boolean
  /** Each claim by a sender. */
  readonly claimed: readonly number[]
  readonly steps: string
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
  /** Levels that fired, sendings that began, and messages that came more than two seconds after it. */
  readonly afterAcknowledgement: number
  readonly forged: number
  /** Firing after due, ms. */
  readonly late: { readonly p50: number; readonly p99: number; readonly max: number }
  /** The longest time in which a level was due, everything that fires it worked, and it was not fired, ms. */
  readonly afterRecovery: { readonly p99: number; readonly max: number }
  /** How long after the acknowledgement the last message came that was on its way then, ms. */
  readonly onItsWay: { readonly p99: number; readonly max: number }
  /** From the decision of an acknowledgement, which its timeline tells, to its writing, ms; and messages that came more than two seconds after the decision, which may have been claimed before the writing. */
  readonly writing: { readonly p99: number; readonly max: number; readonly messages: number }
  /** Processes that ended by themselves and were started anew. */
  readonly restarts: number
  /** The longest time in which nothing of the harness ran, and how much of it was so, ms. */
  readonly stalled: { readonly max: number; readonly sum: number }
  /** The rows behind each count that ought to be 0, and behind what came late. */
  readonly rows: readonly string[]
}

export interface KillEvidence {
  readonly opened: readonly Opened[]
  readonly timelines: ReadonlyMap<string, readonly TimelineRow[]>
  /** When an acknowledgement was written, by Redis TIME. */
  readonly acknowledged: ReadonlyMap<string, number>
  readonly sendings: ReadonlyMap<string, readonly Sending[]>
  readonly faults: readonly Fault[]
  readonly kills: number
  readonly restarts: number
  readonly stalls: readonly Stall[]
  readonly received: readonly ReceivedMessage[]
  readonly forged: number
  /** Of each incident that nobody takes. */
  readonly levels: number
  /** Orders that were not carried out, in words. */
  readonly unanswered: ReadonlyMap<string, string>
}

/** A message that had been claimed and looked at when the acknowledgement was written may still be on its way for so long. */
const ON_ITS_WAY_MS = 2_000
/** What is promised (INCIDENTS, promise 3). */
export const RECOVERED_WITHIN_MS = 10_000

const quantile = (values: readonly number[], share: number): number => [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))] ?? 0
const clock = (at: number): string => new Date(at).toISOString().slice(11, 23)
/** The longest stretch of `since` to `until` that lies in none of the faults. */
const longestWithout = (faults: readonly Fault[], since: number, until: number): number => {
  let [longest, at] = [0, since]
  for (const { from, to } of faults) {
    if (to <= at || from >= until) continue
    longest = Math.max(longest, from - at)
    at = to
  }
  return Math.max(longest, until - at)
}
const overlap = ({ from, to }: Stall, since: number, until: number): number => Math.max(0, Math.min(to, until) - Math.max(from, since))

/** What the records and the receiver say of a run, against what was promised. */
export const killFigures = ({ kills, opened, timelines, acknowledged: written, sendings, faults, restarts, stalls, received, forged, levels, unanswered }: KillEvidence): KillFigures => {
  let [acknowledged, missed, early, twice, afterAcknowledgement] = [0, 0, 0, 0, 0]
  const late: number[] = []
  const afterRecovery: number[] = []
  const onItsWay: number[] = []
  const writing: number[] = []
  let afterDecision = 0
  const rows: string[] = []
  const held = faults.filter(({ holdsUp }) => holdsUp).sort((a, b) => a.from - b.from)
  const messagesOf = new Map<string, ReceivedMessage[]>()
  for (const message of received) messagesOf.set(message.ref, [...(messagesOf.get(message.ref) ?? []), message])

  const story = (ref: string, since: number, until: number): string => {
    const events = (timelines.get(ref) ?? []).map(({ seq, at, type, data }) => `${seq} ${type} ${clock(Date.parse(at))}${data['level'] === undefined ? '' : ` level ${String(data['level'])} due ${String(data['dueAt']).slice(11, 23)} fired ${String(data['firedAt']).slice(11, 23)}`}`)
    const ack = written.get(ref)
    const near = faults.filter(({ from, to }) => from <= until + 1_000 && to >= since - 30_000).map(({ what, from, to }) => `${what} ${clock(from)}-${clock(to)}`)
    const still = stalls.filter(({ from, to }) => to >= since && from <= until)
    const longest = [...still].sort((a, b) => b.to - b.from - (a.to - a.from)).slice(0, 5).map(({ from, to }) => `${clock(from)}-${clock(to)}`)
    return [
      `  events: ${events.join(' | ')}`,
      `  acknowledgement written: ${ack === undefined ? 'never' : clock(ack)}${unanswered.has(ref) ? `; its order: ${unanswered.get(ref) ?? ''}` : ''}`,
      `  sendings: ${(sendings.get(ref) ?? []).map(({ steps }) => steps).join(' | ')}`,
      `  received: ${(messagesOf.get(ref) ?? []).map(({ at, id }) => `${id} ${clock(at)}`).join(' | ')}`,
      `  faults: ${near.join(' | ')}`,
      `  harness stood still ${still.length} times, longest: ${longest.join(' | ')}`,
    ].join('\n')
  }
  const tell = (what: string, ref: string, since: number, until: number): void => void rows.push(`${what} ${ref}\n${story(ref, since, until)}`)

  for (const { ref, openedAt, taken } of opened) {
    const timeline = timelines.get(ref) ?? []
    const fired = timeline.filter(({ type, data }) => type === 'level-fired' && data['ladder'] === 'ownership')
    const acked = timeline.find(({ type }) => type === 'acknowledged')
    // Its instant in the timeline is that of the reading on which it was decided; what was claimed before it was written is not after it.
    const ackAt = acked === undefined ? null : (written.get(ref) ?? Date.parse(acked.at))
    if (acked !== undefined) acknowledged += 1
    const told = new Set((messagesOf.get(ref) ?? []).map(({ id }) => id)).size
    if (taken ? acked === undefined : Math.min(fired.length, told) < levels) {
      missed += 1
      tell(taken ? 'MISSED an acknowledgement' : `MISSED: of ${levels} levels ${fired.length} fired and ${told} were told`, ref, openedAt, openedAt + 60_000)
    }
    const again = fired.length - new Set(fired.map(({ data }) => `${String(data['cycle'])}.${String(data['level'])}`)).size
    twice += again
    if (again > 0) tell('FIRED TWICE', ref, openedAt, openedAt + 60_000)
    for (const { data, seq } of fired) {
      const [dueAt, firedAt] = [Date.parse(String(data['dueAt'])), Date.parse(String(data['firedAt']))]
      late.push(firedAt - dueAt)
      // A worker fires as it starts, before it is seen to work.
      const since = longestWithout(held, dueAt, firedAt)
      afterRecovery.push(since)
      if (since > RECOVERED_WITHIN_MS) tell(`LATE level ${String(data['level'])} was due for ${since} ms in which everything worked (the harness, over which it reaches Redis, stood still for ${stalls.reduce((sum, stall) => sum + overlap(stall, dueAt, firedAt), 0)} ms since it was due), and fired ${firedAt - dueAt} ms after due`, ref, dueAt, firedAt)
      if (firedAt < dueAt) {
        early += 1
        tell(`EARLY level ${String(data['level'])}`, ref, firedAt, dueAt)
      }
      if (acked !== undefined && seq > acked.seq) {
        afterAcknowledgement += 1
        tell(`FIRED AFTER its acknowledgement: level ${String(data['level'])}`, ref, dueAt, firedAt)
      }
    }
    if (ackAt === null || acked === undefined) continue
    const decidedAt = Date.parse(acked.at)
    writing.push(ackAt - decidedAt)
    afterDecision += (messagesOf.get(ref) ?? []).filter(({ at }) => at > decidedAt + ON_ITS_WAY_MS).length
    for (const { id, ofLadder, claimed } of sendings.get(ref) ?? []) {
      for (const at of claimed) {
        // Its clocks go on after it, and remind its owner.
        if (at <= ackAt || !ofLadder) continue
        afterAcknowledgement += 1
        tell(`SENDING BEGUN AFTER its acknowledgement: ${id}, ${at - ackAt} ms`, ref, ackAt, at)
      }
    }
    for (const { at, id } of messagesOf.get(ref) ?? []) {
      if (at <= ackAt) continue
      // While the harness stood still it could not note what had come.
      const blind = stalls.reduce((sum, stall) => sum + overlap(stall, ackAt, at), 0)
      onItsWay.push(at - ackAt - blind)
      if (at - ackAt - blind > ON_ITS_WAY_MS) afterAcknowledgement += 1
      if (at - ackAt > ON_ITS_WAY_MS) tell(`SENT AFTER its acknowledgement: ${id} came ${at - ackAt} ms after it, for ${blind} ms of which the harness stood still`, ref, ackAt, at)
    }
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
    onItsWay: { p99: quantile(onItsWay, 0.99), max: Math.max(0, ...onItsWay) },
    writing: { p99: quantile(writing, 0.99), max: Math.max(0, ...writing), messages: afterDecision },
    restarts,
    stalled: { max: Math.max(0, ...stalls.map(({ from, to }) => to - from)), sum: stalls.reduce((sum, { from, to }) => sum + to - from, 0) },
    rows,
  }
}
