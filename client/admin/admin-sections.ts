import { CalendarDays, LayoutGrid, ListOrdered } from '@lucide/vue'
import type { Component } from 'vue'

export interface AdminSection {
  readonly to: string
  readonly key: string
  readonly icon: Component
}

export const adminSections: readonly AdminSection[] = [
  { to: '/admin/policies', key: 'settings.policies', icon: ListOrdered },
  { to: '/admin/calendars', key: 'settings.calendars', icon: CalendarDays },
  { to: '/admin/queues', key: 'settings.queues', icon: LayoutGrid },
]
