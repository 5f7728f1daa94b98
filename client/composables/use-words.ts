import { useI18n } from 'vue-i18n'
import type { QueueRow } from '../../server/contract/rows.ts'
import { elapsedText, meanText } from '../format/duration.ts'
import type { Freshness } from '../format/freshness.ts'
import { dateText, dayText, timeText, zoneText } from '../format/instants.ts'
import { percentDigits, percentText, wholeText } from '../format/numbers.ts'
import { causeText } from '../format/queue-cause.ts'
import { useSessionStore } from '../stores/session-store.ts'

/** Formats bound to the reader's language and the site's zone. */
export const useWords = () => {
  const { t, te, locale } = useI18n()
  const session = useSessionStore()
  const zone = (): string => session.site?.timeZone ?? 'UTC'
  const language = (): string => (locale.value.startsWith('en') ? 'en-GB' : locale.value)
  const time = (at: number | string, seconds = false): string => timeText(typeof at === 'string' ? Date.parse(at) : at, zone(), language(), seconds)

  const freshness = (state: Freshness): string => {
    switch (state.kind) {
      case 'connecting': return t('fresh.connecting')
      case 'live': return state.polling ? t('fresh.polling') : state.ageMs === null || state.ageMs < 1000 ? t('fresh.liveNow') : t('fresh.live', { age: age(state.ageMs) })
      case 'late': return t('fresh.late', { age: age(state.ageMs), source: state.source })
      case 'stale': return state.asOf === null ? t('fresh.silent', { source: state.source }) : t('fresh.stale', { time: time(state.asOf, true), source: state.source })
      case 'unknown': return state.source === '' ? t('fresh.nothing') : state.since === null ? t('fresh.never', { source: state.source }) : t('fresh.unknown', { time: time(state.since), source: state.source })
      case 'offline': return t('fresh.offline', { elapsed: elapsedText(state.forMs) })
    }
  }
  const percent = (ratio: number, decimals: 0 | 1 = 0): string => percentText(ratio, decimals, language())
  /** Seconds up to 90, then minutes, then hours: an age that does not flicker. */
  const age = (ms: number): string => {
    const seconds = Math.floor(ms / 1000)
    if (seconds <= 90) return t('age.seconds', { n: seconds })
    return seconds < 5400 ? t('age.minutes', { n: Math.round(seconds / 60) }) : t('age.hours', { n: Math.round(seconds / 3600) })
  }
  /** Whom a policy names: `role:duty-manager` -> "Duty manager". */
  const target = (name: string): string => {
    const [kind = '', ...rest] = name.split(':')
    const id = rest.join(':')
    return id === '' ? name : kind === 'role' && te(`role.${id}`) ? t(`role.${id}`) : id
  }
  return {
    t, target,
    /** Who is told, by what people call them. */
    whom: ({ targets, called = targets }: { readonly targets: readonly string[]; readonly called?: readonly string[] | undefined }): string => called.map(target).join(', '),
    /** A built-in name in the reader's language, a site's own name as it is, a dash for none. */
    named: (group: string, name: string | null): string => (name === null ? '—' : te(`${group}.${name}`) ? t(`${group}.${name}`) : name),
    /** The word of a queue's mark; null: its figures may not be believed now. */
    cause: (row: QueueRow | null, at: number): string => (row === null ? t('cause.noData') : causeText(row, at, { t, percent })),
    /** The title of an incident; practice is called practice wherever it is seen. */
    titled: ({ title, drill = false }: { readonly title: string; readonly drill?: boolean }): string => (drill ? t('drill.titled', { title }) : title),
    /** A share, a dash where there is none. */
    ratio: (value: number | null, decimals: 0 | 1 = 0): string => (value === null ? '—' : percent(value, decimals)),
    /** A mean time, a dash where there is none. */
    mean: (ms: number | null): string => (ms === null ? '—' : meanText(ms)),
    /** "Mon 2 Nov" of an instant in a zone, the site's by default. */
    day: (at: number, timeZone = zone()): string => dayText(at, timeZone, language()),
    /** "Mon 2 Nov" of a local date, YYYY-MM-DD. */
    localDay: (date: string): string => dayText(Date.parse(`${date}T00:00:00Z`), 'UTC', language()),
    /** "2 Nov 2026" of an instant at the site. */
    date: (at: number): string => dateText(at, zone(), language()),
    /** "2 Nov 2026" of a local date, YYYY-MM-DD. */
    localDate: (date: string): string => dateText(Date.parse(`${date}T00:00:00Z`), 'UTC', language()),
    time, age, freshness, language, zone, percent,
    zoneName: (at: number): string => zoneText(at, zone(), language()),
    whole: (value: number): string => wholeText(value, language()),
    percentDigits: (ratio: number, decimals: 0 | 1 = 0): string => percentDigits(ratio, decimals, language()),
  }
}
