import { problem } from '../http/problem.ts'

export interface Page<T> {
  readonly items: readonly T[]
  /** Cursor of what follows; null at the end. */
  readonly next: string | null
}

/** A page of a list that is sorted by `idOf`; the cursor is the last id told. */
export const pageOf = <T>(all: readonly T[], idOf: (item: T) => string, { limit, cursor }: { readonly limit: number; readonly cursor?: string | undefined }): Page<T> => {
  const last = cursor === undefined ? null : Buffer.from(cursor, 'base64url').toString()
  const start = last === null ? 0 : all.findIndex((item) => idOf(item) === last) + 1
  if (last !== null && start === 0) throw problem(400, 'query_invalid', 'cursor: must be the `next` of an earlier answer')
  const items = all.slice(start, start + limit)
  const end = items.at(-1)
  return { items, next: end !== undefined && start + limit < all.length ? Buffer.from(idOf(end)).toString('base64url') : null }
}
