const MOST = 80
const shortened = (text: string): string => (text.length <= MOST ? text : `${text.slice(0, MOST - 1).trimEnd()}…`)

/** The first line of what happened stands in for a title that nobody had time to write. */
export const titleFrom = (nature: string): string => shortened(nature.split('\n')[0] ?? nature)

/** Such a title is what happened in the caller's own words: it may name people, and is told only to those who may read those. */
export const isWritten = ({ title, nature }: { readonly title: string | null; readonly nature: string | null }): boolean => title !== null && (nature === null || title !== titleFrom(nature))

interface Named {
  readonly discreet: boolean
  readonly category: string | null
  readonly type: string
}

/** What an incident is called where personal data must not go: a discreet one, and one whose title nobody wrote, by its category. */
export const outwardTitle = ({ discreet, category, type }: Named, free: { readonly title: string | null; readonly nature: string | null }): string => (discreet || !isWritten(free) ? null : free.title) ?? category ?? type
