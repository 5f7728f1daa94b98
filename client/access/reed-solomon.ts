/** Arithmetic of GF(256) with the polynomial of QR codes, x^8 + x^4 + x^3 + x^2 + 1. */
const powers: number[] = []
for (let value = 1; powers.length < 255; value = value & 0x80 ? (value << 1) ^ 0x11d : value << 1) powers.push(value)
const logs = new Map(powers.map((value, power) => [value, power]))
const power = (of: number): number => powers[of % 255] ?? 1
export const times = (a: number, b: number): number => (a === 0 || b === 0 ? 0 : power((logs.get(a) ?? 0) + (logs.get(b) ?? 0)))

/** Product of (x - 2^i): what every block is divided by; highest power first, without its leading 1. */
const generator = (degree: number): readonly number[] => {
  let made: readonly number[] = [1]
  for (let index = 0; index < degree; index += 1) made = [...made, 0].map((value, at) => value ^ times(at === 0 ? 0 : (made[at - 1] ?? 0), power(index)))
  return made.slice(1)
}

/** Bytes that make a block a multiple of its generator, so that a reader can mend it. */
export const correction = (data: readonly number[], count: number): readonly number[] => {
  const divisor = generator(count)
  let rest: readonly number[] = Array<number>(count).fill(0)
  for (const byte of data) {
    const lead = byte ^ (rest[0] ?? 0)
    rest = divisor.map((value, at) => (rest[at + 1] ?? 0) ^ times(value, lead))
  }
  return rest
}
