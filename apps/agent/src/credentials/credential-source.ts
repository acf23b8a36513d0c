import type { Purpose, VendedCredentials } from '@odoo-backup/protocol'
import { type IniDocument, valueIn } from '../config/ini-document.ts'
import { PREFIX } from '../config/keys.ts'
import { AgentError } from '../errors.ts'
import type { BrokerClient } from './broker-client.ts'
import { cachedCredential, withCachedCredential, withoutCachedCredentials } from './credential-cache.ts'

/** A credential is asked for again when less than this is left of its life, or half of a shorter life. */
const MARGIN_MS = 5 * 60_000

export interface CredentialSourceOptions {
  /** Of the key that the configuration holds now. */
  readonly broker: () => BrokerClient
  readonly configuration: CredentialHome
  readonly now: () => Date
}

/** The part of the configuration store that keeps credentials between two starts of the agent. */
export interface CredentialHome {
  refresh(): Promise<{ document: IniDocument }>
  change(edit: (document: IniDocument) => IniDocument): Promise<unknown>
}

/**
 * Gives the credential of a purpose: from the configuration file while it is valid, otherwise from the broker.
 * However many ask at once, the broker is asked once, or once more where it refuses. A refusal that revokes or denies
 * drops what is cached. Where the file cannot be written, as on a full disk, what should stand there is kept in memory
 * and written with the next change: backups go on.
 */
export class CredentialSource {
  #options: CredentialSourceOptions
  #running = new Map<string, Promise<VendedCredentials>>()
  /** When each purpose's present credential came, to know its whole life. */
  #obtained = new Map<string, number>()
  /** What is not written yet, the last of each subject, in its order. */
  #unwritten = new Map<Purpose | 'none of the former', Edit>()

  constructor(options: CredentialSourceOptions) {
    this.#options = options
  }

  /** `refused`: the access key id that the store just refused, so that a cached one of that id is no answer. */
  async get(purpose: Purpose, refused?: string): Promise<VendedCredentials> {
    // Who was refused must not be given what another, who knows nothing of that, is just finding in the cache.
    const wanted = `${purpose} ${refused ?? ''}`
    const running = this.#running.get(wanted)
    if (running === undefined) return this.#start(wanted, purpose, refused)
    return running.catch(error => {
      // It was asked before: somebody may just have logged in, or bought credit.
      if (!(error instanceof AgentError) || error.retryable) throw error
      return this.#running.get(wanted) ?? this.#start(wanted, purpose, refused)
    })
  }

  #start(wanted: string, purpose: Purpose, refused: string | undefined): Promise<VendedCredentials> {
    const started = this.#find(purpose, refused).finally(() => this.#running.delete(wanted))
    this.#running.set(wanted, started)
    return started
  }

  async forget(): Promise<void> {
    this.#unwritten.clear()
    await this.#keep('none of the former', withoutCachedCredentials)
  }

  async #document(): Promise<IniDocument> {
    const { document } = await this.#options.configuration.refresh()
    return applied([...this.#unwritten.values()], document)
  }

  async #keep(subject: Purpose | 'none of the former', edit: Edit): Promise<void> {
    const before = userKeyOf((await this.#options.configuration.refresh()).document)
    // A key that was renewed meanwhile is another instance, to which none of this was given.
    const ofThisKey: Edit = document => (userKeyOf(document) === before ? edit(document) : document)
    this.#unwritten.delete(subject)
    this.#unwritten.set(subject, ofThisKey)
    const wanted = [...this.#unwritten]
    try {
      await this.#options.configuration.change(document =>
        applied(
          wanted.map(([, each]) => each),
          document,
        ),
      )
      for (const [written, each] of wanted)
        if (this.#unwritten.get(written) === each) this.#unwritten.delete(written)
    } catch (error) {
      if (!(error instanceof AgentError) || error.code !== 'configuration_unwritable') throw error
    }
  }

  async #find(purpose: Purpose, refused: string | undefined): Promise<VendedCredentials> {
    const cached = cachedCredential(await this.#document(), purpose)
    if (cached !== undefined && cached.accessKeyId !== refused && this.#isFresh(cached)) return cached
    try {
      const vended = await this.#options.broker().credentials(purpose)
      this.#obtained.set(vended.accessKeyId, this.#options.now().getTime())
      await this.#keep(purpose, current => withCachedCredential(current, vended))
      return vended
    } catch (error) {
      if (error instanceof AgentError && FINAL.has(error.code)) await this.forget()
      if (
        isOutage(error) &&
        cached !== undefined &&
        cached.accessKeyId !== refused &&
        this.#isAlive(cached)
      ) {
        return cached
      }
      throw error
    }
  }

  #isFresh(credential: VendedCredentials): boolean {
    const expires = Date.parse(credential.expiresAt)
    const obtained = this.#obtained.get(credential.accessKeyId)
    const margin = obtained === undefined ? MARGIN_MS : Math.min(MARGIN_MS, (expires - obtained) / 2)
    return expires - this.#options.now().getTime() > margin
  }

  #isAlive(credential: VendedCredentials): boolean {
    return Date.parse(credential.expiresAt) > this.#options.now().getTime()
  }
}

type Edit = (document: IniDocument) => IniDocument

function applied(edits: readonly Edit[], document: IniDocument): IniDocument {
  return edits.reduce((edited, edit) => edit(edited), document)
}

function userKeyOf(document: IniDocument): string | undefined {
  return valueIn(document, 'options', `${PREFIX}user_key`)
}

const FINAL = new Set(['access_revoked', 'access_denied', 'login_required'])

function isOutage(error: unknown): boolean {
  return error instanceof AgentError && error.retryable
}
