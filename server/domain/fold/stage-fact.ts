import { META, NONE, type StagedFact } from '../legs.ts'
import type { ContactFact } from '../platform-events.ts'
import { CHANNELS, KIND, reasonCode } from './fact-kinds.ts'

const whole = (value: number | null | undefined): number => (value === null || value === undefined ? NONE : value > 0 ? Math.min(2_147_483_647, Math.round(value)) : 0)
const yesNo = (value: boolean | null | undefined): number => (value === null || value === undefined ? 0 : value ? 2 << META.resolved : 1 << META.resolved)
const reason = (value: string): number => (reasonCode.get(value) ?? 0) << META.reason
/** Scores keep two decimals. */
const hundredths = (value: number | null): number => (value === null ? NONE : Math.round(value * 100))
const secondsBetween = (from: number | null, to: number): number => (from === null ? NONE : Math.max(0, Math.min(2_147_483_647, Math.floor((to - from) / 1000))))

/** Turns a fact into numbers. `kind`, `queue` and `source` were looked up by the caller. */
export const stageFact = (fact: ContactFact, kind: number, queue: number, source: number, staged: StagedFact): void => {
  staged.kind = kind
  staged.at = fact.occurredAt
  staged.queue = queue
  staged.agent = NONE
  staged.v1 = NONE
  staged.v2 = NONE
  staged.wait = NONE
  let meta = kind | (source << META.source)
  if (fact.legId !== null) meta |= 1 << META.explicit
  if (fact.channel !== null) meta |= (CHANNELS.indexOf(fact.channel) + 1) << META.channel
  if (fact.direction !== null) meta |= (fact.direction === 'in' ? 1 : 2) << META.direction
  staged.meta = meta | detail(fact, staged)
}

const detail = (fact: ContactFact, staged: StagedFact): number => {
  switch (fact.type) {
    case 'contact.created':
    case 'contact.queued':
      staged.v1 = secondsBetween(fact.previousEndAt, fact.occurredAt)
      return fact.subject === null ? 0 : 1 << META.subject
    case 'contact.reopened':
      staged.v1 = secondsBetween(fact.previousEndAt, fact.occurredAt)
      return 0
    case 'contact.refused':
    case 'contact.failed':
      return reason(fact.reason)
    case 'contact.offered':
    case 'contact.callback_attempted':
      staged.agent = fact.agent ?? NONE
      staged.v1 = whole(fact.attempt)
      return 0
    case 'contact.offer_missed':
      staged.agent = fact.agent ?? NONE
      staged.v1 = whole(fact.ringMs)
      return reason(fact.reason)
    case 'contact.answered':
      staged.agent = fact.agent ?? NONE
      staged.v2 = whole(fact.ringMs)
      staged.wait = whole(fact.waitMs)
      return 0
    case 'contact.held':
    case 'contact.resumed':
    case 'contact.callback_connected':
      staged.agent = fact.agent ?? NONE
      return 0
    case 'contact.transferred':
      conversation(fact, staged)
      return 1 << META.transfer
    case 'contact.ended':
      conversation(fact, staged)
      return yesNo(fact.resolved) | (fact.by === 'system' ? 1 << META.bySystem : fact.by === 'agent' ? 1 << META.byAgent : 0)
    case 'contact.wrapped':
      staged.agent = fact.agent ?? NONE
      staged.v1 = whole(fact.acwMs)
      return yesNo(fact.resolved)
    case 'contact.abandoned':
      staged.wait = whole(fact.waitMs)
      return fact.uncertain ? 1 << META.uncertain : 0
    case 'contact.left_queue':
      staged.wait = whole(fact.waitMs)
      return reason(fact.reason)
    case 'contact.callback_requested':
      staged.v1 = fact.dueAt === null ? NONE : secondsBetween(fact.occurredAt, fact.dueAt)
      staged.v2 = fact.promisedUntil === null ? NONE : secondsBetween(fact.occurredAt, fact.promisedUntil)
      return 0
    case 'contact.callback_failed':
      staged.v1 = whole(fact.attempt)
      return fact.final ? 1 << META.uncertain : 0
    case 'survey.received':
      staged.v1 = hundredths(fact.score)
      staged.v2 = hundredths(fact.scaleMin)
      staged.wait = hundredths(fact.scaleMax)
      return yesNo(fact.resolved)
  }
}

const conversation = (fact: Extract<ContactFact, { type: 'contact.transferred' | 'contact.ended' }>, staged: StagedFact): void => {
  staged.agent = fact.agent ?? NONE
  staged.v1 = whole(fact.talkMs)
  staged.v2 = whole(fact.holdMs)
  staged.wait = whole(fact.waitMs)
}

/** A fact the fold itself concludes: the contact is gone, nobody said how. */
export const stageLost = (at: number, why: 'restart' | 'snapshot' | 'superseded', source: number, staged: StagedFact): void => {
  staged.kind = KIND.lost
  staged.at = at
  staged.queue = NONE
  staged.agent = NONE
  staged.v1 = NONE
  staged.v2 = NONE
  staged.wait = NONE
  staged.meta = KIND.lost | (source << META.source) | reason(why)
}
