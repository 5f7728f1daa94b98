const LAST_COLUMN = 90

const wrapped = (text, width) =>
  text.split(' ').reduce((lines, word) => {
    const last = lines.at(-1)
    if (last === undefined || `${last} ${word}`.length > width) return [...lines, word]
    return [...lines.slice(0, -1), `${last} ${word}`]
  }, [])

/** Text columns under their heads; the last one is wrapped. */
export const table = (heads, rows) => {
  const widths = heads.slice(0, -1).map((head, column) => Math.max(head.length, ...rows.map((row) => row[column].length)))
  const line = (cells, rest) => [...cells.map((cell, column) => cell.padEnd(widths[column])), rest].join('  ').trimEnd()
  const blank = widths.map(() => '')
  const lines = rows.flatMap((row) => {
    const [first = '', ...more] = wrapped(row.at(-1), LAST_COLUMN)
    return [line(row.slice(0, -1), first), ...more.map((text) => line(blank, text))]
  })
  return [line(heads.slice(0, -1), heads.at(-1)), line(widths.map((width) => '-'.repeat(width)), '-------'), ...lines].join('\n')
}
