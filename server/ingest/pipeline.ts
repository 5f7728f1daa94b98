import type { CanonicalEvent, IngestAnswer, Rejection, RejectionCode } from '../contract/events.ts'
import { parseRfc3339 } from '../contract/rfc3339.ts'
import type { EntryId } from '../domain/log-entry.ts'
import type { AgentNumber, Fact, SubjectToken, TextId } from '../domain/platform-events.ts'
import type { Instant } from '../domain/time.ts'
import type { AcceptItem } from '../redis/accept-entry.ts'
import type { Ends } from '../redis/ends.ts'
import type { Accepted, FloorLog } from '../redis/floor-log.ts'
import { hashFields } from '../redis/hash-text.ts'
import type { Sealed } from '../redis/sealed.ts'
import type { AgentNaming } from '../redis/sealed-agents.ts'
import { plainNumber } from '../redis/sealed-subjects.ts'
import { checkEvent, type IngestMode } from './check-event.ts'
import { endsWithin } from './ends-within.ts'
import { agentsOf, commentOf, customerOf, queuesOf } from './gather.ts'
import type { QueueNames } from './queue-names.ts'
import { toFact, type Tokens } from './to-fact.ts'

export interface PipelineDeps {
  readonly log: Pick<FloorLog, 'accept'>
  readonly sealed: Sealed
  readonly ends: Pick<Ends, 'previous'>
  readonly queueNames: QueueNames
  readonly now: () => Instant
  /** Numbers that many people call from: nobody is known by one. */
  readonly sharedNumbers?: (site: string) => Promise<readonly string[]>
  /** Told of each entry that this process has acknowledged: its own readers wait for it. */
  readonly onAccepted?: (site: string, entry: EntryId) => void
}

export interface AcceptOptions {
  /** Who sends, for the counters of refusals and the cap of new queues; never a secret. */
  readonly credentialId: string
  /** Default `live`. */
  readonly mode?: IngestMode
  /** What the sender knows of its facts beyond what the door was told: an import, who called before in its own file. */
  readonly told?: (fact: Fact) => Fact
}

/** What went through since the process began; for metrics. */
export interface IngestCounts {
  readonly accepted: number
  readonly duplicates: number
  readonly unknownFields: number
  readonly rejected: Readonly<Record<RejectionCode, number>>
}

export interface Pipeline {
  /** Items in, facts in the log. One bad item never costs the others; the site must exist. Throws RedisUnavailable. */
  readonly acceptEvents: (site: string, items: readonly unknown[], options: AcceptOptions) => Promise<IngestAnswer>
  /** The same checks and exchange of personal data without the log: facts of history that go to the archive. */
  readonly prepare: (site: string, items: readonly unknown[], mode: IngestMode) => Promise<Prepared>
  readonly counts: () => IngestCounts
}

export interface Prepared {
  /** In the order of the items that passed; what a customer's contact follows is not asked: the live door alone knows. */
  readonly facts: readonly Fact[]
  readonly from: readonly Passed[]
  readonly rejected: readonly Rejection[]
}

const PART = 2_048

export interface Passed {
  readonly index: number
  readonly event: CanonicalEvent
  /** Every agent it names. */
  readonly agents: readonly AgentNaming[]
}

/** What tells nothing of the event itself. */
const ofDelivery = new Set(['source', 'seq', 'receivedAt'])
/** Tells two deliveries of one event from two events under one id. */
const digestOf = (event: CanonicalEvent): number => hashFields(event, ofDelivery)

/** Imports count as one source: each has an id of its own. */
const sourceOf = (credentialId: string): string => credentialId.replace(/^import:.*$/, 'import')
const senderWords = (credentialId: string): string => {
  const [kind, ...rest] = credentialId.split(':')
  if (kind === 'source') return `the source "${rest.join(':')}"`
  if (kind === 'signed') return `the source "${rest.at(-1)}"`
  return kind === 'import' ? 'imports' : 'this credential'
}

const addAll = <T>(to: T[], some: readonly T[]): void => {
  for (const one of some) to.push(one)
}

export const openPipeline = ({ log, sealed, ends, queueNames, now, sharedNumbers, onAccepted }: PipelineDeps): Pipeline => {
  const counts = { accepted: 0, duplicates: 0, unknownFields: 0, rejected: { unknown_type: 0, bad_field: 0, in_future: 0, too_old: 0, id_conflict: 0, too_many: 0 } satisfies Record<RejectionCode, number> }

  const checkAll = (items: readonly unknown[], mode: IngestMode, rejected: Rejection[]): Passed[] => {
    const at = now()
    const passed: Passed[] = []
    items.forEach((item, index) => {
      const checked = checkEvent(item, at, mode)
      if (checked.ok) {
        counts.unknownFields += checked.unknownFields
        passed.push({ index, event: checked.event, agents: agentsOf(checked.event) })
      } else rejected.push({ index, id: checked.id, code: checked.code, detail: checked.detail })
    })
    return passed
  }

  /** Register numbers of all agents named; an agent that the full register refuses has none. */
  const agentTokens = async (site: string, passed: readonly Passed[]): Promise<ReadonlyMap<string, AgentNumber | null>> => {
    const namings: AgentNaming[] = []
    for (const { agents } of passed) addAll(namings, agents)
    const known = new Map<string, AgentNumber | null>()
    if (namings.length === 0) return known
    const numbers = await sealed.agents.numbersOf(site, namings)
    namings.forEach(({ id }, i) => known.set(id, numbers[i] ?? null))
    return known
  }

  const subjectTokens = async (site: string, passed: readonly Passed[], history: boolean): Promise<ReadonlyMap<CanonicalEvent, { subject: SubjectToken; previousEndAt: Instant | null }>> => {
    const named = passed.flatMap(({ event }) => {
      const customer = customerOf(event)
      return customer === null ? [] : [{ event, customer }]
    })
    if (named.length === 0) return new Map()
    const shared = new Set((await sharedNumbers?.(site))?.map(plainNumber))
    const asked = shared.size === 0 ? named : named.filter(({ customer }) => !('phone' in customer) || !shared.has(plainNumber(customer.phone)))
    const tokens = await sealed.subjects.tokensOf(site, asked.map(({ customer }) => customer))
    const previous = history ? [] : await ends.previous(site, tokens)
    const within = endsWithin(history ? [] : passed.map(({ event }) => event), new Map(asked.map(({ event }, i) => [event, tokens[i] ?? ''])))
    return new Map(
      asked.map(({ event }, i) => {
        const [ended, subject] = [previous[i] ?? null, tokens[i] ?? '']
        // A late fact must not be told what came after it.
        const before = ended !== null && ended < (parseRfc3339(event.occurredAt) ?? 0) ? ended : null
        const here = within(event, subject)
        return [event, { subject, previousEndAt: before === null || (here !== null && here > before) ? here : before }]
      }),
    )
  }

  const commentTokens = async (site: string, passed: readonly Passed[]): Promise<ReadonlyMap<CanonicalEvent, TextId>> => {
    const asked = passed.flatMap(({ event }) => {
      const comment = commentOf(event)
      return comment === null ? [] : [{ event, comment }]
    })
    const ids = asked.length === 0 ? [] : await sealed.texts.putAll(site, asked.map(({ comment }) => comment))
    return new Map(asked.map(({ event }, i) => [event, ids[i] ?? '']))
  }

  /** Names that do not fit any more cost only the events that bring them. */
  const withinCaps = async (site: string, passed: readonly Passed[], rejected: Rejection[], credentialId: string): Promise<readonly Passed[]> => {
    const named = new Set<string>()
    for (const { event } of passed) for (const queue of queuesOf(event)) named.add(queue)
    if (queueNames.allKnown(site, named)) return passed
    const refused = await queueNames.refused(site, named, sourceOf(credentialId))
    if (refused.size === 0) return passed
    return passed.filter(({ index, event }) => {
      const limits = queuesOf(event).flatMap((queue) => refused.get(queue) ?? [])
      if (limits.length === 0) return true
      const who = limits.includes('source') ? `${senderWords(credentialId)} brought ${queueNames.mostOfSource} new queues, as many as one source may` : 'this site has as many queues as it may have'
      rejected.push({ index, id: event.id, code: 'too_many', detail: `queueId: ${who}; name queues in the settings or use known ones` })
      return false
    })
  }

  const factsOf = async (site: string, passed: readonly Passed[], rejected: Rejection[], history: boolean): Promise<{ readonly facts: readonly Fact[]; readonly from: readonly Passed[] }> => {
    const [agents, subjects, comments] = await Promise.all([agentTokens(site, passed), subjectTokens(site, passed, history), commentTokens(site, passed)])
    const tokens: Tokens = {
      agent: (id) => agents.get(id) ?? null,
      subject: (event) => subjects.get(event) ?? { subject: null, previousEndAt: null },
      comment: (event) => comments.get(event) ?? null,
    }
    const from = passed.filter(({ index, event, agents: named }) => {
      if (named.every(({ id }) => agents.get(id) !== null)) return true
      rejected.push({ index, id: event.id, code: 'too_many', detail: 'agentId: the register of agents is full' })
      return false
    })
    return { from, facts: from.map(({ event }) => toFact(event, tokens)) }
  }

  /** In parts, so that each is stored well within the time the log allows itself. */
  const acceptInParts = async (site: string, items: readonly AcceptItem[]): Promise<Accepted> => {
    let whole = await log.accept(site, items.slice(0, PART))
    for (let from = PART; from < items.length; from += PART) {
      const { outcomes, ...head } = await log.accept(site, items.slice(from, from + PART))
      whole = { ...head, outcomes: [...whole.outcomes, ...outcomes] }
    }
    return whole
  }

  const prepared = async (site: string, items: readonly unknown[], { mode, credentialId, history, rejected }: { readonly mode: IngestMode; readonly credentialId: string; readonly history: boolean; readonly rejected: Rejection[] }) =>
    factsOf(site, await withinCaps(site, checkAll(items, mode, rejected), rejected, credentialId), rejected, history)

  return {
    acceptEvents: async (site, items, { mode = 'live', credentialId, told = (fact) => fact }) => {
      const rejected: Rejection[] = []
      const { facts, from } = await prepared(site, items, { mode, credentialId, history: false, rejected })
      const accepting = from.flatMap(({ event }, i): readonly AcceptItem[] => {
        const fact = facts[i]
        return fact === undefined ? [] : [{ fact: told(fact), digest: digestOf(event) }]
      })
      const { outcomes, revision, entry } = await acceptInParts(site, accepting)
      onAccepted?.(site, entry)
      let [accepted, duplicates] = [0, 0]
      outcomes.forEach((outcome, i) => {
        if (outcome === 'accepted') accepted += 1
        else if (outcome === 'duplicate') duplicates += 1
        else rejected.push({ index: from[i]?.index ?? -1, id: from[i]?.event.id ?? null, code: 'id_conflict', detail: 'id: an event with this id and another body was accepted before' })
      })
      counts.accepted += accepted
      counts.duplicates += duplicates
      for (const { code } of rejected) counts.rejected[code] += 1
      return { accepted, duplicates, rejected: rejected.sort((a, b) => a.index - b.index), revision }
    },
    prepare: async (site, items, mode) => {
      const rejected: Rejection[] = []
      const { facts, from } = await prepared(site, items, { mode, credentialId: 'import', history: true, rejected })
      for (const { code } of rejected) counts.rejected[code] += 1
      return { facts, from, rejected: rejected.sort((a, b) => a.index - b.index) }
    },
    counts: () => ({ ...counts, rejected: { ...counts.rejected } }),
  }
}
