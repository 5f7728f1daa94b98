/** Readers of form events: what was typed, as text or as a number; null for no number. */
export const textIn = (event: Event): string => (event.target instanceof HTMLInputElement || event.target instanceof HTMLSelectElement || event.target instanceof HTMLTextAreaElement ? event.target.value.trim() : '')
export const numberIn = (event: Event): number | null => {
  const text = textIn(event)
  const value = Number(text)
  return text === '' || !Number.isFinite(value) ? null : value
}

export const variants = ['V1', 'V2', 'V3', 'V4', 'V5', 'V6', 'V7'] as const
