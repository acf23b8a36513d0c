/**
 * Which part may know which (docs/architecture.md). `npm run lint` fails on an import that goes against it.
 * A package is reached through its public face alone: imports between packages are by name.
 */
const pkg = name => `^packages/${name}/`
const TESTS = '\\.test\\.ts$|/src/testing/'
/** How the cruiser names what no package.json lists. */
const UNDECLARED = ['npm-no-pkg', 'npm-unknown', 'unknown', 'undetermined']

export default {
  forbidden: [
    {
      name: 'apps-are-islands',
      comment: 'An app never imports another app: they meet on the wire.',
      severity: 'error',
      from: { path: '^apps/([^/]+)/' },
      to: { path: '^apps/', pathNot: '^apps/$1/' },
    },
    {
      name: 'packages-do-not-know-apps',
      severity: 'error',
      from: { path: '^packages/', pathNot: '\\.test\\.ts$' },
      to: { path: '^(apps|infra|test)/' },
    },
    {
      name: 'apps-do-not-know-development-tools',
      comment: 'The sandbox and its stand-in for odoo.com are tools of development.',
      severity: 'error',
      from: { path: '^apps/', pathNot: '\\.test\\.ts$' },
      to: { path: '^(infra|test)/' },
    },
    {
      name: 'only-the-public-face',
      comment: 'Between packages, import the package by name: nothing reaches past its index.ts.',
      severity: 'error',
      from: { path: '^(?:apps|packages)/([^/]+)/' },
      to: {
        path: '^packages/([^/]+)/',
        pathNot: ['^packages/$1/', '^packages/[^/]+/(src|dist)/index\\.(d\\.)?[tj]s$'],
      },
    },
    {
      name: 'packages-know-protocol-only',
      comment: 'Packages stand alone but for the wire types; backup-format may also know storage.',
      severity: 'error',
      from: { path: '^packages/([^/]+)/', pathNot: pkg('backup-format') },
      to: { path: '^packages/', pathNot: ['^packages/$1/', pkg('protocol')] },
    },
    {
      name: 'backup-format-knows-storage-and-protocol',
      severity: 'error',
      from: { path: pkg('backup-format') },
      to: { path: '^packages/', pathNot: [pkg('backup-format'), pkg('protocol'), pkg('storage')] },
    },
    {
      name: 'broker-never-sees-backups',
      comment: 'The broker vends access; it knows neither Odoo nor what a backup looks like.',
      severity: 'error',
      from: { path: '^apps/broker/' },
      to: { path: ['^packages/(odoo|backup-format|retention)/'] },
    },
    {
      name: 'pure-packages-do-no-io',
      comment: 'retention and protocol are pure. The type of a stream is allowed: it does nothing by itself.',
      severity: 'error',
      from: { path: ['^packages/(retention|protocol)/'], pathNot: '\\.test\\.ts$' },
      to: { dependencyTypes: ['core'], pathNot: '^stream$' },
    },
    {
      name: 'no-circles',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'no-undeclared-dependencies',
      severity: 'error',
      comment:
        'What runs stands in the package.json of its own workspace, and not among what only development needs.',
      from: { path: '^(apps|packages)/', pathNot: [TESTS, '/vite\\.config\\.ts$'] },
      to: { dependencyTypes: [...UNDECLARED, 'npm-dev'], dependencyTypesNot: ['npm'] },
    },
    {
      name: 'no-undeclared-dependencies-of-tests-and-tools',
      comment:
        'Hoisting lets anything be imported: what infra, test and tests use stands in the root package.json.',
      severity: 'error',
      from: { path: ['^(infra|test)/', TESTS] },
      to: { dependencyTypes: UNDECLARED },
    },
  ],
  options: {
    parser: 'swc',
    tsPreCompilationDeps: true,
    combinedDependencies: true,
    doNotFollow: { path: 'node_modules' },
    // What is built from our own sources; of other packages only the name counts. The parser knows no JSX: what the pages of agent-ui may import is a rule in biome.json.
    exclude: {
      path: ['^(?!node_modules/|.+/node_modules/).*(dist|generated|\\.sandbox|\\.demo)/', '\\.tsx$'],
    },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['odoo-backup-source', 'import', 'types', 'node', 'default'],
      extensions: ['.ts', '.tsx', '.mjs', '.js', '.d.ts'],
    },
  },
}
