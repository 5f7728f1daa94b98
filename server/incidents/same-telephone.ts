const digitsOf = (text: string): string => text.replace(/\D/g, '').replace(/^0+/, '')

/** Shorter ends of numbers are shared by many. */
const FEWEST_DIGITS = 7

/** The same telephone, however its number is written: with spaces, with the country or without it. */
export const sameTelephone = (a: string, b: string): boolean => {
  const [short = '', long = ''] = [digitsOf(a), digitsOf(b)].sort((one, other) => one.length - other.length)
  return short.length >= FEWEST_DIGITS && long.endsWith(short)
}
