import { BarController, BarElement, CategoryScale, Chart, LinearScale, LineController, LineElement, PointElement, Tooltip, type ChartConfiguration } from 'chart.js'
import type { ChartTheme } from './chart-theme.ts'

Chart.register(LineController, LineElement, PointElement, BarController, BarElement, LinearScale, CategoryScale, Tooltip)

export interface ChartSeries {
  readonly label: string
  readonly values: readonly (number | null)[]
  readonly kind: 'line' | 'bar' | 'target'
}
export interface ChartGiven {
  readonly labels: readonly string[]
  readonly series: readonly ChartSeries[]
  readonly max?: number
  readonly percent?: boolean
  /** Bars on top of one another. */
  readonly stacked?: boolean
  readonly horizontal?: boolean
}

const line = (series: ChartSeries, index: number, theme: ChartTheme) => ({
  type: 'line' as const, label: series.label, data: [...series.values], borderColor: series.kind === 'target' ? theme.target : theme.series[index], backgroundColor: theme.series[index], borderWidth: series.kind === 'target' ? 1 : 2,
  // A target holds until it is changed: it steps, it does not slope.
  stepped: series.kind === 'target' ? ('middle' as const) : false,
  // A line along the top of the scale is not cut in half.
  clip: 4, borderDash: series.kind === 'target' ? [4, 4] : [], pointRadius: series.kind === 'target' ? 0 : 1.5, pointHoverRadius: 4, spanGaps: false, tension: 0,
})
const bar = (series: ChartSeries, index: number, theme: ChartTheme) => ({ type: 'bar' as const, label: series.label, data: [...series.values], backgroundColor: theme.series[index], borderColor: theme.card, borderWidth: 1, borderRadius: 2, barPercentage: 0.9, categoryPercentage: 0.9 })

/** No animation, gaps stay gaps, fixed ticks: a chart that can be redrawn twice a second. */
export const chartConfig = (given: ChartGiven, theme: ChartTheme, percentOf: (ratio: number) => string): ChartConfiguration => ({
  type: 'bar',
  data: { labels: [...given.labels], datasets: given.series.map((series, index) => (series.kind === 'bar' ? bar(series, index, theme) : line(series, index, theme))) },
  options: {
    animation: false, responsive: true, maintainAspectRatio: false, normalized: true, indexAxis: given.horizontal ? 'y' : 'x',
    interaction: { mode: 'index', intersect: false },
    plugins: { tooltip: { backgroundColor: theme.text, titleColor: theme.card, bodyColor: theme.card, displayColors: false } },
    scales: {
      x: { stacked: given.stacked ?? false, grid: { display: given.horizontal ?? false, color: theme.grid }, border: { color: theme.grid }, ticks: { color: theme.faint, maxRotation: 0, autoSkipPadding: 16, font: { size: 12, family: 'Inter Variable' } } },
      y: { stacked: given.stacked ?? false, min: 0, ...(given.max === undefined ? {} : { max: given.max }), grid: { color: theme.grid, drawTicks: false }, border: { display: false }, ticks: { color: theme.faint, maxTicksLimit: 4, precision: 0, font: { size: 12, family: 'Inter Variable' }, ...(given.percent ? { callback: (value: string | number) => percentOf(Number(value)) } : {}) } },
    },
  },
})

export { Chart }
