import { existsSync, readFileSync } from 'node:fs'
import { reportOf } from './test-stage.mjs'

export const sumOf = (counts) =>
  counts.reduce((sum, { passed, failed, skipped }) => ({ passed: sum.passed + passed, failed: sum.failed + failed, skipped: sum.skipped + skipped }), { passed: 0, failed: 0, skipped: 0 })

/** Counts of Jest's report. A file that could not be run at all counts as one failure. */
export const countOfReport = ({ numPassedTests, numFailedTests, numPendingTests, numTodoTests, numRuntimeErrorTestSuites }) => ({
  passed: numPassedTests,
  failed: numFailedTests + numRuntimeErrorTestSuites,
  skipped: numPendingTests + numTodoTests,
})

/** What a stage did: a check is one test; Jest without a report, or unhappy for a reason it does not count, is one failure. */
export const countOf = ({ name, kind }, code, reports) => {
  if (kind === 'check') return { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, skipped: 0 }
  const file = reportOf(name, reports)
  if (!existsSync(file)) return code === 0 ? { passed: 0, failed: 0, skipped: 0 } : { passed: 0, failed: 1, skipped: 0 }
  const count = countOfReport(JSON.parse(readFileSync(file, 'utf8')))
  return code !== 0 && count.failed === 0 ? { ...count, failed: 1 } : count
}
