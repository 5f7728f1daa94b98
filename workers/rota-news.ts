import { rotasOf, type SettingsDocument } from '../server/contract/settings.ts'
import { personNamed, type Directory } from '../server/domain/escalation/directory.ts'
import { changedFor, newsDelivery, newsKey, turnsBetween, type RotaNews } from '../server/domain/escalation/rota-news.ts'
import type { Rota } from '../server/domain/escalation/rota.ts'
import { DAY, instantOf, MINUTE, type Instant } from '../server/domain/time.ts'
import type { Logger } from '../server/log.ts'
import type { IncidentLists } from '../server/redis/incident-lists.ts'
import type { IncidentOutbox } from '../server/redis/incident-outbox.ts'

export interface RotaNewsDeps {
  readonly sites: () => readonly string[]
  readonly directory: (site: string) => Promise<Directory>
  readonly outbox: Pick<IncidentOutbox, 'queue'>
  readonly lists: Pick<IncidentLists, 'newest'>
  /** Today's document, or an earlier version; null when that one is not kept. */
  readonly settings: (site: string, version?: number) => Promise<{ readonly version: number; readonly savedAt: Instant | null; readonly document: SettingsDocument } | null>
  readonly timeZoneOf: (site: string) => string
  readonly onSettings: (changed: (site: string) => void) => () => void
  readonly now: (site: string) => Promise<Instant>
  readonly log: Logger
  /** null: looked at by hand alone. */
  readonly everyMs?: number | null
}

export interface RotaNewsPart {
  /** Tells of the turns of the last while, and of what the newest settings changed. */
  look(site: string): Promise<void>
  close(): void
}

const EVERY_MS = 15_000
/** A turn that nobody was there to tell of is told so much later at most; and a change of settings. */
const TURN_KNOWN = 15 * MINUTE
const CHANGE_KNOWN = DAY
const MOST_INCIDENTS = 500

/**
 * Whoever comes on call is told so, with what is open; whoever goes and still owns something, to hand it over; whoever has other
 * turns than before, which (INCIDENTS 2.8). Each message has a key of its own, so that several workers, and one that starts anew, tell it once.
 */
export const openRotaNews = ({ sites, directory, outbox, lists, settings, timeZoneOf, onSettings, now: nowOf, log, everyMs = EVERY_MS }: RotaNewsDeps): RotaNewsPart => {
  const told = new Set<string>()
  const compared = new Map<string, number>()

  const tell = async (site: string, { rota, news, mark, person: key, now }: { readonly rota: string; readonly news: RotaNews; readonly mark: number; readonly person: string; readonly now: Instant }, { people, contacts }: Directory): Promise<void> => {
    const person = personNamed({ people }, key)?.id
    const plan = person === undefined ? undefined : contacts?.[person]
    const known = `${site}\n${newsKey(rota, news, mark)}\n${key}`
    if (person === undefined || plan === undefined || told.has(known)) return
    await outbox.queue(site, newsDelivery({ key: newsKey(rota, news, mark), news, person, plan, now }))
    told.add(known)
  }

  const turns = async (site: string, found: Directory, now: Instant): Promise<void> => {
    for (const [rota, compiled] of found.rotas ?? new Map<string, Rota>()) {
      for (const { at, comes, goes } of turnsBetween(compiled, instantOf(now - TURN_KNOWN), now)) {
        if (comes !== null) await tell(site, { rota, news: 'on-call', mark: at, person: comes, now }, found)
        const left = goes === null ? undefined : personNamed(found, goes) ?? undefined
        if (goes === null || left === undefined) continue
        const owns = (await lists.newest(site, { below: null, count: MOST_INCIDENTS, activeOnly: true })).some(({ owner, state }) => owner === left.id && state !== 'resolved' && state !== 'closed')
        if (owns) await tell(site, { rota, news: 'off-call', mark: at, person: goes, now }, found)
      }
    }
  }

  const changes = async (site: string, found: Directory, now: Instant): Promise<void> => {
    const today = await settings(site)
    if (today === null || today.savedAt === null || now - today.savedAt > CHANGE_KNOWN || compared.get(site) === today.version) return
    const before = await settings(site, today.version - 1)
    const [old, fresh] = [before === null ? new Map<string, Rota>() : rotasOf(before.document, timeZoneOf(site)), rotasOf(today.document, timeZoneOf(site))]
    // A rota that is set for the first time is news to everybody in it; one that was there and is the same is to nobody.
    for (const rota of new Set([...old.keys(), ...fresh.keys()])) for (const person of changedFor(old.get(rota), fresh.get(rota), now)) await tell(site, { rota, news: 'changed', mark: today.version, person, now }, found)
    compared.set(site, today.version)
  }

  const look = async (site: string): Promise<void> => {
    const [found, now] = [await directory(site), await nowOf(site)]
    await turns(site, found, now)
    await changes(site, found, now)
  }
  const begin = (site: string): void => void look(site).catch((error: unknown) => log.warn({ site, reason: error instanceof Error ? error.message : String(error) }, 'people could not be told of their rota; they are at the next look'))
  const beat = everyMs === null ? null : setInterval(() => sites().forEach(begin), everyMs).unref()
  const unhear = onSettings((site) => void (everyMs !== null && begin(site)))

  return {
    look,
    close: () => {
      if (beat !== null) clearInterval(beat)
      unhear()
    },
  }
}
