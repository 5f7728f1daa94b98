/** 62 000 -> "1:02", an hour or more -> "1:01:02"; whole seconds, never negative. */
const clockOf = (seconds: number): string => {
  const h = Math.floor(seconds / 3600)
  const m = Math.floor((seconds % 3600) / 60)
  const s = String(seconds % 60).padStart(2, '0')
  return h > 0 ? `${h}:${String(m).padStart(2, '0')}:${s}` : `${m}:${s}`
}

/** A length of time that has passed: whole seconds, rounded down. */
export const elapsedText = (ms: number): string => clockOf(Math.max(0, Math.floor(ms / 1000)))

/** To the first decimal that says more than the whole second, for a wait beside a limit: 10 400 -> "0:10.4", 10 004 -> "0:10.004", 10 000 -> "0:10". */
export const elapsedToTheDecimal = (ms: number): string => {
  const beyond = String(Math.max(0, Math.floor(ms)) % 1000).padStart(3, '0')
  const decimals = /^0*[1-9]/.exec(beyond)?.[0]
  return decimals === undefined ? elapsedText(ms) : `${elapsedText(ms)}.${decimals}`
}

/** An average: rounded to the nearest second. */
export const meanText = (ms: number): string => clockOf(Math.max(0, Math.round(ms / 1000)))

/** Hours and minutes, where seconds say nothing: "7:30", "0:05". */
export const hoursText = (ms: number): string => {
  const minutes = Math.max(0, Math.round(ms / 60_000))
  return `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, '0')}`
}

/** What is left: rounded up, so that 0:00 never shows before the breach. Overdue time is rounded down. */
export const remainingText = (ms: number): { readonly text: string; readonly over: boolean } =>
  ms >= 0 ? { text: clockOf(Math.ceil(ms / 1000)), over: false } : { text: clockOf(Math.floor(-ms / 1000)), over: true }

/** ISO 8601 duration for the `datetime` attribute. */
export const isoDuration = (ms: number): string => `PT${Math.max(0, Math.floor(ms / 1000))}S`
