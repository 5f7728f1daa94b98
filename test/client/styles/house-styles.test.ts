import { describe, expect, it } from '@jest/globals'
import { clientFiles } from '../../support/client-files.ts'

const styles = clientFiles('.css', '.vue').map(({ path, text }) => ({ path, css: path.endsWith('.css') ? text : [...text.matchAll(/<style[^>]*>([\s\S]*?)<\/style>/g)].map(([, css]) => css).join('\n') }))
const found = (pattern: RegExp, files = styles): readonly string[] => files.flatMap(({ path, css }) => [...css.matchAll(pattern)].map(([match]) => `${path}: ${match.trim()}`))
const outsideTokens = styles.filter(({ path }) => !path.endsWith('styles/tokens.css'))

describe('styles of the client', () => {
  it('are found at all', () => {
    expect(styles.length).toBeGreaterThan(40)
  })
  it('name no colour outside the tokens', () => {
    expect(found(/#[0-9a-f]{3,8}\b|\b(?:rgba?|hsla?|oklch|lab|lch)\(/gi, outsideTokens)).toEqual([])
  })
  it('name no colour by word outside the tokens, but the system colours of forced-colours mode', () => {
    expect(found(/:\s*(?:white|black|red|green|blue|gray|grey|orange|yellow|silver|navy)\b/gi, outsideTokens)).toEqual([])
  })
  it('use logical properties only, so that right-to-left needs no second sheet', () => {
    expect(found(/(?<![\w-])(?:margin|padding|border)-(?:left|right|top|bottom)\b|(?<![\w-])(?:left|right|top|bottom):|text-align:\s*(?:left|right)|float:\s*(?:left|right)|(?<![\w-])(?:width|height|min-width|max-width|min-height|max-height):(?![^{]*\))/g, styles)).toEqual([])
  })
  it('set no text under 13 px', () => {
    const sizes = found(/font(?:-size)?:[^;}]*?(\d*\.?\d+)rem/g).filter((line) => Number(/(\d*\.?\d+)rem/.exec(line)?.[1]) < 0.8125)
    expect(sizes).toEqual([])
  })
})

describe('scripts of the client', () => {
  it('name no colour either', () => {
    const scripts = clientFiles('.ts', '.vue').map(({ path, text }) => ({ path, css: text.replace(/<style[\s\S]*?<\/style>/g, '') }))
    expect(found(/['"`]#[0-9a-f]{6}\b/gi, scripts)).toEqual([])
  })
})
