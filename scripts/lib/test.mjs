import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './run.mjs'
import { Hindrance, say, sayError, secondsSince } from './say.mjs'
import { setUp } from './setup.mjs'
import { countOf, sumOf } from './test-counts.mjs'
import { lanes } from './test-lanes.mjs'
import { runStage, stopStages } from './test-stage.mjs'

/** A hanging test must not hold CI for ever. The aim for all of them is 12 minutes; a slow machine took 21. */
const LONGEST_MS = 45 * 60_000

const closingLine = ({ passed, failed, skipped }) => `${passed} passed, ${failed} failed, ${skipped} skipped`

const runLane = async (stages, reports) => {
  const counts = []
  for (const stage of stages) {
    const at = Date.now()
    say(`[${stage.name}] starting`)
    const { code } = await runStage(stage, reports)
    const count = countOf(stage, code, reports)
    counts.push({ name: stage.name, ...count, took: secondsSince(at) })
    say(`[${stage.name}] ${count.failed === 0 ? 'done' : 'FAILED'} in ${secondsSince(at)}: ${closingLine(count)}`)
  }
  return counts
}

export const test = async () => {
  const started = Date.now()
  const reports = join(root, '.tmp', 'test')
  const interrupted = (signal) => {
    stopStages()
    sayError(`\nInterrupted by ${signal}`)
    process.exit(1)
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => interrupted(signal))
  setTimeout(() => {
    sayError(`\nThe tests did not end within ${LONGEST_MS / 60_000} minutes; ending them`)
    stopStages()
  }, LONGEST_MS).unref()

  let counts
  try {
    const { chromium } = await setUp({ redis: true, browser: true, build: ['server', 'client'] })
    process.env.CHROMIUM_PATH = chromium
    rmSync(reports, { recursive: true, force: true })
    mkdirSync(reports, { recursive: true })
    counts = []
    for (const together of lanes) counts.push(...(await Promise.all(together.map((lane) => runLane(lane, reports)))).flat())
  } catch (error) {
    sayError(error instanceof Hindrance ? `\n${error.message}` : `\n${error.stack}`)
    counts = [{ name: 'set-up', passed: 0, failed: 1, skipped: 0, took: secondsSince(started) }]
  }

  say(`\nAll in ${secondsSince(started)}:`)
  for (const count of counts) say(`  ${count.name.padEnd(8)} ${closingLine(count)}, ${count.took}`)
  const sum = sumOf(counts)
  const red = sum.failed > 0 || sum.passed === 0
  // Nothing may come after this line: it is what scripts read.
  process.stdout.write(`${closingLine(sum)}\n`, () => process.exit(red ? 1 : 0))
}
