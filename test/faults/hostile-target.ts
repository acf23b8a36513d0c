import { existsSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from '@jest/globals'
import { type JobView, NewDatabaseName } from '@odoo-backup/protocol'
import type { OpenedAgent } from '../../apps/agent/src/open-agent.ts'
import { type AgentInstance, agentInstance, ended } from '../fixtures/agent-instance.ts'
import { GOOD_DUMP, zipAround } from './hostile-zip.ts'
import { expectRecovered, victim } from './recovered.ts'

/** A server with a database that has nothing to do with the hostile backups that are restored beside it. */
export interface HostileTarget {
  readonly instance: AgentInstance
  readonly bystander: string
  /** Made by whoever got out of a dump. */
  readonly trace: string
  /**
   * Restores a file, which must fail, and checks the aftermath: the database is not there, neither under its name
   * nor under the hidden one, no folder of it is in the filestore or beside it, the bystander is as it was, nobody
   * got out, the next restore succeeds, and all that must hold after a disaster does.
   */
  refused(path: string, encryptionPassword?: string): Promise<JobView>
  close(): Promise<void>
}

export async function hostileTarget(): Promise<HostileTarget> {
  const instance = await agentInstance()
  const opened = await instance.open()
  const bystander = await victim(instance, opened.agent, 1)
  const before = await instance.fingerprint(bystander)
  const good = await zipAround(instance.folder, GOOD_DUMP)
  const trace = join(instance.folder, 'somebody-was-here')
  const present = [bystander]
  const restore = async (path: string, encryptionPassword?: string) => {
    const name = NewDatabaseName.parse(instance.odoo.name('_hostile'))
    const id = await opened.agent.startRestore(
      { source: { kind: 'file', path }, database: name, copy: false, neutralise: false },
      encryptionPassword === undefined ? {} : { encryptionPassword },
    )
    return { name, view: await ended(opened.agent, id), made: await madeBy(opened, id) }
  }
  const isAsBefore = async () => {
    const folders = await readdir(join(instance.odoo.dataDir, 'filestore'))
    expect(folders.sort()).toEqual([...present].sort())
    expect(await instance.fingerprint(bystander)).toEqual(before)
    expect(existsSync(trace)).toBe(false)
  }
  return {
    instance,
    bystander,
    trace,
    refused: async (path, encryptionPassword) => {
      const { name, view, made } = await restore(path, encryptionPassword)
      expect(view.state).toBe('failed')
      for (const database of [name, ...made])
        expect(await instance.odoo.cluster.databaseExists(database)).toBe(false)
      await isAsBefore()
      const next = await restore(good)
      expect(next.view).toMatchObject({ state: 'completed', attempt: 1 })
      present.push(next.name)
      await isAsBefore()
      await expectRecovered(instance, opened, bystander)
      return view
    },
    close: () => instance.close(),
  }
}

/** The hidden databases that a job noted. */
async function madeBy({ queue }: OpenedAgent, id: string): Promise<string[]> {
  const data = (await (await queue.get()).job(id))?.job.data
  const made = data?.kind === 'restore' ? data.journal?.temporaryDatabase : undefined
  return made === undefined ? [] : [made]
}
