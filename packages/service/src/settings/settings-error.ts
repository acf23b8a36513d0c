/** One thing that an operator must set right. */
export interface SettingsFault {
  /** The environment variable. */
  readonly name: string
  readonly message: string
}

/** The settings cannot be used; the message lists every fault and what to do about it, and no value. */
export class SettingsError extends Error {
  readonly code = 'settings_invalid'
  readonly faults: readonly SettingsFault[]

  constructor(faults: readonly SettingsFault[]) {
    const lines = faults.map(fault => `  ${fault.name}: ${fault.message}`)
    super(
      `${faults.length === 1 ? 'A setting needs' : `${faults.length} settings need`} your attention:\n${lines.join('\n')}\n` +
        'Set them in the environment of this program and start it again.',
    )
    this.name = 'SettingsError'
    this.faults = faults
  }
}
