import { BellRing, BookOpen, Cable, CalendarDays, Construction, Gauge, KeyRound, LayoutGrid, ListOrdered, Megaphone, MonitorUp, UsersRound } from '@lucide/vue'
import type { Component } from 'vue'

export interface AdminSection {
  readonly to: string
  readonly key: string
  readonly icon: Component
}

export const adminSections: readonly AdminSection[] = [
  { to: '/admin/overview', key: 'settings.overview', icon: Gauge },
  { to: '/admin/policies', key: 'settings.policies', icon: ListOrdered },
  { to: '/admin/rotas', key: 'settings.rotas', icon: UsersRound },
  { to: '/admin/calendars', key: 'settings.calendars', icon: CalendarDays },
  { to: '/admin/services', key: 'settings.services', icon: BookOpen },
  { to: '/admin/maintenance', key: 'settings.maintenance', icon: Construction },
  { to: '/admin/stakeholders', key: 'settings.stakeholders', icon: Megaphone },
  { to: '/admin/queues', key: 'settings.queues', icon: LayoutGrid },
  { to: '/admin/notifications', key: 'settings.notifications', icon: BellRing },
  { to: '/admin/sources', key: 'settings.sources', icon: Cable },
  { to: '/admin/access', key: 'settings.access', icon: KeyRound },
  { to: '/admin/screens', key: 'settings.screens', icon: MonitorUp },
]
