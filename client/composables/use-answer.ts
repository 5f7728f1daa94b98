import { onScopeDispose, shallowRef, watch, type ShallowRef } from 'vue'
import { reasonOf, request } from '../http/api.ts'

export interface Answer<T> {
  /** Null until the first answer, and where another question has failed. */
  readonly value: Readonly<ShallowRef<T | null>>
  /** Why the last question has no answer; what was answered to the same one before still stands. */
  readonly failure: Readonly<ShallowRef<string | null>>
  readonly again: () => Promise<void>
}

interface Asking {
  /** What stood before goes as soon as something else is asked. */
  readonly anew?: boolean
  readonly everyMs?: number
}

/** Longer than that no answer is waited for where it is asked for again and again. */
const LONGEST_MS = 60_000

/** What the server says under a path, asked again whenever the path changes: an answer that something newer has overtaken is dropped. Null: nothing is asked. */
export const useAnswer = <T>(path: () => string | null, read: (body: unknown) => T, { anew = false, everyMs }: Asking = {}): Answer<T> => {
  const value = shallowRef<T | null>(null) as ShallowRef<T | null>
  const failure = shallowRef<string | null>(null)
  let turn = 0
  /** The path that `value` is the answer of. */
  let answered: string | null = null
  /** The path that is being asked. */
  let asking: string | null = null
  let askedAt = 0
  const again = async (): Promise<void> => {
    const asked = path()
    const mine = (turn += 1)
    asking = asked
    askedAt = Date.now()
    if (asked === null) return
    try {
      const found = await request(asked, read)
      if (mine !== turn) return
      value.value = found
      failure.value = null
      answered = asked
    } catch (error) {
      const reason = reasonOf(error)
      if (mine !== turn) return
      if (answered !== asked) value.value = null
      failure.value = reason
    } finally {
      if (mine === turn) asking = null
    }
  }
  watch(path, () => {
    if (anew) {
      value.value = null
      failure.value = null
    }
    void again()
  }, { immediate: true })
  if (everyMs !== undefined) {
    // A slow answer is waited for: what asked the same again would overtake it for ever. One that never comes is not.
    const timer = setInterval(() => { if (asking !== path() || Date.now() - askedAt > LONGEST_MS) void again() }, everyMs)
    onScopeDispose(() => clearInterval(timer))
  }
  return { value, failure, again }
}
