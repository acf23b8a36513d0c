import { spawn } from 'node:child_process'
import { createReadStream, statSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseName } from '@odoo-backup/protocol'
import { createS3Storage, verifyByListing } from '@odoo-backup/storage'
import { sandboxEnvironment } from '../../../infra/sandbox/environment.ts'
import { nodeArguments } from '../../../infra/services/services.ts'
import { startAgentProcess } from '../../faults/agent-process.ts'
import { agentInstance } from '../../fixtures/agent-instance.ts'

/** What every contender is given. */
export interface Setting {
  readonly database: string
  readonly filestore: string
  readonly odooConf: string
  /** In the bucket, without a slash at its end. */
  readonly folder: string
  /** For what has to lie on disk on the way. */
  readonly temporaryFolder: string
}

/** Something that is ready to make the backup; `run` is what is measured. */
export interface Contender {
  /** What is watched while it runs, with all that it starts; the contender's own process unless given. */
  readonly pid?: number
  run(): Promise<void>
  close(): Promise<void>
}

const sandbox = sandboxEnvironment()
const keys = {
  accessKeyId: sandbox.privateAccessKeyId,
  secretAccessKey: sandbox.privateSecretAccessKey,
}
const postgres = {
  PGHOST: sandbox.pgHost,
  PGPORT: String(sandbox.pgPort),
  PGUSER: sandbox.odooDbUser,
  PGPASSWORD: sandbox.odooDbPassword,
}

export function openBucket() {
  return createS3Storage({
    bucket: sandbox.privateBucket,
    region: sandbox.region,
    endpoint: sandbox.s3Endpoint,
    pathStyle: true,
    credentials: async () => keys,
  })
}

/** Our agent: the service as it is installed, asked for a backup through its queue. */
async function ours(setting: Setting): Promise<Contender> {
  const instance = await agentInstance({ odoo_conf: setting.odooConf, private_s3_dir: setting.folder })
  const service = await startAgentProcess(
    instance.configurationFile,
    { TMPDIR: setting.temporaryFolder },
    nodeArguments('agent', 'main', 'build'),
  )
  const { agent } = await instance.open({ worker: 'never' })
  return {
    pid: service.pid,
    run: async () => {
      const id = await agent.startBackup({ database: DatabaseName.parse(setting.database) })
      for await (const job of agent.follow(id)) {
        if (job.state === 'failed') throw new Error(`The backup failed: ${JSON.stringify(job.failure)}`)
      }
    },
    close: async () => {
      await service.terminate()
      await instance.close()
    },
  }
}

/** What Odoo does itself, then one upload. */
async function odooWay(setting: Setting): Promise<Contender> {
  const zip = join(setting.temporaryFolder, 'backup.zip')
  const script = join(import.meta.dirname, 'odoo-way.py')
  return withUpload(setting, zip, () =>
    execute('python3', [script, setting.filestore, setting.database, zip], setting),
  )
}

/** PostgreSQL's own archive, without the filestore. */
async function pgDump(setting: Setting): Promise<Contender> {
  const file = join(setting.temporaryFolder, 'backup.dump')
  return withUpload(setting, file, () =>
    execute('pg_dump', ['--no-owner', '--format=custom', `--file=${file}`, setting.database], setting),
  )
}

/** Restic, into a repository that is there already. */
async function restic(setting: Setting): Promise<Contender> {
  const dump = join(setting.temporaryFolder, 'dump.sql')
  const repository = `s3:${sandbox.s3Endpoint}/${sandbox.privateBucket}/${setting.folder}`
  const environment = {
    RESTIC_REPOSITORY: repository,
    RESTIC_PASSWORD: 'bench',
    RESTIC_CACHE_DIR: join(setting.temporaryFolder, 'cache'),
    AWS_ACCESS_KEY_ID: keys.accessKeyId,
    AWS_SECRET_ACCESS_KEY: keys.secretAccessKey,
  }
  await execute('restic', ['init', '--quiet'], setting, environment)
  return {
    run: async () => {
      await execute('pg_dump', ['--no-owner', `--file=${dump}`, setting.database], setting)
      await execute('restic', ['backup', '--quiet', dump, setting.filestore], setting, environment)
    },
    close: async () => undefined,
  }
}

export const CONTENDERS = { ours, odooWay, pgDump, restic }

function withUpload(setting: Setting, file: string, make: () => Promise<void>): Contender {
  const bucket = openBucket()
  return {
    run: async () => {
      await make()
      const estimatedBytes = statSync(file).size
      const body = createReadStream(file, { highWaterMark: 1024 * 1024 })
      await verifyByListing(bucket, await bucket.put(`${setting.folder}/backup`, body, { estimatedBytes }))
    },
    close: async () => bucket.close(),
  }
}

function execute(
  program: string,
  args: readonly string[],
  setting: Setting,
  environment: Record<string, string> = {},
): Promise<void> {
  const env = { PATH: process.env.PATH, HOME: process.env.HOME, TMPDIR: setting.temporaryFolder, ...postgres }
  const child = spawn(program, args, {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...env, ...environment },
  })
  return new Promise((resolve, reject) => {
    child.once('error', () => reject(new Error(`${program} cannot be run: install it.`)))
    child.once('close', status =>
      status === 0 ? resolve() : reject(new Error(`${program} ended with status ${status}.`)),
    )
  })
}
