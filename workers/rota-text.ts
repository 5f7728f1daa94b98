import type { Directory } from '../server/domain/escalation/directory.ts'
import { newsOf, shiftsOf } from '../server/domain/escalation/rota-news.ts'
import type { IncidentRecord } from '../server/domain/incident/incident.ts'
import { outwardTitles } from '../server/incidents/outward-titles.ts'
import { later, type Instant } from '../server/domain/time.ts'
import type { IncidentLists } from '../server/redis/incident-lists.ts'
import type { OutboxRow } from '../server/redis/incident-log.ts'
import type { Texts } from '../server/redis/sealed-texts.ts'
import type { PageText } from './channels/channel.ts'

export interface RotaTextDeps {
  readonly directory: (site: string) => Promise<Directory>
  readonly lists: Pick<IncidentLists, 'newest'>
  readonly texts: Texts
  readonly now: (site: string) => Promise<Instant>
  readonly publicUrl: string
}

/** What a message about a rota says, made when it is sent; null: the rota, or the turn, is not there any more. */
export type RotaText = (site: string, row: Pick<OutboxRow, 'id' | 'person'>) => Promise<PageText | null>

const LISTED = 10
const SHIFTS_LISTED = 5
const MOST_INCIDENTS = 500
const active: readonly IncidentRecord['state'][] = ['open', 'acknowledged', 'in-progress', 'on-hold']

const timeText = (at: Instant, timeZone: string): string => new Intl.DateTimeFormat('en-GB', { timeZone, weekday: 'short', day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' }).format(at)

export const openRotaText = ({ directory, lists, texts, now: nowOf, publicUrl }: RotaTextDeps): RotaText => {
  /** Thin as every message: reference, priority, title. */
  const listOf = async (site: string, records: readonly IncidentRecord[]): Promise<readonly string[]> => {
    const shown = records.slice(0, LISTED)
    const titles = await outwardTitles(texts, site, shown)
    return [...shown.map((record) => `${record.priority === null ? '' : `[${record.priority}] `}${record.ref} ${titles.get(record.ref) ?? ''}${record.owner === null ? ', nobody has it' : ''}`), ...(records.length > LISTED ? [`and ${records.length - LISTED} more`] : [])]
  }

  return async (site, { id, person }) => {
    const about = newsOf(id)
    const { rotas, people } = await directory(site)
    const rota = about === null ? undefined : rotas?.get(about.rota)
    const keys = people.find((known) => known.id === person)
    if (about === null || rota === undefined || keys === undefined || person === null) return null
    const { name, timeZone } = rota.settings
    const now = await nowOf(site)
    const text = (subject: string, lines: readonly string[], link: string): PageText => ({ ref: '', priority: null, subject, lines, link, canAcknowledge: false, replyCode: null, urgent: false })
    const own = [person, ...keys.aliases].flatMap((key) => shiftsOf(rota, key, now))
    if (about.news === 'changed') {
      const listed = own.slice(0, SHIFTS_LISTED).map(({ from, to }) => `${timeText(from, timeZone)} to ${timeText(to, timeZone)}`)
      return text(`Your turns in ${name} have changed`, own.length === 0 ? ['You have no turn within the next 14 days.'] : ['Your next turns:', ...listed], `${publicUrl}/rotas?site=${site}`)
    }
    const open = (await lists.newest(site, { below: null, count: MOST_INCIDENTS, activeOnly: true })).filter(({ state }) => active.includes(state))
    if (about.news === 'off-call') {
      const owned = open.filter(({ owner }) => owner === person)
      return owned.length === 0 ? null : text(`Your turn in ${name} is over`, ['You still own, and may offer to whoever is on call now:', ...(await listOf(site, owned))], `${publicUrl}/inbox?site=${site}`)
    }
    const until = own.find(({ from, to }) => from <= later(now, 1) && to > now)
    // The turn was taken from them meanwhile.
    if (until === undefined) return null
    return text(`You are on call now: ${name}`, [`Until ${timeText(until.to, timeZone)}.`, ...(open.length === 0 ? ['Nothing is open.'] : [`Open: ${open.length}`, ...(await listOf(site, open))])], `${publicUrl}/inbox?site=${site}`)
  }
}
