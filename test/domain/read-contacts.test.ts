import { describe, expect, it } from '@jest/globals'
import type { ContactFigures } from '../../server/domain/contact-figures.ts'
import { createFloor } from '../../server/domain/project-floor.ts'
import { defaultFloorSettings } from '../../server/domain/settings.ts'
import { HOUR, instantOf } from '../../server/domain/time.ts'
import { fact, NINE } from '../support/fact-builders.ts'
import { randomDay } from '../support/random-day.ts'
import { seeded } from '../support/seeded-random.ts'

const everything = { from: instantOf(NINE - 24 * HOUR), to: instantOf(NINE + 24 * HOUR) }
const floorOf = (seed: number) => {
  const floor = createFloor('a', defaultFloorSettings({ id: 'a', name: 'A', timeZone: 'UTC' }, instantOf(0)))
  const promised = [...'abc'].flatMap((id, index) => [fact('contact.queued', NINE + index * 60_000, { contactId: `cb-${id}` }), fact('contact.callback_requested', NINE + index * 60_000 + 30_000, { contactId: `cb-${id}`, dueAt: null, promisedUntil: null }), ...(id === 'c' ? [fact('contact.answered', NINE + 5 * 60_000, { contactId: 'cb-c', agent: 2 })] : [])])
  const answers = [...'de'].flatMap((id) => [fact('contact.queued', NINE, { contactId: `sv-${id}` }), fact('contact.answered', NINE + 9_000, { contactId: `sv-${id}`, agent: 1 }), fact('contact.ended', NINE + 60_000, { contactId: `sv-${id}`, agent: 1 }), fact('survey.received', NINE + 90_000, { contactId: `sv-${id}`, score: 2 })])
  const facts = [...randomDay(seeded(seed), { contacts: 120 }), ...promised, ...answers].sort((one, other) => one.occurredAt - other.occurredAt)
  facts.forEach((one, index) => floor.apply({ kind: 'facts', facts: [one], id: `${one.occurredAt}-${index}`, at: one.occurredAt }))
  return floor
}

describe('contacts that are asked for', () => {
  const floor = floorOf(11)
  const all = floor.contacts(everything)
  const middle = all[Math.floor(all.length / 2)] as ContactFigures
  const cases: readonly (readonly [string, Parameters<typeof floor.contacts>[0], (contact: ContactFigures) => boolean])[] = [
    ['of a range', { from: middle.queuedAt, to: instantOf(middle.queuedAt + HOUR) }, ({ queuedAt }) => queuedAt >= middle.queuedAt && queuedAt < middle.queuedAt + HOUR],
    ['of a queue', { ...everything, queue: 'billing' }, ({ queue }) => queue === 'billing'],
    ['of one contact', { ...everything, contactId: middle.contactId }, ({ contactId }) => contactId === middle.contactId],
    ['of an outcome', { ...everything, outcome: 'abandoned' }, ({ outcome }) => outcome === 'abandoned'],
    ['of an agent', { ...everything, agent: 3 }, ({ agent, agents }) => agent === 3 || agents?.includes(3 as never) === true],
    ['that asked for a callback', { ...everything, having: 'callback' }, ({ callback }) => callback !== null],
    ['that a survey was answered for', { ...everything, having: 'survey' }, ({ surveyAt }) => surveyAt !== null],
    ['of nobody', { ...everything, contactId: 'nobody' }, () => false],
  ]
  it.each(cases)('%s are the same as those picked from all', (name, query, wanted) => {
    const picked = all.filter(wanted)
    if (name !== 'of nobody') expect(picked.length).toBeGreaterThan(0)
    expect(picked.length).toBeLessThan(all.length)
    expect(floor.contacts(query)).toEqual(picked)
  })
})
