/** What commands print: results on stdout, everything else on stderr. */

export interface Output {
  readonly json: boolean
  /** The result: as JSON with `--json`, else as the given lines. */
  result(value: unknown, lines: () => readonly string[]): void
  note(text: string): void
}

/** Terminal escapes and line ends of foreign text must not reach the terminal. */
export const plain = (text: string): string => text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, '�')

export const outputTo = (json: boolean): Output => ({
  json,
  result: (value, lines) => {
    if (json) console.log(JSON.stringify(value))
    else for (const line of lines()) console.log(line)
  },
  note: (text) => console.error(text),
})

/** Columns as wide as their widest cell. */
export const columns = (rows: readonly (readonly string[])[]): readonly string[] => {
  const widths: number[] = []
  for (const row of rows) row.forEach((cell, index) => (widths[index] = Math.max(widths[index] ?? 0, cell.length)))
  return rows.map((row) => row.map((cell, index) => (index === row.length - 1 ? cell : cell.padEnd(widths[index] ?? 0))).join('  ').trimEnd())
}
