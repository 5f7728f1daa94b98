/// <reference types="vite/client" />
import 'vue-router'

declare module 'vue-router' {
  interface RouteMeta {
    /** Full screen, outside the shell. */
    readonly wall?: boolean
    /** Reachable without a session. */
    readonly open?: boolean
    /** Key of the page's title in the catalogue. */
    readonly title?: string
  }
}
