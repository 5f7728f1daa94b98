/** Messages are compiled by locales/compile-message.ts, so the runtime-only build suffices: smaller, and no eval under the CSP. */
export const i18nRuntime = { 'vue-i18n': 'vue-i18n/dist/vue-i18n.runtime.mjs' }

/** What the libraries leave out of a production build. */
export const buildFlags = {
  __VUE_OPTIONS_API__: 'false',
  __VUE_PROD_DEVTOOLS__: 'false',
  __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: 'false',
  __VUE_I18N_FULL_INSTALL__: 'false',
  __VUE_I18N_LEGACY_API__: 'false',
  __INTLIFY_DROP_MESSAGE_COMPILER__: 'true',
  __INTLIFY_PROD_DEVTOOLS__: 'false',
}
