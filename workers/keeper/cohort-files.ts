import type { AgentNumber } from '../../server/domain/platform-events.ts'
import type { CohortContact, CohortTally } from '../../server/domain/reports/cohort-tally.ts'
import type { LineWriter } from '../../server/redis/archive-files.ts'
import { agentSums, contactLine, sumLine } from '../../server/redis/cohort-agents.ts'
import type { ArchiveFile, CohortDay } from '../../server/redis/manifest.ts'
import { dropFiles, fileSet } from './file-set.ts'

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
  const files = fileSet(archiveDir, `${site}/${day.day}`)
  return files.orNone(async () => ({
    ...day,
    rows: await linesOf(await files.lines('cohorts'), rows.map(({ from, queue, answered, eligible, resolvedAtFirst }) => [from, queue, answered, eligible, resolvedAtFirst])),
    agents: await linesOf(await files.lines('cohort-agents'), sums.all().map(sumLine)),
    contacts: await linesOf(await files.lines('cohort-contacts'), contacts.filter(named).sort((a, b) => a.leg.agent - b.leg.agent || a.leg.endedAt - b.leg.endedAt).map(contactLine)),
  }))
}

const filesOf = ({ rows, agents, contacts }: CohortDay): readonly ArchiveFile[] => [rows, agents, contacts].flatMap((file) => file ?? [])

/** Removes the files of a count that another replaced, or that nobody took. */
export const dropCohort = (archiveDir: string, old: CohortDay, made?: CohortDay): Promise<void> => dropFiles(archiveDir, filesOf(old), made === undefined ? [] : filesOf(made))
