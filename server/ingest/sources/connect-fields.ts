/** Fields of Amazon Connect's messages, whatever case their keys are written in this time. */

export type Fields = (...path: readonly string[]) => unknown

const isTable = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null && !Array.isArray(value)

/** The value at a path of keys; undefined where there is none. */
export const fieldsOf = (value: unknown): Fields => (...path) => {
  let at: unknown = value
  for (const name of path) {
    if (!isTable(at)) return undefined
    const wanted = name.toLowerCase()
    const key = Object.keys(at).find((known) => known.toLowerCase() === wanted)
    at = key === undefined ? undefined : at[key]
  }
  return at
}

export const textIn = (value: unknown): string | undefined => (typeof value === 'string' && value.trim() !== '' ? value.trim().slice(0, 200) : undefined)
export const listIn = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])

/** The last part of an ARN is what stays when the account moves; a text that is none stands for itself. */
export const idIn = (arn: unknown): string | undefined => textIn(typeof arn === 'string' ? arn.slice(arn.lastIndexOf('/') + 1) : undefined)

const NOT_YET_MS = 31_536_000_000
/** ISO text; `1970-01-01T00:00:00.001Z` means that it has not happened. */
export const instantOf = (value: unknown): number | null => {
  const at = typeof value === 'string' && /^\d{4}-\d\d-\d\dT/.test(value) ? Date.parse(value) : Number.NaN
  return Number.isNaN(at) || at < NOT_YET_MS ? null : at
}

/** Seconds as ms, never below zero; null where none are told. */
export const secondsIn = (value: unknown): number | null => (typeof value === 'number' && Number.isFinite(value) ? Math.max(0, Math.round(value * 1_000)) : null)

export const channelOf = (value: unknown): 'voice' | 'chat' | 'email' | 'task' => {
  const name = typeof value === 'string' ? value.toLowerCase() : ''
  return name === 'voice' || name === 'chat' || name === 'email' ? name : name === '' ? 'voice' : 'task'
}

/** Outbound calls come from no queue of waiting customers; a callback does. */
export const directionOf = (method: unknown): 'in' | 'out' => (typeof method === 'string' && /^(OUTBOUND|EXTERNAL_OUTBOUND)$/i.test(method) ? 'out' : 'in')

/** One contact may wait in several queues: each visit is told by the second in which it was enqueued. */
export const visitOf = (contactId: string, enqueuedAt: number | null): string | undefined => (enqueuedAt === null ? undefined : `${contactId}#${Math.floor(enqueuedAt / 1_000)}`)

/** The words of how a customer that nobody had answered left. */
export const leftBy = (reason: string): 'abandoned' | 'trunk' | 'forced' | 'timeout' | 'moved' => {
  if (/TELECOM|BARGED/i.test(reason)) return 'trunk'
  if (/^(API|AGENT_NETWORK|DISCARDED)/i.test(reason)) return 'forced'
  if (/EXPIRED|IDLE/i.test(reason)) return 'timeout'
  return /CONTACT_FLOW|TRANSFER/i.test(reason) ? 'moved' : 'abandoned'
}
