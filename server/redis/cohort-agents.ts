import { CHANNELS } from '../domain/fold/fact-kinds.ts'
import { addVerdict, COHORT_VERDICTS, emptyCohortSums, type CohortSums, type CohortVerdict } from '../domain/kpi/cohort-sums.ts'
import type { AgentNumber, Channel } from '../domain/platform-events.ts'
import type { CohortContact } from '../domain/reports/cohort-tally.ts'
import { type Instant, instantOf } from '../domain/time.ts'
import { readLines } from './archive-files.ts'
import type { ArchiveFile } from './manifest.ts'

/** What agents have of a cohort, as its files keep it: sums of the day for whole days, and each contact for parts of a day and for whoever asks what stands behind a figure. */

type SumLine = readonly [agent: number, queue: string | null, channel: number, answered: number, eligible: number, resolvedAtFirst: number]
type ContactLine = readonly [agent: number, queue: string, channel: number, endedAt: number, contactId: string, legId: string, inQueue: number, inSite: number]

/** One agent's part in a cohort, of a queue or (null) of the site. */
export interface AgentCohort extends Readonly<CohortSums> {
  readonly agent: AgentNumber
  readonly queue: string | null
  readonly channel: Channel
}

/** Contacts whose agent nobody named are in the rows of queues and of the site alone. */
export const agentSums = (): { readonly add: (contact: CohortContact) => void; readonly all: () => readonly AgentCohort[] } => {
  const sums = new Map<string, AgentCohort & CohortSums>()
  const add = (agent: AgentNumber, queue: string | null, channel: Channel, verdict: CohortVerdict): void => {
    const key = `${agent} ${channel} ${queue === null ? '' : `q${queue}`}`
    const found = sums.get(key) ?? { agent, queue, channel, ...emptyCohortSums() }
    sums.set(key, found)
    addVerdict(found, verdict)
  }
  return {
    add: ({ leg: { agent, queue, channel }, inQueue, inSite }) => {
      if (agent === null) return
      add(agent, queue, channel, inQueue)
      add(agent, null, channel, inSite)
    },
    all: () => [...sums.values()],
  }
}

export const sumLine = ({ agent, queue, channel, answered, eligible, resolvedAtFirst }: AgentCohort): SumLine => [agent, queue, CHANNELS.indexOf(channel), answered, eligible, resolvedAtFirst]
export const contactLine = ({ leg: { agent, queue, channel, endedAt, contactId, legId }, inQueue, inSite }: CohortContact & { readonly leg: { readonly agent: AgentNumber } }): ContactLine => [agent, queue, CHANNELS.indexOf(channel), endedAt, contactId, legId, COHORT_VERDICTS.indexOf(inQueue), COHORT_VERDICTS.indexOf(inSite)]

export async function* readSums(root: string, file: ArchiveFile, only: AgentNumber | undefined): AsyncGenerator<AgentCohort> {
  const begin = only === undefined ? '[' : `[${only},`
  for await (const line of readLines(root, file)) {
    if (!line.startsWith(begin)) continue
    const [agent, queue, channel, answered, eligible, resolvedAtFirst] = JSON.parse(line) as SumLine
    yield { agent, queue, channel: CHANNELS[channel] ?? 'voice', answered, eligible, resolvedAtFirst }
  }
}

export async function* readContacts(root: string, file: ArchiveFile, only: AgentNumber | undefined, from: Instant, to: Instant): AsyncGenerator<CohortContact> {
  const begin = only === undefined ? '[' : `[${only},`
  const verdict = (place: number): CohortVerdict => COHORT_VERDICTS[place] ?? 'none'
  for await (const line of readLines(root, file)) {
    if (!line.startsWith(begin)) continue
    const [agent, queue, channel, endedAt, contactId, legId, inQueue, inSite] = JSON.parse(line) as ContactLine
    if (endedAt >= from && endedAt < to) yield { leg: { agent, queue, channel: CHANNELS[channel] ?? 'voice', endedAt: instantOf(endedAt), contactId, legId }, inQueue: verdict(inQueue), inSite: verdict(inSite) }
  }
}
