import { createHash } from 'node:crypto'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import type { Iso, SourceRow } from '../contract/rows.ts'
import { scopeKeyFor, type Scope } from './scope.ts'
import type { SiteFeed } from './feed.ts'
import { planOf, rowsOf, tablesText } from './to-views.ts'

/** A view as an HTTP body, made once per scope and state of the floor. */
export interface ViewAnswer {
  readonly asOf: Iso
  /** Strong enough for "has anything on it changed": a source's next sign of life alone is no change. */
  readonly etag: string
  readonly body: Buffer
  readonly gzipped: () => Promise<Buffer>
}

const compress = promisify(gzip)

const answerOf = (text: string, tagged: string, revision: string, asOf: Iso): ViewAnswer => {
  const body = Buffer.from(text)
  let zipped: Promise<Buffer> | null = null
  return {
    asOf,
    etag: `W/"${revision}.${createHash('sha256').update(tagged).digest('base64url').slice(0, 12)}"`,
    body,
    // Level 1: a megabyte of rows in a few milliseconds, once for everybody of the scope.
    gzipped: () => (zipped ??= compress(body, { level: 1 })),
  }
}

const one = (rows: readonly { readonly text: string }[] | undefined): string => rows?.[0]?.text ?? 'null'
const many = (rows: readonly { readonly text: string }[] | undefined): string => `[${(rows ?? []).map(({ text }) => text).join()}]`

const floorAnswer = (feed: SiteFeed, scope: Scope): ViewAnswer => {
  const { queues, totals, sources } = rowsOf(planOf('floor', scope), feed.read)
  const agents = scope.fields === 'staff' ? rowsOf(planOf('agents', scope), feed.read).agents : []
  const rows = `"queues":${many(queues)},"agents":${many(agents)},"totals":${one(totals)}`
  const asOf = feed.asOf()
  const head = `"site":${JSON.stringify(feed.site)},"revision":${JSON.stringify(feed.revision())},"asOf":${JSON.stringify(asOf)}`
  const states = (sources ?? []).map(({ row }) => [(row as SourceRow).id, (row as SourceRow).state, (row as SourceRow).detail])
  return answerOf(`{${head},"sources":${many(sources)},${rows}}`, `${rows}${JSON.stringify(states)}`, feed.revision(), asOf)
}

const viewAnswer = (feed: SiteFeed, scope: Scope, view: string): ViewAnswer => {
  const snapshot = tablesText(rowsOf(planOf(view, scope), feed.read))
  const asOf = feed.asOf()
  return answerOf(`{"revision":${JSON.stringify(feed.revision())},"asOf":${JSON.stringify(asOf)},"snapshot":${snapshot}}`, snapshot, feed.revision(), asOf)
}

export interface ViewAnswers {
  /** `view` null: the whole floor as `GET floor` gives it. */
  readonly get: (scope: Scope, view: string | null) => Promise<ViewAnswer>
}

/** Answers of the last flush by scope; forgotten at the next. */
export const viewAnswers = (feed: SiteFeed): ViewAnswers => {
  const made = new Map<string, ViewAnswer>()
  feed.onFlush(() => made.clear())
  return {
    get: async (scope, view) => {
      await feed.current()
      feed.keepArea(scope)
      const key = JSON.stringify([scopeKeyFor(scope, view === null ? [] : [view]), view])
      const known = made.get(key)
      if (known !== undefined && known.asOf === feed.asOf()) return known
      const answer = view === null ? floorAnswer(feed, scope) : viewAnswer(feed, scope, view)
      made.set(key, answer)
      return answer
    },
  }
}
