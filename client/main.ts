import '@fontsource-variable/inter/wght.css'
import './styles/base.css'
import './styles/tokens.css'
import './styles/controls.css'
import './styles/tables.css'
import { createPinia } from 'pinia'
import { createApp } from 'vue'
import App from './App.vue'
import { openI18n } from './locales/i18n.ts'
import { loadWordsKey } from './locales/words-key.ts'
import { feedKey } from './live/feed.ts'
import { openFeed } from './live/socket-feed.ts'
import { openRouter } from './router.ts'

const wanted = new URLSearchParams(location.search).get('lang') ?? navigator.language

const { i18n, loadWords } = openI18n(wanted)

createApp(App).use(createPinia()).use(i18n).use(openRouter(loadWords)).provide(feedKey, openFeed()).provide(loadWordsKey, loadWords).mount('#app')
