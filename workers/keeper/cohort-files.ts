import { randomBytes } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { AgentNumber } from '../../server/domain/platform-events.ts'
import type { CohortContact, CohortTally } from '../../server/domain/reports/cohort-tally.ts'
import { type LineWriter, writeLines } from '../../server/redis/archive-files.ts'
import { agentSums, contactLine, sumLine } from '../../server/redis/cohort-agents.ts'
import type { ArchiveFile, CohortDay } from '../../server/redis/manifest.ts'

const linesOf = async (writer: LineWriter, things: readonly unknown[]): Promise<ArchiveFile> => {
  for (const thing of things) await writer.write(JSON.stringify(thing))
  return writer.finish()
}
const named = (contact: CohortContact): contact is CohortContact & { readonly leg: { readonly agent: AgentNumber } } => contact.leg.agent !== null

/** Takes what ended until the end of the day out of the tally and into files: rows, sums of agents, and the contacts behind them, agent by agent. */
export const writeCohort = async (archiveDir: string, site: string, day: Omit<CohortDay, 'rows' | 'agents' | 'contacts'>, tally: CohortTally): Promise<CohortDay> => {
  const [sums, contacts] = [agentSums(), [] as CohortContact[]]
  const rows = tally.take(day.to, (contact) => {
    sums.add(contact)
    contacts.push(contact)
  })
  const mark = randomBytes(4).toString('hex')
  const file = (name: string): Promise<LineWriter> => writeLines(archiveDir, `${site}/${day.day}/${name}-${mark}.ndjson.gz`)
  return {
    ...day,
    rows: await linesOf(await file('cohorts'), rows.map(({ from, queue, answered, eligible, resolvedAtFirst }) => [from, queue, answered, eligible, resolvedAtFirst])),
    agents: await linesOf(await file('cohort-agents'), sums.all().map(sumLine)),
    contacts: await linesOf(await file('cohort-contacts'), contacts.filter(named).sort((a, b) => a.leg.agent - b.leg.agent || a.leg.endedAt - b.leg.endedAt).map(contactLine)),
  }
}

const filesOf = ({ rows, agents, contacts }: CohortDay): readonly string[] => [rows, agents, contacts].flatMap((file) => file?.file ?? [])

/** Removes the files of the count before. */
export const dropCohort = async (archiveDir: string, old: CohortDay | undefined, made: CohortDay): Promise<void> => {
  if (old === undefined) return
  for (const file of filesOf(old)) if (!filesOf(made).includes(file)) await rm(join(archiveDir, file), { force: true })
}
