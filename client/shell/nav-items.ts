import { ChartColumn, GraduationCap, Inbox, LayoutGrid, Monitor, Settings, Siren, Users } from '@lucide/vue'
import type { Component } from 'vue'
import type { Right } from '../../server/contract/roles.ts'

export interface NavItem {
  readonly to: string
  readonly key: string
  readonly icon: Component
  /** Second key of the `g` sequence. */
  readonly shortcut: string
  readonly right: Right
  /** Has a place of its own in a phone's bottom bar; the rest is behind More. */
  readonly phone: boolean
}

export const navItems: readonly NavItem[] = [
  { to: '/wall', key: 'nav.wall', icon: Monitor, shortcut: 'w', right: 'floor:read', phone: false },
  { to: '/queues', key: 'nav.queues', icon: LayoutGrid, shortcut: 'q', right: 'history:read', phone: true },
  { to: '/incidents', key: 'nav.incidents', icon: Siren, shortcut: 'i', right: 'incidents:read', phone: true },
  { to: '/inbox', key: 'nav.inbox', icon: Inbox, shortcut: 'e', right: 'incidents:command', phone: true },
  { to: '/people', key: 'nav.people', icon: Users, shortcut: 'p', right: 'agents:read', phone: false },
  { to: '/reports', key: 'nav.reports', icon: ChartColumn, shortcut: 'r', right: 'history:read', phone: false },
  { to: '/drills', key: 'nav.drills', icon: GraduationCap, shortcut: 'd', right: 'incidents:log', phone: false },
  { to: '/admin', key: 'nav.admin', icon: Settings, shortcut: 'a', right: 'settings:read', phone: false },
]
