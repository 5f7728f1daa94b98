/**
 * Each request of a test has a connection of its own. A kept one dies after five idle seconds at the server; a test whose own
 * loop stood still in that moment (jest reads the next file, Chromium starts) would send its next request into it.
 */
const kept = globalThis.fetch
globalThis.fetch = (input, init = {}) => {
  const headers = new Headers(init.headers)
  headers.set('connection', 'close')
  return kept(input, { ...init, headers })
}
