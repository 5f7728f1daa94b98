import { computed, type ComputedRef } from 'vue'
import type { Incident } from '../../server/contract/rows.ts'
import { useNow } from '../composables/use-now.ts'
import { useWords } from '../composables/use-words.ts'
import { isoDuration, remainingText } from '../format/duration.ts'
import { leadingClock } from '../format/incident-order.ts'

export interface Counted {
  readonly text: string
  readonly duration: string
  readonly label: string
}

/** What counts down on a card: the next person told, else the end of a snooze, else the deadline; null when nothing runs. */
export const useCountdown = (incident: () => Incident): ComputedRef<Counted | null> => {
  const words = useWords()
  const { now } = useNow({ always: true })
  const until = (): { readonly at: number; readonly label: string } | null => {
    const { next, snoozedUntil } = incident()
    if (next) return { at: Date.parse(next.at), label: words.t('inbox.toNext') }
    if (snoozedUntil) return { at: Date.parse(snoozedUntil), label: words.t('inbox.untilWake') }
    const clock = leadingClock(incident())
    return clock?.dueAt ? { at: Date.parse(clock.dueAt), label: words.t(clock.kind === 'response' ? 'inbox.untilDue' : 'inbox.untilResolve') } : null
  }
  return computed(() => {
    const found = until()
    if (found === null) return null
    const { text, over } = remainingText(found.at - now.value)
    return { text: over ? words.t('due.over', { time: text }) : text, duration: isoDuration(Math.abs(found.at - now.value)), label: found.label }
  })
}
