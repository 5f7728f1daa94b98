import { readFileSync } from 'node:fs'

type Rgb = readonly [number, number, number]

/** Colour tokens of each theme: names without `--`, values as written. */
export const tokensOf = (file: string): Readonly<Record<'dark' | 'light', Readonly<Record<string, string>>>> => {
  const css = readFileSync(file, 'utf8')
  const block = (start: string): Readonly<Record<string, string>> => {
    const from = css.indexOf(start)
    const text = css.slice(from, css.indexOf('\n  }', from))
    return Object.fromEntries([...text.matchAll(/--([\w-]+):\s*(#[0-9a-f]{6}|transparent|repeating-linear-gradient\([^;]*\));/gi)].map(([, name, value]) => [name ?? '', value ?? '']))
  }
  return { dark: block(':root {\n    color-scheme: dark'), light: block(":root[data-theme='light'] {\n    color-scheme: light") }
}

const rgbOf = (hex: string): Rgb => [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16) / 255) as unknown as Rgb
const linear = (channel: number): number => (channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4)
const hexOf = (rgb: readonly number[]): string => `#${rgb.map((channel) => Math.round(Math.min(1, Math.max(0, channel)) * 255).toString(16).padStart(2, '0')).join('')}`

const luminance = (hex: string): number => {
  const [r, g, b] = rgbOf(hex).map(linear) as unknown as Rgb
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}

/** WCAG 2 contrast ratio, 1..21. */
export const contrast = (one: string, other: string): number => {
  const [light, dark] = [luminance(one), luminance(other)].sort((a, b) => b - a) as [number, number]
  return (light + 0.05) / (dark + 0.05)
}

/** `share` of the first colour in the second, in sRGB: near enough to oklab for a contrast check of close colours. */
export const mixed = (one: string, other: string, share: number): string => {
  const [a, b] = [rgbOf(one), rgbOf(other)]
  return hexOf(a.map((channel, index) => channel * share + (b[index] ?? 0) * (1 - share)))
}

/** Machado, Oliveira, Fernandes 2009, severity 1, applied to sRGB as the design page's figures were. */
const matrices = {
  normal: [1, 0, 0, 0, 1, 0, 0, 0, 1],
  protan: [0.152286, 1.052583, -0.204868, 0.114503, 0.786281, 0.099216, -0.003882, -0.048116, 1.051998],
  deutan: [0.367322, 0.860646, -0.227968, 0.280085, 0.672501, 0.047413, -0.01182, 0.04294, 0.968881],
  tritan: [1.255528, -0.076749, -0.178779, -0.078411, 0.930809, 0.147602, 0.004733, 0.691367, 0.3039],
} as const

export const simulate = (hex: string, vision: keyof typeof matrices): string => {
  const rgb = rgbOf(hex)
  const m = matrices[vision]
  return hexOf([0, 3, 6].map((row) => [0, 1, 2].reduce((sum, column) => sum + (m[row + column] ?? 0) * (rgb[column] ?? 0), 0)))
}

const labOf = (hex: string): Rgb => {
  const [r, g, b] = rgbOf(hex).map(linear) as unknown as Rgb
  const f = (value: number): number => (value > 216 / 24389 ? Math.cbrt(value) : (24389 / 27 * value + 16) / 116)
  const [x, y, z] = [(0.4124564 * r + 0.3575761 * g + 0.1804375 * b) / 0.95047, 0.2126729 * r + 0.7151522 * g + 0.072175 * b, (0.0193339 * r + 0.119192 * g + 0.9503041 * b) / 1.08883].map(f) as unknown as Rgb
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)]
}

const degrees = (radians: number): number => ((radians * 180) / Math.PI + 360) % 360
const radians = (angle: number): number => (angle * Math.PI) / 180

/** CIEDE2000 distance (Sharma, Wu, Dalal 2005). */
export const deltaE = (one: string, other: string): number => {
  const [l1, a1, b1] = labOf(one)
  const [l2, a2, b2] = labOf(other)
  const c7 = ((Math.hypot(a1, b1) + Math.hypot(a2, b2)) / 2) ** 7
  const g = 0.5 * (1 - Math.sqrt(c7 / (c7 + 25 ** 7)))
  const [A1, A2] = [a1 * (1 + g), a2 * (1 + g)]
  const [C1, C2] = [Math.hypot(A1, b1), Math.hypot(A2, b2)]
  const [h1, h2] = [C1 === 0 ? 0 : degrees(Math.atan2(b1, A1)), C2 === 0 ? 0 : degrees(Math.atan2(b2, A2))]
  const turn = h2 - h1
  const dh = C1 * C2 === 0 ? 0 : Math.abs(turn) <= 180 ? turn : turn > 180 ? turn - 360 : turn + 360
  const dH = 2 * Math.sqrt(C1 * C2) * Math.sin(radians(dh / 2))
  const h = C1 * C2 === 0 ? h1 + h2 : Math.abs(h1 - h2) <= 180 ? (h1 + h2) / 2 : (h1 + h2 + (h1 + h2 < 360 ? 360 : -360)) / 2
  const [L, C] = [(l1 + l2) / 2, (C1 + C2) / 2]
  const t = 1 - 0.17 * Math.cos(radians(h - 30)) + 0.24 * Math.cos(radians(2 * h)) + 0.32 * Math.cos(radians(3 * h + 6)) - 0.2 * Math.cos(radians(4 * h - 63))
  const sl = 1 + (0.015 * (L - 50) ** 2) / Math.sqrt(20 + (L - 50) ** 2)
  const [sc, sh] = [1 + 0.045 * C, 1 + 0.015 * C * t]
  const rt = -2 * Math.sqrt(C ** 7 / (C ** 7 + 25 ** 7)) * Math.sin(radians(60 * Math.exp(-(((h - 275) / 25) ** 2))))
  const [x, y, z] = [(l2 - l1) / sl, (C2 - C1) / sc, dH / sh]
  return Math.sqrt(x * x + y * y + z * z + rt * y * z)
}
