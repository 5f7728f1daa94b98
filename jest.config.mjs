/** Four projects: `unit` is pure and fast; `int` and `journey` share one real Redis, `browser` one product and one Chromium, that the suite starts. */
const base = {
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': ['@swc/jest', { jsc: { parser: { syntax: 'typescript' }, target: 'es2022' }, module: { type: 'es6' } }],
  },
  modulePathIgnorePatterns: ['<rootDir>/dist', '<rootDir>/data'],
}
const ownConnections = { setupFiles: ['<rootDir>/test/support/own-connections.mjs'] }
const withRedis = { ...base, globalSetup: '<rootDir>/test/support/start-redis.mjs', globalTeardown: '<rootDir>/test/support/stop-redis.mjs' }

export default {
  maxWorkers: 2,
  // For a hang, not for a slow machine; read only here, not in a project.
  testTimeout: 30_000,
  projects: [
    { ...base, displayName: 'unit', testMatch: ['<rootDir>/test/**/*.test.ts'], testPathIgnorePatterns: ['\\.(int|journey|browser)\\.test\\.ts$', '/node_modules/'] },
    { ...withRedis, displayName: 'int', testMatch: ['<rootDir>/test/**/*.int.test.ts'] },
    { ...withRedis, ...ownConnections, displayName: 'journey', testMatch: ['<rootDir>/test/**/*.journey.test.ts'] },
    { ...base, ...ownConnections, displayName: 'browser', testMatch: ['<rootDir>/test/**/*.browser.test.ts'], globalSetup: '<rootDir>/test/support/start-browser.mjs', globalTeardown: '<rootDir>/test/support/stop-browser.mjs' },
  ],
}
