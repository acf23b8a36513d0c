import { existsSync } from 'node:fs'
import {
  filestoreOwner,
  filestoreRoot,
  OdooCluster,
  type OdooSettings,
  odooSettings,
  readOdooConf,
} from '@odoo-backup/odoo'
import { defaultOdooConf } from './config/settings.ts'
import type { ConfigurationStore, LoadedConfiguration, OdooConf } from './config/store.ts'

/** Reads odoo.conf where it is named, else where Odoo looks for it; nothing there is no fault. */
export function odooConfReader(environment: Readonly<Record<string, string | undefined>>) {
  return async (named: string | undefined): Promise<OdooConf> => {
    const path = named ?? defaultOdooConf(environment).find(existsSync)
    if (path === undefined) return { path: undefined, options: new Map() }
    return readOdooConf(path)
  }
}

/** Odoo's options as they are in force for the agent: odoo.conf, and what the agent's file overrides. */
export function effectiveOdooSettings({
  odooConf,
  odooOverrides,
  settings,
}: LoadedConfiguration): OdooSettings {
  const addons = settings.addons_path === undefined ? [] : [['addons_path', settings.addons_path] as const]
  return odooSettings(new Map([...odooConf.options, ...odooOverrides, ...addons]))
}

export interface OdooServer {
  settings(): OdooSettings
  /** Odoo's PostgreSQL server, as the configuration describes it now. */
  cluster(): Promise<OdooCluster>
}

/** The Odoo beside this agent. The cluster is made anew when the configuration changed. */
export function createOdooServer(store: ConfigurationStore, environment: NodeJS.ProcessEnv): OdooServer {
  let made: { for: LoadedConfiguration; cluster: Promise<OdooCluster> } | undefined
  const open = async (configuration: LoadedConfiguration) => {
    const settings = effectiveOdooSettings(configuration)
    const runAs = await filestoreOwner(filestoreRoot(settings))
    return new OdooCluster(settings, { environment, ...(runAs === undefined ? {} : { runAs }) })
  }
  return {
    settings: () => effectiveOdooSettings(store.current),
    cluster: () => {
      if (made?.for !== store.current) made = { for: store.current, cluster: open(store.current) }
      return made.cluster
    },
  }
}
