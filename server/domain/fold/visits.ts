import { META, MAX_SOURCES, NONE } from '../legs.ts'
import { closesUnanswered, followsContact, KIND, provesVisit, SAME_MOMENT_MS } from './fact-kinds.ts'

/** A fact of a contact, taken out of its leg to be assigned again. Instants are epoch ms. */
export interface LooseFact {
  readonly kind: number
  readonly meta: number
  readonly at: number
  readonly agent: number
  readonly v1: number
  readonly v2: number
  readonly wait: number
  readonly queue: number
}

export interface Visit {
  /** Leg of a visit that its source numbered; its own facts stay with it. */
  explicitLeg: number
  queue: number
  start: number
  facts: LooseFact[]
  /** Sources that told of its start. */
  queuedBy: number[]
  closedAt: number
  /** It was closed by the promise of a callback: what follows is that call, until the contact comes again. */
  promised: boolean
  answered: boolean
  /** When a newer visit of the same contact in the same queue proved that this one was over; 0 if not. */
  supersededAt: number
}

export const compareFacts = (a: LooseFact, b: LooseFact): number =>
  a.at - b.at || a.kind - b.kind || a.agent - b.agent || a.v1 - b.v1 || a.v2 - b.v2 || a.wait - b.wait || a.queue - b.queue || a.meta - b.meta

const sourceOf = (fact: LooseFact): number => (fact.meta >> META.source) & MAX_SOURCES

/**
 * Cuts the facts of one contact into visits. Sources that number no visits say only the contact and the queue: each queued opens a visit,
 * later facts go to the newest visit in that queue. A function of the set of facts, whatever the order in which they came.
 */
export const visitsOf = (facts: readonly LooseFact[], explicit: readonly { readonly leg: number; readonly queue: number; readonly start: number }[]): readonly Visit[] => {
  const visits: Visit[] = []
  const waitingExplicit = [...explicit].sort((a, b) => a.start - b.start)
  const open = (queue: number, start: number, explicitLeg = NONE): Visit => {
    const visit: Visit = { explicitLeg, queue, start, facts: [], queuedBy: [], closedAt: 0, promised: false, answered: false, supersededAt: 0 }
    visits.push(visit)
    return visit
  }
  /** What was told before any visit had begun belongs to the first that did, numbered or not. */
  const openNumbered = ({ leg, queue, start }: { readonly leg: number; readonly queue: number; readonly start: number }): void => {
    const head = visits.find((visit) => visit.queue === NONE && visit.explicitLeg === NONE)
    if (head === undefined) {
      open(queue, start, leg)
      return
    }
    head.explicitLeg = leg
    head.queue = queue
  }
  for (const fact of [...facts].sort(compareFacts)) {
    while (waitingExplicit.length > 0 && waitingExplicit[0].start <= fact.at) {
      const next = waitingExplicit.shift()
      if (next !== undefined) openNumbered(next)
    }
    const visit = fact.kind === KIND.queued ? startOf(fact, visits, open) : visitFor(fact, visits, open)
    if (visit.queue === NONE && fact.queue !== NONE) visit.queue = fact.queue
    visit.facts.push(fact)
    if (fact.kind === KIND.queued) visit.queuedBy.push(sourceOf(fact))
    else if (fact.kind === KIND.answered || fact.kind === KIND.ended || fact.kind === KIND.transferred) visit.answered = true
    else if (closesUnanswered(fact.kind) && visit.closedAt === 0) {
      visit.closedAt = fact.at
      visit.promised = fact.kind === KIND.callbackRequested
    }
  }
  for (const left of waitingExplicit) openNumbered(left)
  return visits
}

type Open = (queue: number, start: number) => Visit

const newestIn = (visits: readonly Visit[], queue: number): Visit | undefined => visits.findLast((visit) => visit.queue === queue)

const startOf = (fact: LooseFact, visits: readonly Visit[], open: Open): Visit => {
  const current = newestIn(visits, fact.queue) ?? visits.find((visit) => visit.queue === NONE)
  if (current === undefined) return open(fact.queue, fact.at)
  if (current.queue === NONE) return current
  const told = current.queuedBy.length > 0
  const near = fact.at - current.start <= SAME_MOMENT_MS
  if (!told) return near ? current : open(fact.queue, fact.at)
  const over = current.closedAt !== 0 || current.answered
  if (!current.queuedBy.includes(sourceOf(fact)) && (near || !over)) return current
  if (!over && current.explicitLeg === NONE) current.supersededAt = fact.at
  return open(fact.queue, fact.at)
}

const visitFor = (fact: LooseFact, visits: readonly Visit[], open: Open): Visit => {
  const newest = visits.at(-1)
  if (fact.queue === NONE) return newest ?? open(NONE, fact.at)
  const current = newestIn(visits, fact.queue)
  if (current === undefined) {
    const claimed = visits.find((visit) => visit.queue === NONE)
    if (claimed !== undefined) return claimed
    return followsContact(fact.kind) && newest !== undefined ? newest : open(fact.queue, fact.at)
  }
  if (provesVisit(fact.kind) && fact.wait > SAME_MOMENT_MS && fact.at - current.start <= 1_000) {
    // It waited longer than this visit has stood: it speaks of the one before, which ended in the same second.
    const previous = visits.findLast((visit) => visit !== current && visit.queue === fact.queue)
    if (previous !== undefined && previous.closedAt === 0 && !previous.answered) {
      previous.supersededAt = 0
      return previous
    }
  }
  const over = current.closedAt !== 0 && !current.promised && !current.answered && fact.at - current.closedAt > SAME_MOMENT_MS
  return over && provesVisit(fact.kind) ? open(fact.queue, fact.at) : current
}
