import type { IncidentClockRow } from '../../server/contract/rows.ts'
import type { useWords } from '../composables/use-words.ts'

/** What a clock is called: an audience by the register's word for it, else its key; a clock of the law by its own name; any other by its kind. */
export const clockName = (words: Pick<ReturnType<typeof useWords>, 't' | 'named'>, { kind, name, called }: Pick<IncidentClockRow, 'kind' | 'name' | 'called'>): string =>
  called !== undefined && called !== name ? called : name === null ? words.t(`incident.clock.${kind}`) : words.named('incident.clock', name)
