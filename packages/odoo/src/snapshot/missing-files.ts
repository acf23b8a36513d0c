import { OdooError } from '../errors.ts'
import { filestoreOrigin } from '../settings/paths.ts'
import type { OdooSettings } from '../settings/settings.ts'

/** A few files are always lost somewhere; more than both of these mean the wrong folder, or a broken disk. */
const FEW = 10
const SMALL_SHARE = 0.01

/** Keeps account of stored files that are not there or are not what their name says. */
export class MissingFiles {
  readonly paths = new Set<string>()
  readonly #folder: string
  readonly #settings: Pick<OdooSettings, 'dataDir'>
  #named = 0

  constructor(folder: string, settings: Pick<OdooSettings, 'dataDir'>) {
    this.#folder = folder
    this.#settings = settings
  }

  /** How many files the database names. */
  setNamed(count: number): void {
    this.#named = count
  }

  /** @throws OdooError `filestore_incomplete` when too many are missing for the backup to be worth its name */
  check(): void {
    const missing = this.paths.size
    if (missing <= FEW || missing <= this.#named * SMALL_SHARE) return
    throw new OdooError(
      'filestore_incomplete',
      `${missing} of the ${this.#named} stored files that the database names are missing or damaged in ` +
        `${this.#folder} (the path comes from ${filestoreOrigin(this.#settings)}), for example ` +
        `${[...this.paths].slice(0, 3).join(', ')}. Check that this is the right folder.`,
    )
  }

  /** @throws OdooError `filestore_missing` */
  checkFolder(exists: boolean): void {
    if (exists || this.#named === 0) return
    throw new OdooError(
      'filestore_missing',
      `The database names ${this.#named} stored files, but the folder ${this.#folder} is not there ` +
        `(its path comes from ${filestoreOrigin(this.#settings)}). Set data_dir to where Odoo keeps its files.`,
    )
  }
}
