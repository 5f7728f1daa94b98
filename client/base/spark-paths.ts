export interface SparkPaths {
  /** SVG path; a new `M` after every gap, a dot (`h0.01`) for a point alone between gaps. */
  readonly line: string
  readonly lastX: number
  /** Null when the newest value is unknown: the line then ends before the edge. */
  readonly lastY: number | null
}

const round = (value: number): number => Math.round(value * 10) / 10

/** `from` is the value at the bottom edge; 1 is at the top. Two px of air keep the stroke inside. */
export const sparkPaths = (values: readonly (number | null)[], box: { readonly width: number; readonly height: number; readonly from: number }): SparkPaths => {
  const step = values.length > 1 ? (box.width - 4) / (values.length - 1) : 0
  const x = (index: number): number => round(2 + index * step)
  const y = (value: number): number => round(2 + (1 - Math.max(0, (value - box.from) / (1 - box.from))) * (box.height - 4))
  let line = ''
  values.forEach((value, index) => {
    if (value === null) return
    const before = values[index - 1] ?? null
    const after = values[index + 1] ?? null
    line += `${before === null ? 'M' : 'L'}${x(index)} ${y(value)}`
    if (before === null && after === null) line += 'h0.01'
  })
  const last = values.at(-1) ?? null
  return { line, lastX: x(values.length - 1), lastY: last === null ? null : y(last) }
}
