import type { InjectionKey, ShallowRef } from 'vue'
import type { Row, ViewTables } from '../../server/contract/messages.ts'
import type { Refusal } from '../../server/contract/problems.ts'
import type { Incident, Iso } from '../../server/contract/rows.ts'

/** Where the socket feed (client/live) and the screens meet: screens know these types only. */

/** The way to the server; `since` is local epoch ms. */
export type LinkState =
  | { readonly kind: 'connecting' }
  | { readonly kind: 'open' }
  /** Websocket blocked: `GET floor` every 5 s instead, and said so. */
  | { readonly kind: 'polling' }
  | { readonly kind: 'lost'; readonly since: number }
  | { readonly kind: 'signed-out'; readonly reason: string }

/** Rows of the views with fixed tables. */
export type LiveTables = ViewTables

export type TableMaps<T> = { readonly [K in keyof T]: ReadonlyMap<string, T[K]> }

/** One watched view; unchanged rows keep their identity, changed ones are new objects, the whole is replaced once a frame. */
export interface LiveView<T> {
  readonly state: Readonly<ShallowRef<'loading' | 'ready' | 'refused'>>
  readonly refusal: Readonly<ShallowRef<Refusal | null>>
  /** Every table of the view is present from the start, empty while loading. */
  readonly tables: Readonly<ShallowRef<TableMaps<T>>>
  readonly asOf: Readonly<ShallowRef<Iso | null>>
  /** Watchers of one view are counted: the last one to close unwatches. */
  close(): void
}

export interface CommandBody {
  readonly type: string
  readonly [field: string]: unknown
}
export type CommandAnswer = { readonly ok: true; readonly incident: Incident } | { readonly ok: false; readonly refusal: Refusal }

/** Something for the person who is signed in here. */
export interface DeskNotice {
  readonly site: string
  readonly ref: string
  readonly subject: string
}

export interface Feed {
  readonly link: Readonly<ShallowRef<LinkState>>
  /** Server clock minus local clock in ms, measured. */
  readonly offsetMs: Readonly<ShallowRef<number>>
  watch(site: string, view: 'floor'): LiveView<ViewTables['floor']>
  watch(site: string, view: 'agents'): LiveView<ViewTables['agents']>
  watch(site: string, view: 'incidents' | 'inbox'): LiveView<ViewTables['incidents']>
  watch(site: string, view: `wall:${string}`): LiveView<ViewTables['wall']>
  watch(site: string, view: `incident:${string}`): LiveView<ViewTables['incident']>
  watch(site: string, view: string): LiveView<Readonly<Record<string, Row>>>
  /** Answered like the HTTP route; rejects only when the server cannot be reached. */
  command(site: string, ref: string, body: CommandBody, idempotencyKey: string): Promise<CommandAnswer>
  /** `show` says whether it shows the notice: only then the server has a receipt. Gives a function that ends it. */
  /** An administrator asks this wall to load itself anew. Gives a function that ends it. */
  onReload(reload: () => void): () => void
  onNotice(show: (notice: DeskNotice) => boolean): () => void
  close(): void
}

/** `main.ts` provides the feed made by `openFeed()` of `client/live/socket-feed.ts`. */
export const feedKey: InjectionKey<Feed> = Symbol('feed')
