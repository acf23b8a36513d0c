/**
 * Two kinds of tests. `*.test.ts` beside a module needs no sandbox, at most some of its programs (gpg, unzip, openssl, Python).
 * `*.sandbox.test.ts`, and everything below `test/`, talks to real components: its global set-up starts the sandbox if
 * it does not run yet.
 */
const shared = {
  rootDir: import.meta.dirname,
  testEnvironment: 'node',
  testEnvironmentOptions: { customExportConditions: ['odoo-backup-source', 'node', 'node-addons'] },
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      { jsc: { target: 'es2023', parser: { syntax: 'typescript' } }, module: { type: 'es6' } },
    ],
  },
  modulePathIgnorePatterns: ['/dist/', '/\\.sandbox/', '/\\.demo/'],
}

export default {
  projects: [
    {
      ...shared,
      displayName: 'unit',
      testMatch: ['<rootDir>/{apps,packages,infra}/**/*.test.ts'],
      testPathIgnorePatterns: ['/node_modules/', '\\.sandbox\\.test\\.ts$'],
    },
    {
      ...shared,
      displayName: 'sandbox',
      testMatch: ['<rootDir>/{apps,packages,infra}/**/*.sandbox.test.ts', '<rootDir>/test/**/*.test.ts'],
      globalSetup: '<rootDir>/infra/ci/jest-global-setup.mjs',
      globalTeardown: '<rootDir>/infra/ci/jest-global-teardown.mjs',
      setupFilesAfterEnv: ['<rootDir>/infra/ci/jest-name-test-file.ts'],
    },
  ],
  maxWorkers: 2,
  // Modules of a test file stay in its worker's memory; one that ran hundreds of files died of it.
  workerIdleMemoryLimit: '1GB',
  // A test that waits for a condition ends by this alone; a machine several times slower than ours must not.
  testTimeout: 300_000,
  reporters: ['default', '<rootDir>/infra/ci/closing-line-reporter.mjs'],
}
