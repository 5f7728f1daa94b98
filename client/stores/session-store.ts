import { defineStore } from 'pinia'
import { computed, shallowRef } from 'vue'
import { roles, rightsOf, type Right, type Role } from '../../server/contract/roles.ts'
import { nothing, request, RequestFailed, useCsrfToken } from '../http/api.ts'
import { itemsOf, recordOf, textOf } from '../http/read.ts'

export interface Site {
  readonly id: string
  readonly name: string
  readonly timeZone: string
  /** Played by the simulator: marked on every screen. */
  readonly demo: boolean
}

export interface Me {
  readonly kind: string
  readonly role: Role
  readonly person: { readonly id: string; readonly name: string } | null
  /** Reaches every site there is. */
  readonly everySite: boolean
  /** The layout of a paired wall. */
  readonly board: string | null
}

export type SessionState = 'asking' | 'signed-in' | 'signed-out' | 'setup' | 'unreachable'

const roleOf = (value: unknown): Role => roles.find((role) => role === value) ?? 'stakeholder'

const meOf = (value: unknown): Me => {
  const found = recordOf(value)
  const person = recordOf(found.person)
  const [id, name] = [textOf(person.id), textOf(person.name)]
  return { kind: textOf(found.kind) ?? 'session', role: roleOf(found.role), everySite: found.everySite === true, board: textOf(found.board), person: id === null || name === null ? null : { id, name } }
}

const siteOf = (value: Readonly<Record<string, unknown>>): Site => {
  const id = textOf(value.id) ?? textOf(value.site) ?? ''
  return { id, name: textOf(value.name) ?? id, timeZone: textOf(value.timeZone) ?? 'UTC', demo: value.demo === true || id === 'demo' }
}

/** Whose eyes the demo can be seen with. */
export const demoRoles: readonly Role[] = ['supervisor', 'duty-manager', 'agent', 'stakeholder', 'display']

/** Who looks at the screen, and at which sites. */
export const useSessionStore = defineStore('session', () => {
  const state = shallowRef<SessionState>('asking')
  const me = shallowRef<Me | null>(null)
  const sites = shallowRef<readonly Site[]>([])
  const siteId = shallowRef<string | null>(null)
  const site = computed(() => sites.value.find(({ id }) => id === siteId.value) ?? sites.value[0] ?? null)
  /** Where a thing of that site is asked for. */
  const place = (rest: string): string => `/sites/${encodeURIComponent(site.value?.id ?? '')}/${rest}`
  const may = (right: Right): boolean => me.value !== null && rightsOf[me.value.role].includes(right)
  /** Whoever decides what a supervisor proposes. */
  const leads = computed(() => me.value?.role === 'duty-manager' || me.value?.role === 'admin')

  const load = async (): Promise<void> => {
    try {
      me.value = await request('/session', (body) => {
        useCsrfToken(textOf(recordOf(body).csrfToken))
        return meOf(body)
      })
      sites.value = await request('/sites', (body) => itemsOf(body).map(siteOf))
      state.value = 'signed-in'
    } catch (error) {
      if (!(error instanceof RequestFailed)) throw error
      me.value = null
      state.value = error.status === null ? 'unreachable' : error.problem?.code === 'setup_needed' ? 'setup' : 'signed-out'
    }
  }
  const signIn = async (name: string, password: string): Promise<void> => {
    await request('/session', nothing, { method: 'POST', body: { name, password } })
    await load()
  }
  const signOut = async (): Promise<void> => {
    await request('/session', nothing, { method: 'DELETE' })
    useCsrfToken(null)
    me.value = null
    state.value = 'signed-out'
  }
  /** The demo's role is a choice of this browser; the server reads it from a cookie. */
  const viewAs = async (role: string): Promise<void> => {
    document.cookie = `floorwatch-demo-role=${encodeURIComponent(role)}; path=/; samesite=strict`
    await load()
  }
  return { state, me, sites, siteId, site, place, may, leads, load, signIn, signOut, viewAs }
})
