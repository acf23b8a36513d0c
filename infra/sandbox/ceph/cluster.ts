import { randomUUID } from 'node:crypto'
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Choices } from '../choices.ts'
import type { Processes, Server } from '../processes.ts'
import { runProgram } from '../programs.ts'
import { cephConfiguration, GATEWAYS, type GatewayName } from './configuration.ts'

/** A gateway that lets in what the one of this name does. `settings` are said beside those of the configuration. */
export function gatewayServer(
  name: GatewayName,
  configurationFile: string,
  port: number,
  settings: readonly string[] = [],
): Server {
  return {
    name: `ceph-gateway-${name}`,
    command: 'radosgw',
    args: ['-f', '-n', `client.rgw.${name}`, '-c', configurationFile, ...settings],
    stopSignal: 'SIGTERM',
    ready: async () => {
      const answer = await fetch(`http://127.0.0.1:${port}`, { signal: AbortSignal.timeout(2_000) }).catch(
        () => undefined,
      )
      await answer?.body?.cancel()
      return answer?.status === 200
    },
  }
}

/** Ceph's programs, told where this cluster is. */
export class Ceph {
  readonly folder: string
  readonly #choices: Choices

  constructor(sandbox: string, choices: Choices) {
    this.folder = join(sandbox, 'ceph')
    this.#choices = choices
    for (const part of ['log', 'run', 'rgw'])
      mkdirSync(join(this.folder, part), { recursive: true, mode: 0o700 })
    writeFileSync(this.configurationFile, cephConfiguration(this.folder, choices), { mode: 0o600 })
  }

  get configurationFile(): string {
    return join(this.folder, 'ceph.conf')
  }

  run(command: string, ...args: string[]): string {
    return runProgram(command, ['-c', this.configurationFile, ...args])
  }

  get monitor(): Server {
    return {
      name: 'ceph-monitor',
      command: 'ceph-mon',
      args: ['-f', '-i', 'a', '-c', this.configurationFile],
      stopSignal: 'SIGTERM',
      ready: async () => this.#ask('quorum_status') !== undefined,
    }
  }

  get disk(): Server {
    return {
      name: 'ceph-disk',
      command: 'ceph-osd',
      args: ['-f', '-i', '0', '-c', this.configurationFile],
      stopSignal: 'SIGTERM',
      ready: async () => /\b1 up\b/.test(this.#ask('osd', 'stat') ?? ''),
    }
  }

  gateway(name: GatewayName): Server {
    return gatewayServer(name, this.configurationFile, this.#choices.ports[GATEWAYS[name].port])
  }

  /** Starts monitor, disk and gateways, making their data first where there is none. */
  async start(processes: Processes): Promise<void> {
    this.#makeMonitor()
    await processes.start(this.monitor)
    await this.#makeDisk()
    await processes.start(this.disk)
    // The first gateway makes the pools; two that do so at once get in each other's way.
    await processes.start(this.gateway('sts'))
    await Promise.all([processes.start(this.gateway('s3')), processes.start(this.gateway('short'))])
  }

  #ask(...question: string[]): string | undefined {
    try {
      return this.run('ceph', '--connect-timeout', '3', ...question)
    } catch {
      return undefined
    }
  }

  #makeMonitor(): void {
    const made = join(this.folder, 'monitor-made')
    if (existsSync(made)) return
    const map = join(this.folder, 'monmap')
    const { cephId, ports } = this.#choices
    rmSync(join(this.folder, 'mon'), { recursive: true, force: true })
    mkdirSync(join(this.folder, 'mon'), { mode: 0o700 })
    const address = `[v2:127.0.0.1:${ports.cephMonitor}]`
    runProgram('monmaptool', ['--create', '--clobber', '--fsid', cephId, '--addv', 'a', address, map])
    this.run('ceph-mon', '--mkfs', '-i', 'a', '--monmap', map)
    writeFileSync(made, '')
  }

  async #makeDisk(): Promise<void> {
    const made = join(this.folder, 'disk-made')
    if (existsSync(made)) return
    rmSync(join(this.folder, 'osd'), { recursive: true, force: true })
    mkdirSync(join(this.folder, 'osd'), { mode: 0o700 })
    // An attempt that was cut short may have left the monitor with a disk of the number 0.
    if (this.run('ceph', 'osd', 'ls').trim() !== '') {
      this.run('ceph', 'osd', 'purge', '0', '--force', '--yes-i-really-mean-it')
      while (this.run('ceph', 'osd', 'ls').trim() !== '') await sleep(100)
    }
    const id = randomUUID()
    this.run('ceph', 'osd', 'new', id)
    this.run('ceph-osd', '-i', '0', '--mkfs', '--osd-uuid', id)
    writeFileSync(made, '')
  }
}
