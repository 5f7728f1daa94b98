import type { Incident } from '../../server/contract/rows.ts'

/** What is said aloud of something that waits for somebody: an enquiry is no incident, however urgent. */
export const alarmText = ({ ref, type, priority, title }: Pick<Incident, 'ref' | 'type' | 'priority' | 'title'>, t: (key: string, named: Readonly<Record<string, string>>) => string): string => {
  if (type !== 'incident') return t('alarm.other', { type: t(`recordType.${type}`, {}), ref, priority: priority === null ? '' : t(`priority.${priority}`, {}), title })
  return priority === 'P1' ? t('alarm.p1', { ref, title }) : t('alarm.p2', { ref, title })
}
