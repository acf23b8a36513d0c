import { resolve } from 'node:path'

/** Where the sandbox keeps everything: `.sandbox` in the repository, or the folder that SANDBOX_HOME names. */
export function sandboxFolder(environment: NodeJS.ProcessEnv = process.env): string {
  const chosen = environment.SANDBOX_HOME
  return chosen ? resolve(chosen) : resolve(import.meta.dirname, '../../.sandbox')
}
