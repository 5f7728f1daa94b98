import { expect, it } from '@jest/globals'
import { calendarOf } from '../../../server/domain/clock/calendar.ts'
import type { Fact } from '../../../server/domain/platform-events.ts'
import { createFloor } from '../../../server/domain/project-floor.ts'
import { isOpenConversation, openSince, writtenTargets } from '../../../server/domain/reports/written-targets.ts'
import { responseTargetsOf, type ResponseSettings } from '../../../server/domain/settings.ts'
import { DAY, HOUR, instantOf, MINUTE } from '../../../server/domain/time.ts'
import { entriesOf, fact, NINE, tickAt, utcSettings } from '../../support/fact-builders.ts'

const of = (contactId: string) => ({ contactId, channel: 'email' as const })
const writes = (contactId: string, from: 'customer' | 'person', afterMs: number) => fact('contact.message', NINE + afterMs, { ...of(contactId), from, agent: from === 'person' ? 7 : null })
const began = (contactId: string, afterMs = 0) => [fact('contact.queued', NINE + afterMs, of(contactId)), writes(contactId, 'customer', afterMs), fact('contact.answered', NINE + afterMs + MINUTE, of(contactId)), writes(contactId, 'person', afterMs + MINUTE)]
const asked = (facts: readonly Fact[], afterMs: number, responses: ResponseSettings, range = { from: NINE, to: instantOf(NINE + DAY) }) => {
  const settings = utcSettings({ channel: 'email', target: { percent: 0.8, withinMs: HOUR, variant: 'V3' }, responses })
  const floor = createFloor('test', settings)
  for (const entry of entriesOf([...facts].sort((a, b) => a.occurredAt - b.occurredAt))) floor.apply(entry)
  floor.apply(tickAt(NINE + afterMs))
  const open = floor.contacts({ from: openSince(floor.asOf), to: range.to }).filter(isOpenConversation)
  return writtenTargets({ rows: floor.intervals({ ...range, basis: 'outcome' }), open, targets: responseTargetsOf(settings.defaults), hours: calendarOf({ alwaysOpen: true, timeZone: 'UTC', week: {}, holidays: [], openings: [] }), ...range, asOf: floor.asOf })
}
const ended = (contactId: string, afterMs: number) => fact('contact.ended', NINE + afterMs, { ...of(contactId), agent: 7 })
const resolutionMs = 4 * HOUR

it('a resolution is met, late or at risk by a target of its own; what is open past it is a miss now', () => {
  const facts = [...began('met'), ended('met', 2 * HOUR), ...began('slow'), ended('slow', 5 * HOUR), ...began('late'), ...began('risk', 2.5 * HOUR), ...began('fresh', 5 * HOUR)]
  const { resolution } = asked(facts, 6 * HOUR, { resolutionMs })
  expect(resolution).toMatchObject({ n: 2, open: 3, pastTarget: 1, met: 1 / 3, atRisk: 1 })
  expect(Math.round((resolution.medianMs ?? 0) / HOUR)).toBe(2)
  // Exactly at the target it is not late, and exactly three quarters of it are no risk yet.
  expect(asked(began('a'), 4 * HOUR, { resolutionMs }).resolution).toMatchObject({ pastTarget: 0, atRisk: 1 })
  expect(asked(began('a'), 3 * HOUR, { resolutionMs }).resolution).toMatchObject({ pastTarget: 0, atRisk: 0 })
})

it('is missed in the range in which it was due, and opened again it is neither met nor late yet', () => {
  const before = { from: instantOf(NINE - DAY), to: NINE }
  expect(asked(began('a', -6 * HOUR), MINUTE, { resolutionMs }, before).resolution).toMatchObject({ open: 1, pastTarget: 1 })
  expect(asked(began('a', -6 * HOUR), MINUTE, { resolutionMs }).resolution).toMatchObject({ open: 1, pastTarget: 0, met: null })
  const again = [...began('a'), ended('a', HOUR), fact('contact.reopened', NINE + 10 * HOUR, of('a'))]
  expect(asked(again, 11 * HOUR, { resolutionMs }).resolution).toMatchObject({ n: 0, open: 1, pastTarget: 0, met: null, atRisk: 0 })
  expect(asked(again, 14 * HOUR, { resolutionMs }).resolution).toMatchObject({ pastTarget: 1, met: 0 })
})

it('without a target nothing is judged; times are told all the same', () => {
  expect(asked([...began('a'), ended('a', HOUR), ...began('b')], 9 * HOUR, {}).resolution).toMatchObject({ n: 1, open: 1, pastTarget: 0, met: null, atRisk: 0, p90Ms: expect.any(Number) })
})

it('targets are independent: later answers in time do not hide a resolution that is late, nor the other way round', () => {
  const talk = [...began('a'), writes('a', 'customer', HOUR), writes('a', 'person', HOUR + 10 * MINUTE), writes('a', 'customer', 5 * HOUR)]
  expect(asked(talk, 5 * HOUR + 25 * MINUTE, { nextMs: 30 * MINUTE, resolutionMs })).toMatchObject({ next: { n: 1, open: 1, pastTarget: 0, met: 1, atRisk: 1 }, resolution: { open: 1, pastTarget: 1, met: 0 } })
  expect(asked(talk, 6 * HOUR, { nextMs: 30 * MINUTE, resolutionMs: 9 * HOUR })).toMatchObject({ next: { pastTarget: 1, met: 0.5 }, resolution: { pastTarget: 0, met: null } })
})
