/** Storage may be forbidden (private windows, kiosks): then preferences last as long as the page. */
export const kept = (key: string): string | null => {
  try { return localStorage.getItem(key) } catch { return null }
}
export const keep = (key: string, value: string): void => {
  try { localStorage.setItem(key, value) } catch { /* the preference lasts as long as the page */ }
}
