import type { Revision, Tables } from '../../server/contract/messages.ts'
import type { AgentRow, Iso, QueueRow, SourceRow } from '../../server/contract/rows.ts'
import { apiHeaders, type FetchOptions } from './api-headers.ts'

/** The body of `GET floor`. */
export interface FloorBody {
  readonly site: string
  readonly revision: Revision
  readonly asOf: Iso
  readonly sources: readonly SourceRow[]
  readonly queues: readonly QueueRow[]
  readonly agents: readonly AgentRow[]
  readonly totals: QueueRow
}

export interface ViewBody {
  readonly revision: Revision
  readonly asOf: Iso
  readonly snapshot: Tables
}

/** Reads a resource again only when it has changed: the body, or null for "as before". Throws when the server does not answer with one. */
const conditionalReader = ({ fetch, origin, token }: FetchOptions) => {
  const tags = new Map<string, string>()
  return async (path: string, { fresh = false } = {}): Promise<unknown> => {
    const tag = fresh ? undefined : tags.get(path)
    const answer = await fetch(`${origin}${path}`, { credentials: 'same-origin', headers: { ...apiHeaders(token), ...(tag === undefined ? {} : { 'if-none-match': tag }) }, signal: AbortSignal.timeout(8_000) })
    if (answer.status === 304) return null
    if (!answer.ok) throw new Error(`GET ${path} answered ${answer.status}`)
    tags.set(path, answer.headers.get('etag') ?? '')
    return answer.json()
  }
}

const path = (site: string, rest: string) => `/api/v1/sites/${encodeURIComponent(site)}/${rest}`
const viewOfFloor = (view: string, body: FloorBody): ViewBody => ({
  revision: body.revision,
  asOf: body.asOf,
  snapshot: view === 'agents' ? { agents: body.agents } : { queues: body.queues, totals: [body.totals], sources: body.sources },
})

export interface ViewReader {
  /** Views of a site over HTTP; a view that is absent from the answer has not changed. */
  readonly read: (site: string, views: readonly string[], options?: { readonly fresh?: boolean }) => Promise<ReadonlyMap<string, ViewBody>>
}

/** `GET floor` gives the views `floor` and `agents` at once; others have a resource each. */
export const viewReader = (options: FetchOptions): ViewReader => {
  const read = conditionalReader(options)
  return {
    read: async (site, views, { fresh = false } = {}) => {
      const ofFloor = views.filter((view): boolean => view === 'floor' || view === 'agents')
      const others = views.filter((view) => !ofFloor.includes(view))
      const bodies = new Map<string, ViewBody>()
      const floor = ofFloor.length === 0 ? null : ((await read(path(site, 'floor'), { fresh })) as FloorBody | null)
      if (floor !== null) for (const view of ofFloor) bodies.set(view, viewOfFloor(view, floor))
      await Promise.all(
        others.map(async (view) => {
          const body = (await read(path(site, `views/${encodeURIComponent(view)}`), { fresh })) as ViewBody | null
          if (body !== null) bodies.set(view, body)
        }),
      )
      return bodies
    },
  }
}
