import { BellRing, BookOpen, Cable, CalendarDays, Construction, Gauge, KeyRound, LayoutGrid, ListOrdered, Megaphone, MessageSquareText, MonitorUp, Truck, UsersRound } from '@lucide/vue'
import type { Component } from 'vue'
import AccessPage from './AccessPage.vue'
import CalendarsPage from './CalendarsPage.vue'
import MaintenancePage from './MaintenancePage.vue'
import NotificationsPage from './NotificationsPage.vue'
import OverviewPage from './OverviewPage.vue'
import PoliciesPage from './PoliciesPage.vue'
import QueuesSettingsPage from './QueuesSettingsPage.vue'
import ResourcesPage from './ResourcesPage.vue'
import RotasPage from './RotasPage.vue'
import ScreensPage from './ScreensPage.vue'
import ServicesPage from './ServicesPage.vue'
import SourcesPage from './SourcesPage.vue'
import StakeholdersPage from './StakeholdersPage.vue'
import UpdatesPage from './UpdatesPage.vue'

/** A page of the settings: `/admin/ID`, called by the words `settings.ID`. */
export interface AdminSection {
  readonly id: string
  readonly icon: Component
  readonly page: Component
}

export const adminSections: readonly AdminSection[] = [
  { id: 'overview', icon: Gauge, page: OverviewPage },
  { id: 'policies', icon: ListOrdered, page: PoliciesPage },
  { id: 'rotas', icon: UsersRound, page: RotasPage },
  { id: 'calendars', icon: CalendarDays, page: CalendarsPage },
  { id: 'services', icon: BookOpen, page: ServicesPage },
  { id: 'maintenance', icon: Construction, page: MaintenancePage },
  { id: 'resources', icon: Truck, page: ResourcesPage },
  { id: 'stakeholders', icon: Megaphone, page: StakeholdersPage },
  { id: 'updates', icon: MessageSquareText, page: UpdatesPage },
  { id: 'queues', icon: LayoutGrid, page: QueuesSettingsPage },
  { id: 'notifications', icon: BellRing, page: NotificationsPage },
  { id: 'sources', icon: Cable, page: SourcesPage },
  { id: 'access', icon: KeyRound, page: AccessPage },
  { id: 'screens', icon: MonitorUp, page: ScreensPage },
]
