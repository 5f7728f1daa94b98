import { createRouter, createWebHistory, type RouteRecordRaw, type Router } from 'vue-router'
import type { Role } from '../server/contract/roles.ts'
import type { WordsPart } from './locales/i18n.ts'
import { useSessionStore } from './stores/session-store.ts'

/** Where a role lands: a screen on its wall, on call at the inbox, a supervisor at the queues. */
const landing: Readonly<Record<Role, string>> = { display: '/wall', 'duty-manager': '/inbox', supervisor: '/queues', admin: '/queues', agent: '/incidents/new', stakeholder: '/status', source: '/queues' }

export const routes: readonly RouteRecordRaw[] = [
  { path: '/', redirect: () => { const { me } = useSessionStore(); return me?.board ? `/wall/${me.board}` : landing[me?.role ?? 'supervisor'] } },
  { path: '/wall/:layout(near|room|hall)?', component: () => import('./wall/WallPage.vue'), meta: { wall: true } },
  { path: '/queues/:id?', component: () => import('./queues/QueuesPage.vue') },
  { path: '/people', component: () => import('./people/PeoplePage.vue') },
  { path: '/incidents', component: () => import('./incidents/IncidentsPage.vue') },
  { path: '/incidents/new', component: () => import('./incidents/NewIncidentPage.vue') },
  { path: '/incidents/:ref/review', component: () => import('./incidents/ReviewPage.vue') },
  { path: '/problems', component: () => import('./incidents/ProblemsPage.vue') },
  { path: '/incidents/:ref', component: () => import('./incidents/IncidentPage.vue') },
  { path: '/drills/:id?', component: () => import('./incidents/DrillsPage.vue') },
  { path: '/inbox', component: () => import('./inbox/InboxPage.vue') },
  { path: '/reports/:id?', component: () => import('./reports/ReportsPage.vue'), meta: { office: true } },
  { path: '/admin', redirect: '/admin/overview' },
  // Which sections there are is their own affair: this file is loaded by every wall.
  { path: '/admin/:section/:id?', component: () => import('./admin/AdminPage.vue'), meta: { office: true } },
  { path: '/sign-in', component: () => import('./access/SignInPage.vue'), meta: { open: true } },
  { path: '/pair', component: () => import('./access/PairPage.vue'), meta: { open: true } },
  { path: '/setup', component: () => import('./access/SetupPage.vue'), meta: { open: true } },
  { path: '/first-site', component: () => import('./access/FirstSitePage.vue'), meta: { bare: true } },
  { path: '/status/:slug?', component: () => import('./status/StatusPage.vue'), meta: { open: true } },
  { path: '/gallery', component: () => import('./gallery/GalleryPage.vue'), meta: { open: true } },
  { path: '/gallery/wall/:scene', component: () => import('./gallery/GalleryScene.vue'), meta: { open: true } },
  { path: '/:path(.*)*', component: () => import('./shell/NotFoundPage.vue') },
]

/** Query parameters that belong to the whole session of looking, not to one page. */
const sticky = ['site', 'theme', 'lang', 'as']

/** `loadWords` brings what every page but a wall needs, and what the offices behind the floor need besides. */
export const openRouter = (loadWords: (part: WordsPart) => Promise<void>): Router => {
  const router = createRouter({ history: createWebHistory(), routes: [...routes], scrollBehavior: (_to, _from, saved) => saved ?? { top: 0 } })
  router.beforeEach(async (to, from) => {
    const missing = sticky.filter((key) => from.query[key] !== undefined && to.query[key] === undefined)
    if (missing.length > 0) return { ...to, query: { ...Object.fromEntries(missing.map((key) => [key, from.query[key]])), ...to.query }, replace: true }
    if (!to.meta.wall) await loadWords('desk')
    if (to.matched.some(({ meta }) => meta.office)) await loadWords('office')
    if (to.meta.open) return true
    const session = useSessionStore()
    if (session.state === 'asking' || session.state === 'unreachable') await session.load()
    // A wall has no keyboard to sign in with: it shows a code.
    if (to.meta.wall && session.state === 'signed-out') return { path: '/pair' }
    if (session.state === 'setup') return { path: '/setup' }
    if (session.state === 'signed-out') return { path: '/sign-in', query: { ...to.query, next: to.fullPath } }
    // Without a site there is nothing to show, and nothing would ever come.
    const needsSite = session.state === 'signed-in' && session.sites.length === 0
    if (needsSite !== (to.path === '/first-site')) return needsSite ? { path: '/first-site', query: { next: to.fullPath } } : { path: '/' }
    return true
  })
  return router
}
