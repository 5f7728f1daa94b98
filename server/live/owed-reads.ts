import { reachesQueue } from '../contract/roles.ts'
import type { ContactFigures } from '../domain/contact-figures.ts'
import { SURVEY_OPEN_MS } from '../domain/fold/leg-view.ts'
import { HOT_MS } from '../domain/hot-hours.ts'
import { badAnswers, owedOf, type BadAnswer, type Owed } from '../domain/reports/owed.ts'
import { surveyedContactOf, type SurveyedContact } from '../domain/reports/survey-answers.ts'
import { DAY, HOUR, instantOf, type Instant } from '../domain/time.ts'
import type { DayBooks } from '../redis/day-books.ts'
import type { FollowUps } from '../redis/follow-ups.ts'
import type { DayBook, Manifest } from '../redis/manifest.ts'
import { timedCache } from '../redis/timed-cache.ts'
import type { HistoryReads } from './history-reads.ts'
import { momentOf } from './moment.ts'
import type { Scope } from './scope.ts'

export interface OwedDeps {
  readonly reads: Pick<HistoryReads, 'replicaFor' | 'lateAnswers'>
  readonly books: Pick<DayBooks, 'contacts'>
  readonly manifest: Pick<Manifest, 'books'>
  readonly followUps: Pick<FollowUps, 'of'>
  readonly now: () => Instant
}

/** A bad answer is owed a call within a day; older ones stand in the report. */
const ANSWERS_MS = 3 * DAY
/** Everybody who looks within so long is told the same: every desk asks four times a minute. */
const SAME_MS = 5_000
const MOST_SCOPES = 200
/** Closed days whose bad answers are kept at hand. */
const MOST_BOOKS = 200

interface Seen {
  readonly callbacks: readonly ContactFigures[]
  readonly answers: readonly BadAnswer[]
}

/** What customers of a queue, or of everything within reach, are owed now. */
export const openOwedReads = ({ reads, books, manifest, followUps, now }: OwedDeps): ((site: string, scope: Scope, queue: string | null) => Promise<Owed & { readonly asOf: Instant }>) => {
  const ofBook = timedCache<Promise<readonly SurveyedContact[]>>({ freshMs: 12 * HOUR, most: MOST_BOOKS })
  const seenBy = timedCache<Promise<Seen>>({ freshMs: SAME_MS, most: MOST_SCOPES })

  /** A book is its files: while they are the same, so are its answers. */
  const answered = (site: string, { day, from, to, contacts }: DayBook): Promise<readonly SurveyedContact[]> => {
    const key = JSON.stringify([site, day, contacts.sha256])
    const known = ofBook.get(key)
    if (known !== undefined) return known
    const reading = (async () => {
      const found: SurveyedContact[] = []
      for await (const contact of books.contacts(site, from, to)) if (contact.surveyAt !== null) found.push(surveyedContactOf(contact))
      return found
    })()
    ofBook.put(key, reading)
    reading.catch(() => ofBook.drop(key))
    return reading
  }

  const look = async (site: string, scope: Scope, queue: string | null): Promise<Seen> => {
    const only = queue === null ? {} : { queue }
    const { floor } = await reads.replicaFor(site, scope, queue ?? undefined)
    const asOf = momentOf(floor, now)
    const since = instantOf(asOf - ANSWERS_MS)
    const hotFrom = instantOf(floor.asOf - HOT_MS)
    const within = (contact: SurveyedContact): boolean => reachesQueue(scope.area, contact.queue) && (queue === null || contact.queue === queue)
    const old = (await manifest.books(site)).filter((book) => book.to > since - SURVEY_OPEN_MS && book.from < hotFrom)
    const kept = (await Promise.all(old.map((book) => answered(site, book)))).flat().filter((contact) => contact.queuedAt < hotFrom && within(contact))
    const hot = { from: hotFrom, to: instantOf(asOf + HOUR), ...only }
    const late = await reads.lateAnswers(site, scope, { from: since, to: instantOf(asOf + HOUR), ...only })
    return {
      callbacks: floor.contacts({ ...hot, having: 'callback' }).filter(within),
      answers: badAnswers([...kept, ...floor.contacts({ ...hot, having: 'survey' }).filter(within)], late, { since, asOf }),
    }
  }

  return async (site, scope, queue) => {
    const key = JSON.stringify([site, scope.key, queue])
    const known = seenBy.get(key)
    const seeing = known ?? look(site, scope, queue)
    if (known === undefined) {
      seenBy.put(key, seeing)
      seeing.catch(() => seenBy.drop(key))
    }
    const { callbacks, answers } = await seeing
    const done = await followUps.of(site, answers.map(({ contactId }) => contactId))
    const asOf = momentOf((await reads.replicaFor(site, scope)).floor, now)
    return { asOf, ...owedOf({ callbacks, answers, doneAt: (id) => done.get(id)?.at ?? null, asOf }) }
  }
}
