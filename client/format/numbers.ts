/** Intl formatters are dear to make (about 30 us) and cheap to use: one per locale and shape. */
const kept = new Map<string, Intl.NumberFormat>()
const formatter = (locale: string, options: Intl.NumberFormatOptions): Intl.NumberFormat => {
  const key = `${locale}${JSON.stringify(options)}`
  const found = kept.get(key) ?? new Intl.NumberFormat(locale, options)
  kept.set(key, found)
  return found
}

/** 0.7964 -> "80" (without the sign, so that digits line up and the unit can be set smaller). Never rounds up to a target it misses: 0.7996 at 0 decimals is "79". */
export const percentDigits = (ratio: number, decimals: 0 | 1, locale: string): string => {
  const scale = decimals === 0 ? 100 : 1000
  return formatter(locale, { minimumFractionDigits: decimals, maximumFractionDigits: decimals }).format(Math.floor(ratio * scale + 1e-9) / (scale / 100))
}

/** The same with its sign. What is there but too little to be shown is "<1%", not none. */
export const percentText = (ratio: number, decimals: 0 | 1, locale: string): string => {
  const scale = decimals === 0 ? 100 : 1000
  const steps = Math.floor(ratio * scale + 1e-9)
  const text = formatter(locale, { style: 'percent', minimumFractionDigits: decimals, maximumFractionDigits: decimals }).format((ratio > 0 ? Math.max(steps, 1) : steps) / scale)
  return ratio > 0 && steps === 0 ? `<${text}` : text
}

export const wholeText = (value: number, locale: string): string => formatter(locale, { maximumFractionDigits: 0 }).format(value)

/** A number and its sign stay on one line. */
export const together = (text: string): string => text.replace(/(\d) %/g, '$1\u00a0%')
