import { join } from 'node:path'
import { root } from './run.mjs'

const bin = (name) => join(root, 'node_modules', '.bin', name)

/** A check counts as one test: passed or failed. */
const check = (name, command, args) => ({ name, kind: 'check', command, args })

const jest = (project, workers) => ({
  name: project,
  kind: 'jest',
  command: process.execPath,
  args: ['--experimental-vm-modules', '--no-warnings', join(root, 'node_modules/jest/bin/jest.js'), '--selectProjects', project, '--maxWorkers', String(workers), '--passWithNoTests', '--forceExit'],
})

const lint = check('lint', bin('eslint'), ['.', '--max-warnings', '0'])
const types = check('types', bin('tsc'), ['--noEmit', '-p', 'tsconfig.json'])
const clientTypes = check('vue', bin('vue-tsc'), ['--noEmit', '-p', 'client/tsconfig.json'])

/**
 * Groups run one after another, the lanes of a group side by side. Checks are over long before the pure tests, which then have both cores;
 * integration tests measure time and have the machine to themselves. Journeys and pages keep two cores busy: a third lane made nothing
 * faster, and had tests wait in vain for what others' processes held up. The pages share one product and one browser.
 */
export const lanes = [
  [[types, clientTypes, lint], [jest('unit', 2)]],
  [[jest('int', 2)]],
  [[jest('journey', 1)], [jest('browser', 1)]],
]
