import { describe, expect, it } from '@jest/globals'
import { contrast, deltaE, mixed, simulate, tokensOf } from '../../support/colour.ts'

const themes = tokensOf('client/styles/tokens.css')
const surfaces = ['page', 'card', 'raised'] as const
const severities = ['p1', 'p2', 'p3', 'p4'] as const

const of = (theme: Readonly<Record<string, string>>, name: string): string => {
  const value = theme[name]
  if (value === undefined) throw new Error(`token --${name} is missing`)
  return value
}

describe.each(Object.entries(themes))('the %s tokens', (name, theme) => {
  it.each(['text-1', 'text-2', 'text-3', 'link'])('keep --%s at 4.5:1 or more on page, card and raised', (text) => {
    for (const surface of surfaces) expect({ surface, enough: contrast(of(theme, text), of(theme, surface)) >= 4.5 }).toEqual({ surface, enough: true })
  })
  it('keep text at 4.5:1 or more on the lines of the hatch', () => {
    const [, line = '', share = ''] = /(#[0-9a-f]{6})([0-9a-f]{2}) 0 2px/i.exec(of(theme, 'hatch')) ?? []
    expect(contrast(of(theme, 'text-1'), mixed(line, of(theme, 'card'), Number.parseInt(share, 16) / 255))).toBeGreaterThanOrEqual(4.5)
  })
  it('keep borders of controls at 3:1 or more on every surface', () => {
    for (const surface of surfaces) expect(contrast(of(theme, 'control'), of(theme, surface))).toBeGreaterThanOrEqual(3)
  })
  it('keep the focus ring at 3:1 or more on every surface', () => {
    for (const surface of surfaces) expect(contrast(of(theme, 'focus'), of(theme, surface))).toBeGreaterThanOrEqual(3)
  })
  it.each(['series-1', 'series-2', 'series-3', 'series-4', 'ok'])('keep the mark or line --%s at 3:1 or more on a card', (mark) => {
    expect(contrast(of(theme, mark), of(theme, 'card'))).toBeGreaterThanOrEqual(3)
  })
  it.each(severities)('keep the mark of %s at 3:1 or more, by its fill or by its outline', (mark) => {
    const outline = of(theme, 'mark-outline')
    const best = Math.max(contrast(of(theme, mark), of(theme, 'card')), outline === 'transparent' ? 0 : contrast(outline, of(theme, 'card')))
    expect(best).toBeGreaterThanOrEqual(3)
  })
  it.each(severities)('keep text on the fill of %s at 4.5:1 or more', (mark) => {
    expect(contrast(of(theme, `on-${mark}`), of(theme, mark))).toBeGreaterThanOrEqual(4.5)
  })
  it('keep text on the primary button at 4.5:1 or more, hovered too', () => {
    expect(contrast(of(theme, 'on-action'), of(theme, 'action'))).toBeGreaterThanOrEqual(4.5)
    expect(contrast(of(theme, 'on-action'), mixed(of(theme, 'action'), of(theme, 'text-1'), 0.88))).toBeGreaterThanOrEqual(4.5)
  })
  it('keep the bar of a bullet graph at 3:1 or more on every band', () => {
    for (const band of ['band-1', 'band-2', 'band-3']) expect(contrast(of(theme, 'bar'), of(theme, band))).toBeGreaterThanOrEqual(3)
  })
  it.each(['normal', 'protan', 'deutan', 'tritan'] as const)('keep the severities 15 CIEDE2000 apart for %s vision', (vision) => {
    for (const [index, one] of severities.entries())
      for (const other of severities.slice(index + 1)) {
        const gap = deltaE(simulate(of(theme, one), vision), simulate(of(theme, other), vision))
        expect({ pair: `${one} ${other} ${name}`, apart: gap >= 15 }).toEqual({ pair: `${one} ${other} ${name}`, apart: true })
      }
  })
})

it('both themes name the same tokens', () => {
  const [dark, light] = [themes.dark ?? {}, themes.light ?? {}]
  expect(Object.keys(light).sort()).toEqual(Object.keys(dark).filter((token) => token in light).sort())
  expect(Object.keys(dark).filter((token) => !(token in light))).toEqual([])
})
