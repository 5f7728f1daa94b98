/**
 * 64 bits of a text's hash as two unsigned halves: two multiply-xor lanes over the UTF-16 units with a cross-mixed finish. Not a secret
 * keeper; it tells ids apart (28 million a week at 5,000 agents: a chance of 2 in 100,000 that any two meet) at a hundredth
 * of the price of SHA-1.
 */
export const hashText = (text: string): readonly [high: number, low: number] => {
  begin()
  mix(text)
  return finish()
}

/** The two lanes of the hash that is being made; nothing waits in between. */
const lanes = new Int32Array(2)

const begin = (): void => {
  lanes[0] = 0xdeadbeef
  lanes[1] = 0x41c6ce57
}
const mix = (text: string): void => {
  let [a, b] = [lanes[0] ?? 0, lanes[1] ?? 0]
  for (let i = 0; i < text.length; i += 1) {
    const unit = text.charCodeAt(i)
    a = Math.imul(a ^ unit, 0x9e3779b1)
    b = Math.imul(b ^ unit, 0x5f356495)
    // Spreads high bits down between units, so that equal endings do not hide unequal beginnings.
    a = (a << 13) | (a >>> 19)
    b = (b << 17) | (b >>> 15)
  }
  lanes[0] = a
  lanes[1] = b
}
const finish = (): readonly [high: number, low: number] => {
  let [a, b] = [lanes[0] ?? 0, lanes[1] ?? 0]
  a = Math.imul(a ^ (a >>> 16), 0x85ebca6b) ^ Math.imul(b ^ (b >>> 13), 0xc2b2ae35)
  b = Math.imul(b ^ (b >>> 16), 0x85ebca6b) ^ Math.imul(a ^ (a >>> 13), 0xc2b2ae35)
  a = Math.imul(a ^ (a >>> 15), 0x2c1b3c6d) ^ (b >>> 12)
  b = Math.imul(b ^ (b >>> 15), 0x297a2d39) ^ (a >>> 14)
  return [a >>> 0, b >>> 0]
}

const folded = ([high, low]: readonly [number, number]): number => (high ^ low) >>> 0

/** 32 bits, to tell whether two bodies under one id are the same. */
export const hashBody = (text: string): number => folded(hashText(text))

/** The same of a record of clean fields, in their order and without those named, as if they stood in one text; no clean text holds a line break, so that none runs into the next. */
export const hashFields = (fields: object, without: ReadonlySet<string>): number => {
  begin()
  for (const [name, value] of Object.entries(fields)) {
    if (value === undefined || without.has(name)) continue
    mix(name)
    mix(typeof value === 'string' ? '"' : ' ')
    mix(typeof value === 'string' ? value : typeof value === 'object' ? JSON.stringify(value) : String(value))
    mix('\n')
  }
  return folded(finish())
}
