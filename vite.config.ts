import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vite'
import { buildFlags, i18nRuntime } from './client/build-flags.ts'

/** `npm run dev` names the port of the server behind. */
const server = `127.0.0.1:${process.env.PORT ?? 8080}`

export default defineConfig({
  root: 'client',
  plugins: [vue()],
  resolve: { alias: i18nRuntime },
  define: buildFlags,
  build: { outDir: '../dist/client', emptyOutDir: true, sourcemap: false, target: 'es2022', assetsInlineLimit: 0, modulePreload: { polyfill: false } },
  server: { proxy: { '/api': `http://${server}`, '/readyz': `http://${server}`, '/socket.io': { target: `ws://${server}`, ws: true } } },
})
