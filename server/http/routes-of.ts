import type { Router } from 'express'

export interface DeclaredRoute {
  /** Lower case, as express writes it. */
  readonly method: string
  /** As declared, e.g. `/sites/:site/floor`. */
  readonly path: string
  /** The right its guard asks for; null: open. */
  readonly right: string | null
  readonly matches: (path: string) => boolean
}

const patternOf = (path: string): RegExp => new RegExp(`^${path.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replace(/:[A-Za-z]+/g, '[^/]+')}/?$`)

const rightOf = (handle: unknown): string | null => (typeof handle === 'function' && 'right' in handle && typeof handle.right === 'string' ? handle.right : null)

/** Every route that a router declares, with the right of its guard. */
export const routesOf = (router: Router): readonly DeclaredRoute[] =>
  router.stack.flatMap(({ route }) => {
    if (route === undefined) return []
    const paths: readonly string[] = Array.isArray(route.path) ? route.path : [route.path]
    const right = route.stack.map(({ handle }) => rightOf(handle)).find((found) => found !== null) ?? null
    const methods = [...new Set(route.stack.map(({ method }) => method))]
    return paths.flatMap((path) => methods.map((method) => ({ method, path, right, matches: (given: string) => patternOf(path).test(given) })))
  })
