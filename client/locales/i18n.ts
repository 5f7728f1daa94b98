import { createI18n } from 'vue-i18n'
import { compileMessage } from './compile-message.ts'
import en from './en.json'
import { pseudoLocale } from './pseudo.ts'

export const rightToLeft = new Set(['ar', 'he', 'fa', 'ur', 'en-XB'])

/** `en-XA` shows text that bypasses the catalogue, `en-XB` is the same right to left; both by `?lang=` in the address. */
export const openI18n = (locale: string) => {
  const wanted = ['en', 'en-XA', 'en-XB'].includes(locale) ? locale : 'en'
  const messages = wanted === 'en' ? { en } : { en, [wanted]: pseudoLocale(en) }
  // The option types of vue-i18n describe its own compiler; ours returns the same kind of function.
  const i18n = createI18n({ legacy: false, locale: wanted, fallbackLocale: 'en', messages, messageCompiler: compileMessage as never, missingWarn: false, fallbackWarn: false })
  document.documentElement.lang = wanted
  document.documentElement.dir = rightToLeft.has(wanted) ? 'rtl' : 'ltr'
  return i18n
}
