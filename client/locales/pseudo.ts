export interface Catalogue { readonly [key: string]: string | Catalogue }

const accents: Readonly<Record<string, string>> = { a: 'á', e: 'ë', i: 'ï', o: 'ö', u: 'ü', A: 'Å', E: 'Ë', I: 'Ï', O: 'Ø', U: 'Ü', c: 'ç', n: 'ñ', y: 'ÿ' }

/** Accents show text that bypasses the catalogue; 30 % more length shows what does not fit. Placeholders stay whole. */
const pseudoText = (text: string): string =>
  text.split(' | ').map((form) => {
    const accented = form.replace(/\{\w+\}|[\s\S]/g, (part) => accents[part] ?? part)
    return `⟦${accented}${'·'.repeat(Math.ceil(form.length * 0.3))}⟧`
  }).join(' | ')

export const pseudoLocale = (catalogue: Catalogue): Catalogue =>
  Object.fromEntries(Object.entries(catalogue).map(([key, value]) => [key, typeof value === 'string' ? pseudoText(value) : pseudoLocale(value)]))
