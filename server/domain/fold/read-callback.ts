import type { CallbackFigures } from '../contact-figures.ts'
import { FACT_STRIDE, LEG, LEG_STRIDE, NONE, type LegTable } from '../legs.ts'
import { instantOf, SECOND } from '../time.ts'
import { KIND } from './fact-kinds.ts'

/** What a caller was promised and what became of it; null for a visit without a callback. */
export const callbackOf = (legs: LegTable, leg: number): CallbackFigures | null => {
  const { facts } = legs
  let asked: { readonly at: number; readonly due: number; readonly until: number } | null = null
  let attempts = 0
  let connectedAt: number | null = null
  let failedAt: number | null = null
  for (let fact = legs.cells[leg * LEG_STRIDE + LEG.head]; fact !== NONE; fact = facts[fact * FACT_STRIDE]) {
    const f = fact * FACT_STRIDE
    const at = legs.baseOf(leg) + facts[f + 2]
    const kind = facts[f + 1] & 31
    if (kind === KIND.callbackRequested) asked ??= { at, due: facts[f + 4], until: facts[f + 5] }
    else if (kind === KIND.callbackAttempted) attempts++
    else if (kind === KIND.callbackConnected) connectedAt ??= at
    // The bit says that no further try is made.
    else if (kind === KIND.callbackFailed && ((facts[f + 1] >> 24) & 1) === 1) failedAt ??= at
  }
  if (asked === null) return null
  const after = (seconds: number): number | null => (seconds === NONE ? null : asked.at + seconds * SECOND)
  const [due, until] = [after(asked.due), after(asked.until)]
  return {
    requestedAt: instantOf(asked.at),
    // Asked for without a time: as soon as possible.
    dueAt: instantOf(due ?? asked.at),
    promisedUntil: until === null ? null : instantOf(until),
    attempts: Math.max(attempts, connectedAt === null && failedAt === null ? 0 : 1),
    connectedAt: connectedAt === null ? null : instantOf(connectedAt),
    failedAt: connectedAt !== null || failedAt === null ? null : instantOf(failedAt),
  }
}
