import { homedir } from 'node:os'
import { resolve } from 'node:path'

/** Expands a leading `~` and `$VAR` or `${VAR}` as Odoo does for paths; unknown variables stay as written. */
export function expandPath(path: string, environment: NodeJS.ProcessEnv): string {
  const home = environment.HOME ?? homedir()
  return resolve(
    path
      .replace(/^~(?=\/|$)/, () => home)
      .replace(/\$(?:\{(\w+)\}|(\w+))/g, (whole, braced, bare) => environment[braced ?? bare] ?? whole),
  )
}
