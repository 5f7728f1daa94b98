/// <reference types="vite/client" />
import 'vue-router'

declare module 'vue-router' {
  interface RouteMeta {
    /** Full screen, outside the shell. */
    readonly wall?: boolean
    /** A page of its own, without the desk's frame, for who is signed in. */
    readonly bare?: boolean
    /** Reachable without a session. */
    readonly open?: boolean
    /** Key of the page's title in the catalogue. */
    readonly title?: string
  }
}
