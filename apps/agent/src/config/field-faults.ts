import type { AgentFieldFault } from '../errors.ts'
import { PREFIX } from './keys.ts'

/** Settings whose values the API lets through and the file's rules may refuse, and where the API has them. */
const MEMBERS: Readonly<Record<string, AgentFieldFault>> = {
  private_s3_dir: { path: 'folder', code: 'folder' },
  directory: { path: 'folder', code: 'folder' },
  aws_endpoint: { path: 'endpoint', code: 'address' },
}

/**
 * The members of a request that faults of the file are about, as far as one is known by its setting alone: each begins
 * with the setting's name, after the section where that is a database's.
 */
export function fieldFaults(faults: readonly string[]): AgentFieldFault[] {
  return faults.flatMap(fault => {
    const [, section, name = ''] = new RegExp(`^(\\[.*\\] )?${PREFIX}(\\w+): `).exec(fault) ?? []
    if (name === 'encryption_password') return [{ path: 'encryptionPassword', code: 'password' as const }]
    const member = Object.hasOwn(MEMBERS, name) ? MEMBERS[name] : undefined
    if (member === undefined) return []
    return [{ ...member, path: `${section === undefined ? 'storage' : 'destination'}.${member.path}` }]
  })
}
