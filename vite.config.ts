import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vite'

/** `npm run dev` names the port of the server behind. */
const server = `127.0.0.1:${process.env.PORT ?? 8080}`

/** Messages are compiled by client/locales/compile-message.ts, so the runtime-only build suffices: smaller, and no eval under the CSP. */
export const i18nRuntime = { 'vue-i18n': 'vue-i18n/dist/vue-i18n.runtime.mjs' }

export const buildFlags = {
  __VUE_OPTIONS_API__: 'false',
  __VUE_PROD_DEVTOOLS__: 'false',
  __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: 'false',
  __VUE_I18N_FULL_INSTALL__: 'false',
  __VUE_I18N_LEGACY_API__: 'false',
  __INTLIFY_DROP_MESSAGE_COMPILER__: 'true',
  __INTLIFY_PROD_DEVTOOLS__: 'false',
}

export default defineConfig({
  root: 'client',
  plugins: [vue()],
  resolve: { alias: i18nRuntime },
  define: buildFlags,
  build: { outDir: '../dist/client', emptyOutDir: true, sourcemap: false, target: 'es2022', assetsInlineLimit: 0, modulePreload: { polyfill: false } },
  server: { proxy: { '/api': `http://${server}`, '/readyz': `http://${server}`, '/socket.io': { target: `ws://${server}`, ws: true } } },
})
