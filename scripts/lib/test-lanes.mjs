import { join } from 'node:path'
import { root } from './run.mjs'

const bin = (name) => join(root, 'node_modules', '.bin', name)

/** A check counts as one test: passed or failed. */
const check = (name, command, args) => ({ name, kind: 'check', command, args })

const jest = (project, workers, { name = project, more = [] } = {}) => ({
  name,
  kind: 'jest',
  command: process.execPath,
  args: ['--experimental-vm-modules', '--no-warnings', join(root, 'node_modules/jest/bin/jest.js'), '--selectProjects', project, '--maxWorkers', String(workers), '--passWithNoTests', '--forceExit', ...more],
})

const lint = check('lint', bin('eslint'), ['.', '--max-warnings', '0'])
const types = check('types', bin('tsc'), ['--noEmit', '-p', 'tsconfig.json'])
const clientTypes = check('vue', bin('vue-tsc'), ['--noEmit', '-p', 'client/tsconfig.json'])

/**
 * Groups run one after another, the lanes of a group side by side. Checks and pure tests keep two cores busy;
 * tests that measure time or draw pages have the machine to themselves. Journeys take longer than pages, so one of them, which is a stage
 * of its own, goes behind the pages.
 */
export const lanes = [
  [[types, clientTypes, lint], [jest('unit', 1)]],
  [[jest('int', 2)]],
  [
    [jest('journey', 1, { more: ['--testPathIgnorePatterns', 'kills\\.journey', '/node_modules/'] })],
    [jest('browser', 1), jest('journey', 1, { name: 'kills', more: ['--testPathPatterns', 'kills\\.journey'] })],
  ],
]
