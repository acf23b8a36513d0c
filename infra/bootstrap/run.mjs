/**
 * The one door of every `npm run` command: `node infra/bootstrap/run.mjs TASK [ARGUMENT …]`.
 *
 * It needs nothing but Node, so that it works in a fresh clone: it first makes what the task stands on
 * (dependencies, the Prisma client, the build), each only when it is missing or out of date, then runs the task.
 */
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { availableParallelism, constants } from 'node:os'
import { dirname, join, resolve } from 'node:path'

const root = resolve(import.meta.dirname, '../..')
const bin = name => join(root, 'node_modules/.bin', name)

const environment = {
  ...process.env,
  // Runs workspace packages from their TypeScript source; see "exports" in each package.json.
  TURBO_TELEMETRY_DISABLED: '1',
  DO_NOT_TRACK: '1',
  CHECKPOINT_DISABLE: '1',
  AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
  // `prisma generate` looks for this binary but never runs it: the work is done in WebAssembly.
  PRISMA_SCHEMA_ENGINE_BINARY: process.env.PRISMA_SCHEMA_ENGINE_BINARY ?? process.execPath,
}

/** Runs a program to its end with our standard streams; resolves to its exit status. */
function run(command, args, extra = {}) {
  return new Promise((done, fail) => {
    const child = spawn(command, args, { cwd: root, stdio: 'inherit', env: { ...environment, ...extra } })
    // Ctrl-C at a terminal reaches every program of the foreground by itself: sent on, it would come twice, and
    // a second Ctrl-C means to end at once, without clearing up.
    const forward = signal => {
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal)
    }
    process.on('SIGINT', forward).on('SIGTERM', forward)
    child.on('error', fail)
    child.on('exit', (code, signal) => {
      process.off('SIGINT', forward).off('SIGTERM', forward)
      done(code ?? 128 + (constants.signals[signal] ?? 0))
    })
  })
}

/** Runs a step that must succeed; ends the whole with a sentence that says what to do when it does not. */
async function step(what, advice, command, args, extra) {
  process.stderr.write(`${what} …\n`)
  const status = await run(command, args, extra)
  if (status !== 0) {
    process.stderr.write(`\n${what} failed (exit status ${status}). ${advice}\n`)
    process.exit(status)
  }
}

function hashOf(...files) {
  const hash = createHash('sha256')
  for (const file of files) hash.update(readFileSync(join(root, file)))
  return hash.digest('hex')
}

/** Runs `make` unless `output` exists and was made from the same inputs: `stamp`, beside it, says from which. */
async function upToDate(output, stamp, inputs, make) {
  const stampFile = join(root, dirname(output), stamp)
  const wanted = hashOf(...inputs)
  if (existsSync(join(root, output)) && existsSync(stampFile) && readFileSync(stampFile, 'utf8') === wanted)
    return
  await make()
  mkdirSync(dirname(stampFile), { recursive: true })
  writeFileSync(stampFile, wanted)
}

/**
 * `npm install --no-save` and not `npm ci`: both install what the lock file pins and check its hashes, but
 * `npm ci` refuses where a registry lacks an optional binary that is made for another kind of machine.
 */
async function installDependencies() {
  await upToDate('node_modules/.package-lock.json', '.odoo-backup-dependencies', ['package-lock.json'], () =>
    step(
      'Installing the dependencies',
      'Check that this machine reaches a package registry (`npm ping`), then run the command again.',
      'npm',
      ['install', '--no-save', '--no-audit', '--no-fund', '--loglevel=error'],
    ),
  )
}

async function generateRegistryClient() {
  await upToDate(
    'apps/broker/src/registry/generated/client.ts',
    '.odoo-backup-prisma',
    ['prisma/schema.prisma', 'package-lock.json'],
    () =>
      step(
        'Generating the Prisma client',
        'Mend prisma/schema.prisma as the message above says.',
        bin('prisma'),
        ['generate'],
      ),
  )
}

const advice = {
  build: 'Mend the compiler errors above, then run `npm run build` again.',
}

async function build() {
  await step('The build', advice.build, bin('turbo'), ['run', 'build', '--output-logs=errors-only'])
}

/** Compression needs a thread for each core: from source this can only be said from outside (apps/agent/src/bin). */
const threads = { UV_THREADPOOL_SIZE: process.env.UV_THREADPOOL_SIZE ?? String(availableParallelism() + 4) }

/** Runs a TypeScript program of this repository from source. */
function runSource(file, args, options = []) {
  return run(
    process.execPath,
    ['--conditions=odoo-backup-source', '--import', 'tsx', ...options, file, ...args],
    threads,
  )
}

const tasks = {
  build: async () => {
    await build()
    return 0
  },
  typecheck: async args => {
    const packages = await run(bin('turbo'), ['run', 'typecheck', '--output-logs=errors-only', ...args])
    const status = packages || (await run(bin('tsc'), ['-p', 'tsconfig.json']))
    if (status !== 0)
      process.stderr.write('\nTypes: mend the compiler errors above, then run `npm run typecheck` again.\n')
    return status
  },
  lint: async args => {
    const style = await run(bin('biome'), ['check', '--error-on-warnings', ...args])
    if (style !== 0)
      process.stderr.write('\nStyle: `npm run format` mends what can be mended by a machine.\n')
    const directions = await run(bin('depcruise'), [
      '--config',
      'infra/lint/dependency-rules.mjs',
      'apps',
      'packages',
      'infra',
      'test',
    ])
    if (directions !== 0)
      process.stderr.write('\nDependencies: an import goes against the direction in docs/architecture.md.\n')
    return style || directions
  },
  format: args => run(bin('biome'), ['check', '--write', ...args]),
  test: args =>
    run(process.execPath, [
      '--experimental-vm-modules',
      '--disable-warning=ExperimentalWarning',
      bin('jest'),
      ...args,
    ]),
  sandbox: args => runSource('infra/sandbox/main.ts', args),
  migrate: args => runSource('apps/broker/src/cli/main.ts', ['migrate', ...args]),
  broker: args => runSource('apps/broker/src/cli/main.ts', args),
  'odoo-backup': args => runSource('apps/agent/src/cli/main.ts', args),
  dev: args => runSource('infra/dev/main.ts', args),
  demo: async args => {
    // What runs can be ended, and the help read, whatever state the sources are in.
    if (args.some(arg => ['--stop', '--help'].includes(arg))) return runSource('infra/demo/main.ts', args)
    await build()
    return run(process.execPath, ['--import', 'tsx', 'infra/demo/main.ts', ...args])
  },
  pictures: args => runSource('infra/pictures/main.ts', args),
  bench: async args => {
    await build()
    return run(process.execPath, ['--import', 'tsx', 'test/bench/main.ts', ...args], threads)
  },
}

/** Tasks that take no arguments: one that is given would be ignored, and all begun that it was meant to change. */
const bare = {
  build: 'compiles the packages, the two services and the pages into their dist folders.',
  dev: 'runs broker, agent and pages from source on the sandbox, reloading. Ctrl-C ends them; the sandbox goes on.',
  pictures: "takes the README's pictures anew from the running demo (npm run demo).",
}

const [name, ...args] = process.argv.slice(2)
const task = Object.hasOwn(tasks, name ?? '') ? tasks[name] : undefined
if (task === undefined) {
  process.stderr.write(`Unknown task ${name ?? ''}; there are: ${Object.keys(tasks).join(', ')}\n`)
  process.exit(64)
}
if (args.length > 0 && Object.hasOwn(bare, name)) {
  const isHelp = args.length === 1 && ['--help', '-h'].includes(args[0])
  if (!isHelp) process.stderr.write(`npm run ${name} takes no arguments: ${args.join(' ')}\n`)
  process.stderr.write(`npm run ${name} ${bare[name]}\n`)
  process.exit(isHelp ? 0 : 64)
}
const [major, minor] = process.versions.node.split('.').map(Number)
if (major < 20 || (major === 20 && minor < 19)) {
  process.stderr.write(
    `Node.js ${process.versions.node} is too old: install 20.19 or newer, then run this again.\n`,
  )
  process.exit(69)
}
await installDependencies()
await generateRegistryClient()
process.exit(await task(args))
