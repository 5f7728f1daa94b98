import { correction } from './reed-solomon.ts'

/** A QR code (ISO/IEC 18004) of a short text: byte mode, error correction M, versions 1 to 10. True is dark; the quiet zone around it is the caller's. */
export type QrModules = readonly (readonly boolean[])[]

/** Of level M: bytes of correction a block, and the data bytes of each block. */
const blocksOf: readonly (readonly [ecc: number, data: readonly number[]])[] = [
  [10, [16]], [16, [28]], [26, [44]], [18, [32, 32]], [24, [43, 43]],
  [16, [27, 27, 27, 27]], [18, [31, 31, 31, 31]], [22, [38, 38, 39, 39]], [22, [36, 36, 36, 37, 37]], [26, [43, 43, 43, 43, 44]],
]
const alignmentAt: readonly (readonly number[])[] = [[], [6, 18], [6, 22], [6, 26], [6, 30], [6, 34], [6, 22, 38], [6, 24, 42], [6, 26, 46], [6, 28, 50]]
const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0)
const bitsOf = (value: number, count: number): readonly number[] => Array.from({ length: count }, (_, index) => (value >> (count - 1 - index)) & 1)

/** Mode, length, text, end, then padding by turns: the data bytes of a version. */
const dataOf = (bytes: Uint8Array, version: number, capacity: number): readonly number[] => {
  const bits = [0, 1, 0, 0, ...bitsOf(bytes.length, version < 10 ? 8 : 16), ...[...bytes].flatMap((byte) => bitsOf(byte, 8))]
  bits.push(...Array<number>(Math.min(4, capacity * 8 - bits.length)).fill(0))
  bits.push(...Array<number>((8 - (bits.length % 8)) % 8).fill(0))
  const data = Array.from({ length: bits.length / 8 }, (_, index) => parseInt(bits.slice(index * 8, index * 8 + 8).join(''), 2))
  return [...data, ...Array.from({ length: capacity - data.length }, (_, index) => (index % 2 === 0 ? 0xec : 0x11))]
}

/** Blocks take turns, byte by byte: first all data, then all correction. */
const interleaved = (data: readonly number[], [ecc, sizes]: (typeof blocksOf)[number]): readonly number[] => {
  let at = 0
  const blocks = sizes.map((size) => data.slice(at, (at += size)))
  const corrections = blocks.map((block) => correction(block, ecc))
  const turns = (rows: readonly (readonly number[])[], longest: number): readonly number[] => Array.from({ length: longest }, (_, index) => rows.flatMap((row) => row[index] ?? [])).flat()
  return [...turns(blocks, Math.max(...sizes)), ...turns(corrections, ecc)]
}

/** Remainder of a division of polynomials over GF(2), put behind the value. */
const withRemainder = (value: number, generator: number, degree: number): number => {
  let rest = value << degree
  for (let bit = 31 - Math.clz32(rest); bit >= degree; bit -= 1) if ((rest >> bit) & 1) rest ^= generator << (bit - degree)
  return (value << degree) | rest
}
const masks: readonly ((row: number, column: number) => boolean)[] = [
  (r, c) => (r + c) % 2 === 0, (r) => r % 2 === 0, (_, c) => c % 3 === 0, (r, c) => (r + c) % 3 === 0,
  (r, c) => (Math.floor(r / 2) + Math.floor(c / 3)) % 2 === 0, (r, c) => ((r * c) % 2) + ((r * c) % 3) === 0,
  (r, c) => (((r * c) % 2) + ((r * c) % 3)) % 2 === 0, (r, c) => (((r + c) % 2) + ((r * c) % 3)) % 2 === 0,
]
type Grid = (boolean | null)[][]

/** Finders, timing, alignment and version; null where data will be, and false where the format will. */
const frameOf = (version: number): Grid => {
  const size = version * 4 + 17
  const grid: Grid = Array.from({ length: size }, () => Array<boolean | null>(size).fill(null))
  const put = (row: number, column: number, dark: boolean) => { const line = grid[row]; if (line && column >= 0 && column < size) line[column] = dark }
  const rings = (row: number, column: number, reach: number, light: number) => {
    for (let r = -reach; r <= reach; r += 1) for (let c = -reach; c <= reach; c += 1) { const ring = Math.max(Math.abs(r), Math.abs(c)); put(row + r, column + c, ring !== light && ring !== 4) }
  }
  for (let index = 0; index < size; index += 1) { put(6, index, index % 2 === 0); put(index, 6, index % 2 === 0) }
  for (const [row, column] of [[3, 3], [3, size - 4], [size - 4, 3]] as const) rings(row, column, 4, 2)
  const places = alignmentAt[version - 1] ?? []
  const last = places.at(-1)
  for (const row of places) for (const column of places) if (!((row === 6 && column === 6) || (row === 6 && column === last) || (row === last && column === 6))) rings(row, column, 2, 1)
  for (let index = 0; index < 9; index += 1) { if (index !== 6) { put(8, index, false); put(index, 8, false) } }
  for (let index = 0; index < 8; index += 1) { put(8, size - 1 - index, false); put(size - 1 - index, 8, false) }
  put(size - 8, 8, true)
  if (version >= 7) bitsOf(withRemainder(version, 0x1f25, 12), 18).forEach((bit, index) => { const at = 17 - index; put(Math.floor(at / 3), size - 11 + (at % 3), bit === 1); put(size - 11 + (at % 3), Math.floor(at / 3), bit === 1) })
  return grid
}

/** Column pairs from the right, up and down by turns, past the timing column. */
const fill = (frame: Grid, codewords: readonly number[], mask: number): Grid => {
  const size = frame.length
  const grid = frame.map((row) => [...row])
  const bits = codewords.flatMap((word) => bitsOf(word, 8))
  let at = 0
  for (let right = size - 1, up = true; right > 0; right -= 2, up = !up) {
    if (right === 6) right = 5
    for (let step = 0; step < size; step += 1) for (const column of [right, right - 1]) {
      const row = up ? size - 1 - step : step
      const line = grid[row]
      if (line?.[column] === null) line[column] = ((bits[at++] ?? 0) === 1) !== (masks[mask]?.(row, column) ?? false)
    }
  }
  // Level M is 00; the format stands twice.
  const format = bitsOf(withRemainder(mask, 0x537, 10) ^ 0x5412, 15)
  format.forEach((bit, index) => {
    const [column, row] = [[0, 1, 2, 3, 4, 5, 7, size - 8][index] ?? size - 15 + index, [size - 1, size - 2, size - 3, size - 4, size - 5, size - 6, size - 7][index] ?? [8, 7, 5, 4, 3, 2, 1, 0][index - 7] ?? 0]
    const [across, down] = [grid[8], grid[row]]
    if (across) across[column] = bit === 1
    if (down) down[8] = bit === 1
  })
  return grid
}

const runs = (line: readonly (boolean | null)[]): number => {
  let [cost, length] = [0, 1]
  for (let index = 1; index <= line.length; index += 1) {
    if (index < line.length && line[index] === line[index - 1]) length += 1
    else { if (length >= 5) cost += length - 2; length = 1 }
  }
  const text = line.map((dark) => (dark ? 1 : 0)).join('')
  for (let index = 0; index + 11 <= text.length; index += 1) if (text.startsWith('10111010000', index) || text.startsWith('00001011101', index)) cost += 40
  return cost
}
/** How hard a grid is to read: long runs, blocks, what looks like a finder, too much of one colour. */
const costOf = (grid: Grid): number => {
  const columns = grid.map((_, column) => grid.map((row) => row[column] ?? false))
  const dark = sum(grid.map((row) => row.filter(Boolean).length)) / grid.length ** 2
  let blocks = 0
  for (let row = 1; row < grid.length; row += 1) for (let column = 1; column < grid.length; column += 1) { const one = grid[row]?.[column]; if (grid[row - 1]?.[column] === one && grid[row]?.[column - 1] === one && grid[row - 1]?.[column - 1] === one) blocks += 3 }
  return sum(grid.map(runs)) + sum(columns.map(runs)) + blocks + Math.floor(Math.abs(dark * 100 - 50) / 5) * 10
}

/** Null: the text is longer than a code of this kind holds (213 bytes). */
export const qrCode = (text: string): QrModules | null => {
  const bytes = new TextEncoder().encode(text)
  const found = blocksOf.findIndex(([, sizes], index) => bytes.length + (index + 1 < 10 ? 2 : 3) <= sum(sizes))
  const blocks = blocksOf[found]
  if (blocks === undefined) return null
  const version = found + 1
  const [frame, codewords] = [frameOf(version), interleaved(dataOf(bytes, version, sum(blocks[1])), blocks)]
  const grids = masks.map((_, mask) => fill(frame, codewords, mask))
  const costs = grids.map(costOf)
  return (grids[costs.indexOf(Math.min(...costs))] ?? []).map((row) => row.map((dark) => dark === true))
}
