import { randomBytes, randomUUID } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import writeFileAtomic from 'write-file-atomic'
import { z } from 'zod'
import { freePorts } from './ports.ts'

const Port = z.number().int()
const Keys = z.object({ accessKeyId: z.string(), secretAccessKey: z.string() })

/** What is chosen once for a sandbox and then kept: ports and secrets. */
export const Choices = z.object({
  ports: z.object({
    postgres: Port,
    redis: Port,
    cephMonitor: Port,
    stsGateway: Port,
    s3Gateway: Port,
    shortStsGateway: Port,
    odooCom: Port,
    iap: Port,
    broker: Port,
    agent: Port,
  }),
  postgresPassword: z.string(),
  odooPassword: z.string(),
  brokerPassword: z.string(),
  redisPassword: z.string(),
  cephId: z.string(),
  stsKey: z.string(),
  keys: z.object({ broker: Keys, owner: Keys, setup: Keys, private: Keys }),
  iapServiceKey: z.string(),
  oauthClientId: z.string(),
})
export type Choices = z.infer<typeof Choices>

/** Reads the choices of a sandbox, making them at its first start. */
export async function chooseOnce(folder: string): Promise<Choices> {
  const file = join(folder, 'choices.json')
  if (existsSync(file)) return Choices.parse(JSON.parse(readFileSync(file, 'utf8')))
  const choices = await newChoices()
  await writeFileAtomic(file, `${JSON.stringify(choices, null, 2)}\n`, { mode: 0o600 })
  return choices
}

async function newChoices(): Promise<Choices> {
  const names = Choices.shape.ports.keyof().options
  const ports = await freePorts(names.length)
  const secret = () => randomBytes(18).toString('hex')
  const keys = () => ({
    accessKeyId: randomBytes(10).toString('hex').toUpperCase(),
    secretAccessKey: randomBytes(20).toString('hex'),
  })
  return Choices.parse({
    ports: Object.fromEntries(names.map((name, index) => [name, ports[index]])),
    postgresPassword: secret(),
    odooPassword: secret(),
    brokerPassword: secret(),
    redisPassword: secret(),
    cephId: randomUUID(),
    // RADOS Gateway wants exactly sixteen characters: the key of an AES-128 cipher.
    stsKey: randomBytes(8).toString('hex'),
    keys: { broker: keys(), owner: keys(), setup: keys(), private: keys() },
    iapServiceKey: secret(),
    oauthClientId: randomUUID(),
  })
}
