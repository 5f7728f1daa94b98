export interface FetchOptions {
  readonly fetch: typeof globalThis.fetch
  /** '' on the page's own server. */
  readonly origin: string
  readonly token: string | null
}

export const apiHeaders = (token: string | null): Record<string, string> => (token === null ? {} : { authorization: `Bearer ${token}` })
