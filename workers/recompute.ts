import type { JobQueues } from './job-queues.ts'
import { openRowJobs, type RowJobs } from './row-jobs.ts'
import { runRecompute, type RunRecomputeDeps } from './run-recompute.ts'

export interface RecomputesDeps extends Omit<RunRecomputeDeps, 'running'> {
  readonly jobs: JobQueues
  readonly siteIds: () => readonly string[]
  readonly everyMs?: number
}

export const openRecomputes = (deps: RecomputesDeps): RowJobs => {
  const { rows, logger } = deps
  return openRowJobs({
    jobs: deps.jobs,
    siteIds: deps.siteIds,
    ...(deps.everyMs === undefined ? {} : { everyMs: deps.everyMs }),
    log: logger,
    queue: 'recomputes',
    what: 'recompute',
    open: rows.open,
    run: (site, id, running) => runRecompute({ ...deps, running }, site, id),
    failed: async (site, id) => {
      const row = await rows.get(site, id)
      if (row !== null) await rows.put(site, { ...row, state: 'failed', error: 'the days could not be measured again; the fault is in the log of the workers' })
    },
  })
}
