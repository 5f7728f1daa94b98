import type { ContactFigures } from '../contact-figures.ts'

/** Within how many milliseconds these contacts had to be answered, in order of time; several where the target was changed meanwhile. Contacts of which that is not known add none. */
export const thresholdsOf = (contacts: readonly ContactFigures[], withinMs: (contact: ContactFigures) => number | undefined = ({ counted }) => counted?.withinMs): readonly number[] =>
  [...new Set([...contacts].sort((a, b) => a.queuedAt - b.queuedAt).map(withinMs))].filter((within) => within !== undefined)
