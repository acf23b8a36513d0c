/** `npm run bench -- NAME`: each benchmark is a module of this folder that runs when it is imported. */
const BENCHMARKS: Readonly<Record<string, string>> = {
  memory: "the agent's resident memory while it backs up a filestore of 1 GB",
  backup: 'our backup beside the Odoo way, pg_dump and restic, on the same data',
  retention: '100,000 backups decided',
  list: 'the first page of 10,000 backups',
  vend: 'credentials vended per second',
}

const name = process.argv[2]
if (name === undefined || !Object.hasOwn(BENCHMARKS, name)) {
  const lines = Object.entries(BENCHMARKS).map(([each, what]) => `  ${each.padEnd(10)} ${what}`)
  console.error(`npm run bench -- NAME, where NAME is one of:\n${lines.join('\n')}`)
  process.exit(64)
}
try {
  await import(`./${name}.ts`)
} catch (error) {
  console.error(error)
  process.exit(1)
}
