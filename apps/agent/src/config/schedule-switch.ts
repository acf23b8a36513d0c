import { withValue } from './ini-document.ts'
import { databaseSection, PREFIX } from './keys.ts'
import type { ConfigurationStore } from './store.ts'

/** Switches all schedules of a database at once, those of its drills too. */
export interface ScheduleSwitch {
  /** Whether there are any that run. */
  areOn(database: string): Promise<boolean>
  /** True when there were schedules that ran until now. */
  off(database: string): Promise<boolean>
  /** Takes `off` back. */
  on(database: string): Promise<void>
}

export function createScheduleSwitch(store: ConfigurationStore): ScheduleSwitch {
  const found = async (database: string) => (await store.refresh()).databases.get(database)
  const write = (database: string, value: 'True' | 'False') =>
    store.change(document => withValue(document, databaseSection(database), `${PREFIX}enabled`, value))
  const areOn = async (database: string): Promise<boolean> => {
    const settings = await found(database)
    return settings?.enabled === true && settings.schedules.size + settings.drills.size > 0
  }
  return {
    areOn,
    off: async database => {
      if (!(await areOn(database))) return false
      await write(database, 'False')
      return true
    },
    on: async database => {
      if ((await found(database))?.enabled === false) await write(database, 'True')
    },
  }
}
