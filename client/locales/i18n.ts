import { createI18n } from 'vue-i18n'
import { compileMessage } from './compile-message.ts'
import en from './en.json'
import { pseudoLocale, type Catalogue } from './pseudo.ts'

export const rightToLeft = new Set(['ar', 'he', 'fa', 'ur', 'en-XB'])
const known = ['en', 'en-XA', 'en-XB'] as const
type Locale = (typeof known)[number]

const inLocale = (locale: Locale, catalogue: Catalogue): Catalogue => (locale === 'en' ? catalogue : pseudoLocale(catalogue))

/**
 * `en-XA` shows text that bypasses the catalogue, `en-XB` is the same right to left; both by `?lang=` in the address.
 * A wall needs a third of the words: those of the desk are a chunk of their own, merged in by `loadDesk` before its first page.
 */
export const openI18n = (wanted: string) => {
  const locale = known.find((name) => name === wanted) ?? 'en'
  // The option types of vue-i18n describe its own compiler; ours returns the same kind of function.
  const i18n = createI18n({ legacy: false, locale, fallbackLocale: locale, messages: { [locale]: inLocale(locale, en) }, messageCompiler: compileMessage as never, missingWarn: false, fallbackWarn: false })
  document.documentElement.lang = locale
  document.documentElement.dir = rightToLeft.has(locale) ? 'rtl' : 'ltr'
  let desk: Promise<void> | null = null
  const loadDesk = (): Promise<void> => {
    desk ??= import('./en-desk.json').then(({ default: catalogue }) => i18n.global.mergeLocaleMessage(locale, inLocale(locale, catalogue)))
    return desk
  }
  return { i18n, loadDesk }
}
