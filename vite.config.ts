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

const entry = fileURLToPath(new URL('client/main.ts', import.meta.url))
const wallPage = fileURLToPath(new URL('client/wall/WallPage.vue', import.meta.url))
/** Folders whose pages are one file each: whoever opens one of them soon opens another. None may need one that stands before it: its constants would be made before what they are made of. */
const together: readonly (readonly [name: string, folder: RegExp])[] = [
  ['admin', /\/client\/admin\//],
  ['access', /\/client\/access\//],
  ['gallery', /\/client\/gallery\//],
  ['shell', /\/client\/shell\//],
  ['common', /\/client\/(?:base|composables|format|stores)\/|\/@?lucide\/|\/tinykeys\//],
]
/**
 * Few files, because the first page names every file there is: a screen on a wall loads one beside the libraries, with what the wall needs and
 * the first page does not.
 */
const chunkOf = (id: string, modules: Modules): string | null => {
  if (reached(entry, modules).has(id)) return null
  if (id.includes('/client/') && reached(wallPage, modules).has(id)) return 'wall'
  return together.find(([, folder]) => folder.test(id))?.[0] ?? null
}

export default defineConfig({
  root: 'client',
  plugins: [vue()],
  resolve: { alias: i18nRuntime },
  define: buildFlags,
  build: { outDir: '../dist/client', emptyOutDir: true, sourcemap: false, target: 'es2022', assetsInlineLimit: 0, modulePreload: { polyfill: false }, rolldownOptions: { output: { codeSplitting: { includeDependenciesRecursively: false, groups: [{ name: chunkOf, debugName: 'pages' }] } } } },
  server: { proxy: { '/api': `http://${server}`, '/readyz': `http://${server}`, '/socket.io': { target: `ws://${server}`, ws: true } } },
})
