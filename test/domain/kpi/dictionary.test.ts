import { readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import { EXPLAINED } from '../../../server/domain/fold/explain-metrics.ts'
import { agentDefinitions, definitions } from '../../../server/domain/kpi/definitions.ts'
import { dictionary, formulaOf, type Metric, type MetricName } from '../../../server/domain/kpi/dictionary.ts'
import { createFloor } from '../../../server/domain/project-floor.ts'
import type { Explanation } from '../../../server/domain/explanation.ts'
import { explainPast } from '../../../server/domain/reports/explain-past.ts'
import { reportMetrics } from '../../../server/domain/reports/read-figure.ts'
import { instantOf, MINUTE } from '../../../server/domain/time.ts'
import { fact, entriesOf, NINE, tickAt, utcSettings } from '../../support/fact-builders.ts'

const all = Object.entries(dictionary) as readonly (readonly [MetricName, Metric])[]
const isNamed = (name: string): name is MetricName => Object.hasOwn(dictionary, name)

describe('the dictionary', () => {
  it('has unit, basis, window, numerator and denominator of every metric; a ratio has both sides', () => {
    for (const [name, { unit, window, numerator, denominator }] of all) {
      expect([name, window !== '', numerator !== '']).toEqual([name, true, true])
      if (unit === 'ratio') expect([name, denominator]).toEqual([name, expect.any(String)])
    }
  })

  it('is what explain says, for every metric that can be explained', () => {
    const floor = createFloor('test', utcSettings())
    for (const entry of entriesOf([fact('contact.queued', NINE)])) floor.apply(entry)
    const names = [...Object.keys(EXPLAINED), 'V1', 'V2', 'V3', 'V4', 'V5', 'V6', 'V7', 'waiting', 'alerting', 'inProgress', 'inAcw', 'queueHealth', 'oldestWaitMs']
    for (const name of names) {
      if (!isNamed(name)) throw new Error(`${name} is explained but stands in no dictionary`)
      const told = floor.explain({ metric: name, queue: 'support', window: 'now' })
      expect([name, told?.formula, told?.basis, told?.denominator === null]).toEqual([name, formulaOf(name), dictionary[name].basis, dictionary[name].denominator === null])
    }
  })

  it('leaves no figure of a queue, of its windows or of a row without an explanation, which has the value that is shown', () => {
    const floor = createFloor('test', utcSettings())
    const call = (contactId: string, at: number) => fact('contact.queued', at, { contactId, subject: `s-${contactId}`, direction: 'in', previousEndAt: contactId === 'c2' ? instantOf(NINE - MINUTE) : null })
    const facts = [
      fact('agent.state', NINE, { queues: ['support'] }),
      call('c1', NINE), fact('contact.answered', NINE + 9_000, { ringMs: 4_000 }), fact('contact.ended', NINE + MINUTE, { holdMs: 5_000, talkMs: 51_000, by: 'agent', resolved: true }), fact('contact.wrapped', NINE + 2 * MINUTE),
      call('c2', NINE + 3 * MINUTE), fact('contact.answered', NINE + 3 * MINUTE + 30_000, { contactId: 'c2' }), fact('survey.sent', NINE + 4 * MINUTE, { contactId: 'c1' }), fact('survey.received', NINE + 4 * MINUTE, { contactId: 'c1', score: 10, scaleMin: 0, scaleMax: 10 }),
      call('c3', NINE + 5 * MINUTE), fact('contact.abandoned', NINE + 5 * MINUTE + 3_000, { contactId: 'c3' }),
      call('c4', NINE + 6 * MINUTE), fact('contact.left_queue', NINE + 7 * MINUTE, { contactId: 'c4' }),
      call('c5', NINE + 8 * MINUTE),
    ]
    for (const entry of entriesOf(facts)) floor.apply(entry)
    floor.apply(tickAt(NINE + 16 * MINUTE))
    const figures = floor.queue('support')
    if (figures === null) throw new Error('no queue')
    const { now, today, ...rest } = figures
    const shown = (value: unknown) => (typeof value === 'number' || value === null ? value : undefined)
    const ages = ['oldestWaitingSince', 'oldestCustomerSince', 'longestRunningSince', 'dayStartedAt', 'from', 'to']
    const check = (block: object, explain: (metric: string) => Explanation | null) => {
      for (const [metric, value] of Object.entries(block)) if (shown(value) !== undefined && !ages.includes(metric)) expect([metric, explain(metric)?.value]).toEqual([metric, value])
    }
    check({ ...rest, ...rest.serviceLevels }, (metric) => floor.explain({ metric, queue: 'support', window: 'today' }))
    check(now, (metric) => floor.explain({ metric, queue: 'support', window: 'now' }))
    check(today, (metric) => floor.explain({ metric, queue: 'support', window: 'today' }))
    expect([floor.explain({ metric: 'longestRunningSince', queue: 'support', window: 'now' }), floor.explain({ metric: 'maxWaitMs', queue: 'support', window: 'today' })]).toMatchObject([{ value: 12.5 * MINUTE, numeratorContacts: [{ contactId: 'c2' }] }, { value: 8 * MINUTE, numeratorContacts: [{ contactId: 'c5' }] }])
    const range = { from: NINE, to: instantOf(NINE + 15 * MINUTE) }
    const [row] = floor.intervals({ ...range, basis: 'outcome', queue: 'support' })
    if (row === undefined) throw new Error('no row')
    check(row, (metric) => explainPast({ metric, queue: 'support', ...range, rows: [row], contacts: floor.contacts(range), settingsOf: () => floor.settings().defaults }))
  })

  it('is what reports and exports say', () => {
    for (const metric of reportMetrics) expect([metric, metric === 'serviceLevel' || metric === 'fcr' || isNamed(metric)]).toEqual([metric, true])
    for (const name of ['asaMs', 'ahtMs', 'abandonRate', 'occupancy', 'utilisation', 'csat', 'nps'] as const) expect(definitions[name]?.text).toContain(formulaOf(name))
    for (const name of ['adherence', 'conformance', 'slotLoad'] as const) expect(agentDefinitions[name]?.text).toContain(formulaOf(name))
  })

  it('stands in docs/metrics.md, line by line', () => {
    const lines = all.map(([name, { variant, basis, window, numerator, denominator, rollUp, note }]) => `| \`${name}\` | ${variant ?? ''} | ${basis} | ${window} | ${numerator} | ${denominator ?? ''} | ${rollUp} | ${note ?? ''} |`)
    const docs = readFileSync('docs/metrics.md', 'utf8').split('## The dictionary')[1]?.split('\n').filter((line) => /^\| `\w+` \|/.test(line))
    expect(docs).toEqual(lines)
  })
})
