import type { Customer } from './sealed-subjects.ts'

/** Someone who asks to be forgotten, by all that is known of them. */
export interface Person {
  readonly customers: readonly Customer[]
  /** Ids of an agent in the platforms. */
  readonly agents: readonly string[]
  /** Names by which texts may speak of them. */
  readonly names: readonly string[]
}

/** Fewer digits than a local number has could be anything. */
const FEWEST_DIGITS = 7

const digitsOf = (text: string): string => text.replace(/\D/g, '')
/** Without the prefixes that say from where it is dialled. */
const dialled = (digits: string): string => digits.replace(/^0+/, '')
const plain = (text: string): string => text.normalize('NFC').toLowerCase().replace(/\s+/g, ' ').trim()

/** The same number with or without country code, and however it is written. */
const hasNumber = (text: string, phone: string): boolean => {
  const wanted = dialled(digitsOf(phone))
  if (wanted.length < FEWEST_DIGITS) return false
  const runs = text.match(/\+?\d[\d\s().\-/]{4,}\d/g) ?? []
  return runs.some((run) => {
    const found = dialled(digitsOf(run))
    return found.length >= FEWEST_DIGITS && (found.endsWith(wanted) || wanted.endsWith(found))
  })
}

const hasWords = (text: string, words: string): boolean => {
  const escaped = plain(words).replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
  return escaped !== '' && new RegExp(`(^|[^\\p{L}\\p{N}])${escaped}($|[^\\p{L}\\p{N}])`, 'u').test(plain(text))
}

/** Whether a text speaks of the person. */
export const mentionsOf = ({ customers, names }: Person): ((text: string) => boolean) => (text) =>
  names.some((name) => hasWords(text, name)) ||
  customers.some((customer) => {
    if ('phone' in customer) return hasNumber(text, customer.phone)
    return hasWords(text, 'email' in customer ? customer.email : customer.ref)
  })
