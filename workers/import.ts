import type { JobQueues } from './job-queues.ts'
import { openRowJobs, type RowJobs } from './row-jobs.ts'
import { runImport, type RunImportDeps } from './run-import.ts'
import { runIncidentsImport, type RunIncidentsImportDeps } from './run-incidents-import.ts'

export interface ImportsDeps extends Omit<RunImportDeps & RunIncidentsImportDeps, 'running'> {
  readonly jobs: JobQueues
  readonly siteIds: () => readonly string[]
  readonly everyMs?: number
}

export const openImports = (deps: ImportsDeps): RowJobs => {
  const { rows } = deps
  return openRowJobs({
    ...deps,
    queue: 'imports',
    what: 'import',
    open: rows.open,
    run: async (site, id, running) => {
      const run = (await rows.get(site, id))?.format === 'incidents-csv' ? runIncidentsImport : runImport
      await run({ ...deps, running }, site, id)
    },
    failed: async (site, id) => {
      const row = await rows.get(site, id)
      if (row !== null) await rows.put(site, { ...row, state: 'failed', error: 'the import could not be finished; the fault is in the log of the workers' })
    },
  })
}
