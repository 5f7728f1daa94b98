import { fileURLToPath } from 'node:url'
import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vite'
import { buildFlags, i18nRuntime } from './client/build-flags.ts'

/** `npm run dev` names the port of the server behind. */
const server = `127.0.0.1:${process.env.PORT ?? 8080}`

interface Modules {
  getModuleInfo(id: string): { readonly importedIds: readonly string[] } | null
}
/** Modules reached from `start` by imports that do not wait. */
const reached = (start: string, modules: Modules): ReadonlySet<string> => {
  const found = new Set([start])
  for (const id of found) for (const next of modules.getModuleInfo(id)?.importedIds ?? []) found.add(next)
  return found
}

/** A screen on a wall loads one file beside the libraries: what the wall needs and the first page of the app does not. */
const wallPage = fileURLToPath(new URL('client/wall/WallPage.vue', import.meta.url))
const wallChunk = (id: string, modules: Modules): string | null => {
  if (!id.includes('/client/')) return null
  const entry = fileURLToPath(new URL('client/main.ts', import.meta.url))
  return reached(wallPage, modules).has(id) && !reached(entry, modules).has(id) ? 'wall' : null
}

export default defineConfig({
  root: 'client',
  plugins: [vue()],
  resolve: { alias: i18nRuntime },
  define: buildFlags,
  build: { outDir: '../dist/client', emptyOutDir: true, sourcemap: false, target: 'es2022', assetsInlineLimit: 0, modulePreload: { polyfill: false }, rolldownOptions: { output: { codeSplitting: { includeDependenciesRecursively: false, groups: [{ name: wallChunk, debugName: 'wall' }] } } } },
  server: { proxy: { '/api': `http://${server}`, '/readyz': `http://${server}`, '/socket.io': { target: `ws://${server}`, ws: true } } },
})
