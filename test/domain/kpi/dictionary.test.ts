import { readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import { EXPLAINED } from '../../../server/domain/fold/explain-metrics.ts'
import { agentDefinitions, definitions } from '../../../server/domain/kpi/definitions.ts'
import { dictionary, formulaOf, type Metric, type MetricName } from '../../../server/domain/kpi/dictionary.ts'
import { createFloor } from '../../../server/domain/project-floor.ts'
import { reportMetrics } from '../../../server/domain/reports/read-figure.ts'
import { fact, entriesOf, NINE, utcSettings } from '../../support/fact-builders.ts'

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
