import type { Priority } from '../../server/domain/incident/incident.ts'
import type { QueueStatus } from '../format/queue-status.ts'
import type { MarkKind } from './StatusMark.vue'

const queueMarks: Readonly<Record<QueueStatus, MarkKind>> = { breached: 'p1', 'at-risk': 'p2', watch: 'p3', 'on-target': 'ok', quiet: 'quiet', unknown: 'unknown' }
export const markOf = (status: QueueStatus): MarkKind => queueMarks[status]

const priorityMarks: Readonly<Record<Priority, MarkKind>> = { P1: 'p1', P2: 'p2', P3: 'p3', P4: 'p4' }
export const markOfPriority = (priority: Priority | null): MarkKind => (priority === null ? 'unknown' : priorityMarks[priority])

/** "Priya Kapoor" -> "PK". */
export const initialsOf = (name: string): string =>
  name.split(/\s+/).filter(Boolean).map((word) => word[0]?.toUpperCase() ?? '').filter((_, index, all) => index === 0 || index === all.length - 1).join('')
