import { customerOf } from '../../server/ingest/gather.ts'
import type { CanonicalEvent } from '../../server/contract/events.ts'
import type { AgentNumber, Fact } from '../../server/domain/platform-events.ts'
import { toFact } from '../../server/ingest/to-fact.ts'

/** Facts of canonical events with tokens from memory, for tests that fold recorded data without a Redis. */
export const openFacts = () => {
  const numbers = new Map<string, AgentNumber>()
  const subjects = new Map<string, string>()
  const agent = (id: string): AgentNumber => {
    const number = numbers.get(id) ?? numbers.size + 1
    numbers.set(id, number)
    return number
  }
  const subject = (event: CanonicalEvent): string | null => {
    const customer = customerOf(event)
    if (customer === null) return null
    const key = JSON.stringify(customer)
    const token = subjects.get(key) ?? `s${subjects.size + 1}`
    subjects.set(key, token)
    return token
  }
  return {
    of: (events: readonly CanonicalEvent[]): readonly Fact[] => events.map((event) => toFact(event, { agent, subject: (of) => ({ subject: subject(of), previousEndAt: null }), comment: () => null })),
    /** Register number of an agent seen so far. */
    agent: (id: string): AgentNumber | null => numbers.get(id) ?? null,
    agentId: (number: AgentNumber): string | null => [...numbers].find(([, known]) => known === number)?.[0] ?? null,
  }
}
