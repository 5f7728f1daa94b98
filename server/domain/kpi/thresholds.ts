import type { ContactFigures } from '../contact-figures.ts'

/** Within how many milliseconds these contacts had to be answered, in order of time; several where the target was changed meanwhile. Contacts of which that is not known add none. */
const thresholdsOf = (contacts: readonly ContactFigures[], withinMs: (contact: ContactFigures) => number | undefined = ({ counted }) => counted?.withinMs): readonly number[] =>
  [...new Set([...contacts].sort((a, b) => a.queuedAt - b.queuedAt).map(withinMs))].filter((within) => within !== undefined)

/** Part of an explanation: the thresholds of the contacts behind it, where there are any. */
export const thresholdsBehind = (contacts: readonly ContactFigures[], withinMs?: (contact: ContactFigures) => number | undefined): { readonly thresholds?: readonly number[] } => (contacts.length === 0 ? {} : { thresholds: thresholdsOf(contacts, withinMs) })
