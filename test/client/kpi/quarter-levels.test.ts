import { readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import { createI18n } from 'vue-i18n'
import { compileMessage } from '../../../client/locales/compile-message.ts'
import { quarterLevels } from '../../../client/kpi/quarter-levels.ts'

const quarter = (serviceLevel: number | null, targetPercent?: number | null) => ({ serviceLevel, ...(targetPercent === undefined ? {} : { targetPercent }) })

describe('quarter hours of a day', () => {
  it('are each held against the target of their own time', () => {
    expect(quarterLevels([quarter(0.75, 0.7), quarter(0.75, 0.8), quarter(0.85, 0.9)], 0.9)).toEqual({ below: 2, judged: 3, targets: [0.7, 0.8, 0.9] })
  })
  it('are held against the present target where a row does not say that of its time', () => {
    expect(quarterLevels([quarter(0.75, null), quarter(0.75)], 0.8)).toEqual({ below: 2, judged: 2, targets: [0.8, 0.8] })
  })
  it('in which nothing was to be judged are neither below nor not below', () => {
    expect(quarterLevels([quarter(null, 0.8), quarter(0.8, 0.8)], 0.9)).toEqual({ below: 0, judged: 1, targets: [0.8, 0.8] })
    expect(quarterLevels([quarter(null, 0.8)], 0.8).judged).toBe(0)
  })
})

it('of which none is below its target are said to be none, not all: a plural form overwrites an `n` of nought', () => {
  const en = JSON.parse(readFileSync('client/locales/en-desk.json', 'utf8')) as { readonly drawer: Readonly<Record<string, string>> }
  const { t } = createI18n({ legacy: false, locale: 'en', messages: { en: { levelSummary: en.drawer.levelSummary ?? '' } }, messageCompiler: compileMessage as never }).global
  expect([t('levelSummary', { below: 0, of: 12 }, 12), t('levelSummary', { below: 1, of: 1 }, 1)]).toEqual(['0 of 12 quarter hours below target', '1 of 1 quarter hour below target'])
})
