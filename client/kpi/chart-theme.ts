/** Colours of a chart, read from the tokens at the moment it is drawn. */
export interface ChartTheme {
  readonly text: string
  readonly faint: string
  readonly grid: string
  readonly target: string
  readonly series: readonly string[]
  readonly bands: readonly string[]
  readonly card: string
}

export const chartTheme = (): ChartTheme => {
  const style = getComputedStyle(document.documentElement)
  const token = (name: string): string => style.getPropertyValue(name).trim()
  return { text: token('--text-2'), faint: token('--text-3'), grid: token('--hairline'), target: token('--control'), series: ['--series-1', '--series-2', '--series-3', '--series-4'].map(token), bands: ['--band-1', '--band-2', '--band-3'].map(token), card: token('--card') }
}
