/**
 * Values as cells. A spreadsheet takes a text that begins with = + - @ tab, CR or NUL for a formula: such a text gets a leading
 * apostrophe. A telephone number keeps its plus behind `tel:`, so that it stays a number for people and machines (RELIABILITY B57).
 */
export type CellValue = string | number | boolean | null

/** A spreadsheet's own limit. */
const LONGEST_CELL = 32_767
const startsFormula = /^[=+\-@\t\r\n\u0000＝＋－＠]/
const phone = /^\+\d[\d ().-]{4,24}$/
// Not representable in XML, and of no use in a table.
const unprintable = /[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g

export const safeText = (text: string): string => {
  if (phone.test(text)) return `tel:${text.replace(/[ ().-]/g, '')}`
  return startsFormula.test(text) ? `'${text}` : text
}

/** Numbers, yes and no stay what they are; objects become JSON. */
export const cellOf = (value: unknown): CellValue => {
  if (value === null || value === undefined) return null
  if (typeof value === 'number') return Number.isFinite(value) ? value : null
  if (typeof value === 'boolean') return value
  return safeText(typeof value === 'string' ? value : JSON.stringify(value))
}

/** Of a sheet: what its format cannot hold is left out, and a text is cut where a cell ends. */
export const sheetCellOf = (value: unknown): CellValue => {
  // First what it holds, then how it begins: what is left out must not hide a sign behind it.
  const clean = cellOf(typeof value === 'string' ? value.replace(unprintable, '') : value)
  if (typeof clean !== 'string') return clean
  return clean.length > LONGEST_CELL ? `${clean.slice(0, LONGEST_CELL - 1)}…` : clean
}
