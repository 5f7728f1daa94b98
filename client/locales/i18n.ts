import { createI18n } from 'vue-i18n'
import { compileMessage } from './compile-message.ts'
import en from './en.json'
import { pseudoLocale, type Catalogue } from './pseudo.ts'

export const rightToLeft = new Set(['ar', 'he', 'fa', 'ur', 'en-XB'])
const known = ['en', 'en-XA', 'en-XB'] as const
type Locale = (typeof known)[number]

export type WordsPart = 'desk' | 'office'
const parts: Readonly<Record<WordsPart, () => Promise<{ readonly default: Catalogue }>>> = { desk: () => import('./en-desk.json'), office: () => import('./en-office.json') }

const inLocale = (locale: Locale, catalogue: Catalogue): Catalogue => (locale === 'en' ? catalogue : pseudoLocale(catalogue))

/**
 * `en-XA` shows text that bypasses the catalogue, `en-XB` is the same right to left; both by `?lang=` in the address.
 * A wall needs a third of the words: those of the desk, and those of the settings and reports, are chunks of their own, merged in by `loadWords` before their first page.
 */
export const openI18n = (wanted: string) => {
  const locale = known.find((name) => name === wanted) ?? 'en'
  // The option types of vue-i18n describe its own compiler; ours returns the same kind of function.
  const i18n = createI18n({ legacy: false, locale, fallbackLocale: locale, messages: { [locale]: inLocale(locale, en) }, messageCompiler: compileMessage as never, missingWarn: false, fallbackWarn: false })
  document.documentElement.lang = locale
  document.documentElement.dir = rightToLeft.has(locale) ? 'rtl' : 'ltr'
  const loaded = new Map<WordsPart, Promise<void>>()
  const loadWords = (part: WordsPart): Promise<void> => {
    const loading = loaded.get(part) ?? parts[part]().then(({ default: catalogue }) => i18n.global.mergeLocaleMessage(locale, inLocale(locale, catalogue)))
    loaded.set(part, loading)
    return loading
  }
  return { i18n, loadWords }
}
