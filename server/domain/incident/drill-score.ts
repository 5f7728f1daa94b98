import { natureOf } from '../clock/clock-kinds.ts'
import { isoOf, MINUTE, SECOND, type Instant } from '../time.ts'
import type { EventOf, IncidentEvent } from './events.ts'
import type { ClockKind, IncidentRecord, Priority, RecordType } from './incident.ts'

/** How a drill went, by what its log says (R49): the same clocks, levels and messages as in earnest, judged as in earnest. */
export interface DrillPoint {
  readonly what: string
  readonly ok: boolean
  /** What the log says of it. */
  readonly detail: string
}

export const drillParts = ['logging', 'prioritising', 'escalating', 'updating'] as const
export type DrillPart = (typeof drillParts)[number]

export interface DrillScore {
  /** Share of the points of all parts that could be judged; null: nothing could. */
  readonly score: number | null
  readonly parts: Readonly<Record<DrillPart, { readonly score: number | null; readonly points: readonly DrillPoint[] }>>
}

/** What whoever leads the drill would have called it; null: not judged. */
export interface DrillExpectation {
  readonly priority: Priority | null
  readonly category: string | null
  readonly type?: RecordType
  /** So many times as fast as in earnest; absent: in earnest's time. */
  readonly speed?: number
  /** When it was first said; absent: as the report has it. */
  readonly contactAt?: Instant
}

const ofType = <T extends IncidentEvent['type']>(events: readonly IncidentEvent[], type: T): readonly EventOf<T>[] => events.filter((event): event is EventOf<T> => event.type === type)

/** From the caller's contact to the open incident. */
const LOGGED_WITHIN = 2 * MINUTE
/** A wrong judgement is put right within this. */
const RIGHT_WITHIN = 10 * MINUTE
/** The first word to stakeholders after the opening (INCIDENTS 2.10). */
const FIRST_WORD_WITHIN = 5 * MINUTE

/** A person writes no faster in a drill that runs fast. */
const LEAST = 2 * MINUTE
const within = (ms: number, { speed = 1 }: DrillExpectation): number => Math.max(LEAST, ms / speed)

const seconds = (ms: number): string => `${Math.round(ms / SECOND)} s`

const logging = (record: IncidentRecord, expected: DrillExpectation): readonly DrillPoint[] => {
  const took = record.openedAt === null ? null : record.openedAt - (expected.contactAt ?? record.reportedAt)
  const most = within(LOGGED_WITHIN, expected)
  return [
    { what: 'every mandatory field is filled', ok: record.completeness === 1, detail: `${Math.round(record.completeness * 100)} % of them` },
    { what: `open within ${seconds(most)} of the contact`, ok: took !== null && took <= most, detail: took === null ? 'not opened yet' : seconds(took) },
  ]
}

const prioritising = (record: IncidentRecord, events: readonly IncidentEvent[], expected: DrillExpectation): readonly DrillPoint[] => {
  const { priority, category, type } = expected
  const first = [...ofType(events, 'opened'), ...ofType(events, 'drafted')].find(({ record: logged }) => logged.priority !== null)?.record.priority ?? null
  const righted = ofType(events, 'priority-set').find((event) => event.priority === priority)
  const took = righted === undefined || record.openedAt === null ? null : righted.at - record.openedAt
  return [
    ...(type === undefined ? [] : [{ what: `logged as ${type}`, ok: record.type === type, detail: record.type }]),
    ...(priority === null ? [] : [{ what: `judged ${priority}`, ok: record.priority === priority && (first === priority || (took !== null && took <= within(RIGHT_WITHIN, expected))), detail: first === record.priority ? `logged as ${first ?? 'nothing'}` : `logged as ${first ?? 'nothing'}, then ${record.priority ?? 'nothing'}${took === null ? '' : ` after ${seconds(took)}`}` }]),
    ...(category === null ? [] : [{ what: `in category ${category}`, ok: record.category === category, detail: record.category ?? 'none' }]),
  ]
}

const clockPoint = (record: IncidentRecord, kind: ClockKind, what: (name: string) => string): readonly DrillPoint[] =>
  record.clocks.flatMap((clock) => (clock.kind !== kind || clock.state === 'void' ? [] : [{ what: what(clock.name ?? kind), ok: clock.breachedAt === null && (clock.stoppedAt !== null || natureOf(clock).ofWords), detail: clock.breachedAt === null ? clock.state : `late: due ${isoOf(clock.breachedAt)}` }]))

const escalating = (record: IncidentRecord, events: readonly IncidentEvent[]): readonly DrillPoint[] => {
  // Nothing else than an incident has a ladder.
  if (record.type !== 'incident') return []
  const levels = ofType(events, 'level-fired').filter(({ ladder }) => ladder === 'ownership').length
  const empty = events.filter((event) => event.type === 'ladder-unmanned' || (event.type === 'level-skipped' && event.why === 'nobody')).length
  const lost = events.filter(({ type }) => type === 'lease-lost' || type === 'owner-gone').length
  return [
    ...clockPoint(record, 'response', () => 'taken within the response target'),
    { what: 'every level reached somebody', ok: empty === 0, detail: `${levels} told, ${empty} empty` },
    { what: 'whoever took it kept it', ok: lost === 0, detail: lost === 0 ? 'never lost' : `lost ${lost} times` },
  ]
}

const updating = (record: IncidentRecord, events: readonly IncidentEvent[], expected: DrillExpectation): readonly DrillPoint[] => {
  if (record.type !== 'incident') return []
  const most = within(FIRST_WORD_WITHIN, expected)
  const told = ofType(events, 'stakeholders-updated')
  const first = told[0]
  const took = first === undefined || record.openedAt === null ? null : first.at - record.openedAt
  const open = told.filter(({ state }) => state !== 'resolved')
  const unpromised = open.filter(({ nextUpdateAt }) => nextUpdateAt === null).length
  const over = record.state === 'resolved' || record.state === 'closed'
  return [
    { what: `first word to stakeholders within ${seconds(most)}`, ok: took !== null && took <= most, detail: took === null ? 'none' : seconds(took) },
    ...clockPoint(record, 'update', () => 'no update was late'),
    ...clockPoint(record, 'audience', (name) => `no update to ${name} was late`),
    ...(open.length === 0 ? [] : [{ what: 'every update names the next', ok: unpromised === 0, detail: unpromised === 0 ? `${open.length} of ${open.length}` : `${open.length - unpromised} of ${open.length}` }]),
    ...(over ? [{ what: 'a closing message was sent', ok: record.updates.closing, detail: record.updates.closing ? 'sent' : 'owed' }] : []),
  ]
}

const shareOf = (points: readonly DrillPoint[]): number | null => (points.length === 0 ? null : points.filter(({ ok }) => ok).length / points.length)

export const drillScoreOf = (record: IncidentRecord, events: readonly IncidentEvent[], expected: DrillExpectation): DrillScore => {
  const points = { logging: logging(record, expected), prioritising: prioritising(record, events, expected), escalating: escalating(record, events), updating: updating(record, events, expected) }
  const part = (name: DrillPart) => ({ score: shareOf(points[name]), points: points[name] })
  return { score: shareOf(Object.values(points).flat()), parts: { logging: part('logging'), prioritising: part('prioritising'), escalating: part('escalating'), updating: part('updating') } }
}
