import type { DeadLetterRow, NotificationRow, ReachableRow } from '../../server/contract/notifications.ts'
import { isRecord, itemsOf, recordOf, textOf } from '../http/read.ts'

/** Readers of the notification log: rows of another shape are left out. */
const hasId = (row: Readonly<Record<string, unknown>>): boolean => typeof row.id === 'string' && typeof row.channel === 'string'

export const readNotification = (body: unknown): NotificationRow => {
  const row = recordOf(body)
  if (!hasId(row) || !Array.isArray(row.steps)) throw new Error('the notification has another shape than the contract')
  return row as unknown as NotificationRow
}
export interface NotificationPage {
  readonly items: readonly NotificationRow[]
  readonly next: string | null
}
export const readNotifications = (body: unknown): NotificationPage => ({ items: itemsOf(body).filter((row) => hasId(row) && Array.isArray(row.steps)) as unknown as readonly NotificationRow[], next: textOf(recordOf(body).next) })
export const readDeadLetters = (body: unknown): readonly DeadLetterRow[] => itemsOf(body).filter(hasId) as unknown as readonly DeadLetterRow[]
export const readReachable = (body: unknown): readonly ReachableRow[] => itemsOf(body).filter((row) => isRecord(row) && typeof row.person === 'string' && Array.isArray(row.urgent) && Array.isArray(row.routine) && Array.isArray(row.verified)) as unknown as readonly ReachableRow[]

const settled: ReadonlySet<NotificationRow['state']> = new Set(['delivered', 'failed', 'unknown', 'dead', 'cancelled', 'purged'])
/** Nothing more will become of it by itself; a page that was accepted may still be proved to have arrived. */
export const isSettled = (state: NotificationRow['state']): boolean => settled.has(state)
