import {
  failureInGerman,
  germanSaysAll,
  type JobView,
  NEUTRALISE_STEPS_IN_GERMAN,
  type NeutraliseReport,
  type NeutraliseStep,
  sentenceOf,
  WARNINGS_IN_GERMAN,
  type WarningText,
} from '@odoo-backup/protocol'
import { formatBytes, formatCount, formatMinute, formatSeconds } from '../../../wording/amounts.ts'
import { withBoundUnits } from './units.ts'
import type { PageWords } from './words-english.ts'

const KINDS: Readonly<Record<JobView['kind'], string>> = {
  backup: 'Sicherung von',
  restore: 'Wiederherstellung von',
  rotate: 'Ausmustern bei',
  verify: 'Probe-Wiederherstellung von',
  delete: 'Löschung einer Sicherung von',
}

const AFTER_CANCELLING: Readonly<Record<JobView['kind'], string>> = {
  backup: 'Was begonnen war, wird entfernt.',
  restore: 'Was begonnen war, wird rückgängig gemacht.',
  rotate: 'Was bis dahin gelöscht wurde, ist weg.',
  verify: 'Die Sicherung wurde nicht geprüft.',
  delete: 'Die Liste zeigt, ob die Sicherung noch da ist.',
}

const PHASES: Readonly<Record<NonNullable<JobView['progress']>['phase'], string>> = {
  waiting: 'wartet',
  snapshot: 'Momentaufnahme',
  dump: 'Datenbank',
  files: 'Dateien',
  upload: 'Hochladen',
  download: 'Herunterladen',
  load: 'Laden der Datenbank',
  neutralise: 'Stilllegen',
  verify: 'Prüfen',
  publish: 'Veröffentlichen',
  rotate: 'Ausmustern',
  done: 'fertig',
}

function bytesInGerman(count: number): string {
  return formatBytes(count).replace('.', ',').replace('bytes', 'Bytes')
}

const inGerman = (count: number) => formatCount(count, 'de')

function progressOf({ state, progress, triesAgainAt }: JobView): string {
  if (triesAgainAt !== undefined)
    return `der letzte Versuch misslang, nächster Versuch: ${formatMinute(triesAgainAt)}`
  if (state === 'waiting') return 'wartet, bis sie an der Reihe ist'
  if (progress === undefined) return 'begonnen'
  if (progress.phase === 'done') return PHASES.done
  const { doneBytes, totalBytes, percent, phase, filesDone, filesTotal, bytesPerSecond, secondsLeft } =
    progress
  const bytes =
    bytesInGerman(doneBytes) + (totalBytes === undefined ? '' : ` von ${bytesInGerman(totalBytes)}`)
  const parts = [
    // Of phases that move no bytes there is nothing to say.
    ...(doneBytes === 0 && totalBytes === undefined ? [] : [bytes]),
    ...(percent === undefined ? [] : [`${Math.floor(percent)} %`]),
    ...(filesDone === undefined
      ? []
      : [`${inGerman(filesDone)}${filesTotal === undefined ? '' : ` von ${inGerman(filesTotal)}`} Dateien`]),
    ...(bytesPerSecond === undefined ? [] : [`${bytesInGerman(bytesPerSecond)}/s`]),
    ...(secondsLeft === undefined ? [] : [`noch ${formatSeconds(secondsLeft)}`]),
  ]
  return [PHASES[phase], ...(parts.length === 0 ? [] : [parts.join(', ')])].join(': ')
}

function ofWarning(text: WarningText): string {
  const sentence = sentenceOf<WarningText>(WARNINGS_IN_GERMAN, text)
  return 'failure' in text ? `${sentence} ${failureInGerman(text.failure.code) ?? ''}`.trim() : sentence
}

function neutralised({ modules, statements, notCovered }: NeutraliseReport): string[] {
  const nameOf = ({ step, what }: (typeof statements)[number]) =>
    isStep(step) ? NEUTRALISE_STEPS_IN_GERMAN[step] : what
  const done = statements
    .filter(({ rows }) => rows > 0)
    .map(statement => `${nameOf(statement)} (${inGerman(statement.rows)})`)
  const idle = statements.filter(({ rows }) => rows === 0).map(nameOf)
  return [
    ...(done.length === 0 ? [] : [`Stillgelegt: ${done.join(', ')}.`]),
    ...(idle.length === 0 ? [] : [`Hiervon war nichts zu tun: ${idle.join(', ')}.`]),
    ...(modules.length === 0 ? [] : [`Module mit eigener Stilllegung: ${modules.join(', ')}.`]),
    ...(notCovered.length === 0
      ? []
      : [
          `Nicht erfasst, weil ihr Code nicht gefunden wurde: ${notCovered.join(', ')}. Sehen Sie nach, ob eines davon nach außen wirkt.`,
        ]),
  ]
}

const isStep = (step: string | undefined): step is NeutraliseStep =>
  step !== undefined && Object.hasOwn(NEUTRALISE_STEPS_IN_GERMAN, step)

const NEW_NAME_RULE =
  'Mindestens zwei Buchstaben, Ziffern, Unterstriche, Punkte oder Bindestriche; zuerst ein Buchstabe oder eine Ziffer'

/** What a field of a form may hold. */
const FIELDS: Readonly<Record<string, string>> = {
  name: `Dieser Name geht nicht für eine neue Datenbank. ${NEW_NAME_RULE}; höchstens 63 Zeichen.`,
  backup_file_name: 'Nennen Sie die Sicherung, die wiederhergestellt werden soll.',
  database: 'Wählen Sie die Datenbank, die gesichert werden soll.',
}

/** Every text of the plain pages in German. */
export const GERMAN: PageWords = {
  language: 'de',
  title: 'Sicherungen',
  skip: 'Zum Inhalt',
  ofCode: code => failureInGerman(code) ?? '',
  ofField: path => (Object.hasOwn(FIELDS, path) ? (FIELDS[path] ?? '') : ''),
  saysAll: germanSaysAll,
  ofWarning,
  agentSays: 'Das ging nicht. Der Agent sagt dazu auf Englisch:',
  notRestored: 'Es wurde nichts wiederhergestellt.',
  details: 'Einzelheiten zeigen',
  noBackups: 'Es gibt noch keine Sicherungen.',
  showLone: 'Auch unvollständige Archive zeigen',
  noLone: 'Alle Archive sind vollständig.',
  lone: 'Unvollständige Archive: Ihre .info fehlt',
  signOut: 'Abmelden',
  toInterface: 'Zeitpläne, Einstellungen und mehr, in der Weboberfläche',
  toManager: 'Zurück zur Datenbankverwaltung',
  backups: count => `${inGerman(count)} ${count === 1 ? 'Sicherung' : 'Sicherungen'}`,
  backup: 'Sicherung',
  file: 'Datei',
  made: 'Erstellt',
  size: 'Größe',
  bytes: count => withBoundUnits(bytesInGerman(count)),
  restore: 'Wiederherstellen',
  restoreOne: name => `${name} wiederherstellen`,
  encrypted: ' (verschlüsselt)',
  pinned: ' (angeheftet)',
  foreign: ' (von einem anderen Server)',
  missing: files => `(${inGerman(files)} ${files === 1 ? 'Datei fehlte' : 'Dateien fehlten'})`,
  pages: 'Seiten',
  newer: 'Neuere',
  older: 'Ältere',
  pageOf: (page, pages) => `Seite ${inGerman(page)} von ${inGerman(pages)}`,
  backUpNow: 'Jetzt sichern',
  database: 'Datenbank',
  backUp: 'Sichern',
  notListed: place => `Was hier liegt, ist nicht aufgelistet: ${place}.`,
  newName: 'Name der neuen Datenbank',
  newNameRule: NEW_NAME_RULE,
  movedOrCopied: 'Diese Datenbank kann umgezogen oder kopiert sein',
  isCopy: 'Sie ist eine Kopie: Das Original lebt weiter',
  isMoved: 'Sie ist umgezogen: Das Original gibt es nicht mehr',
  neutralise: 'Stilllegen: keine E-Mails, keine geplanten Aktionen, keine Zahlungen',
  masterPassword: 'Hauptpasswort',
  encryptionPassword:
    'Passwort, mit dem diese Sicherung verschlüsselt ist (wenn leer, das der Einstellungen)',
  forAdministrators:
    'Die Liste der Sicherungen ist für Verwalter. Geben Sie Odoos Hauptpasswort ein, nach dem auch die Datenbankverwaltung fragt.',
  connectsToo:
    'Wenn Sie sich jetzt anmelden, verbindet das diesen Server auch mit dem Konto, für das Sie gerade zugestimmt haben. Haben Sie das nicht, verlassen Sie diese Seite.',
  showBackups: 'Sicherungen zeigen',
  notConnected: 'Dieser Server ist noch mit keinem Speicher für Sicherungen verbunden.',
  logInHelp:
    'Melden Sie sich mit Ihrem Konto bei odoo.com an und stimmen Sie diesem Server zu. Sie kommen von selbst hierher zurück.',
  logIn: 'Anmelden und zustimmen',
  buyCredit: 'Guthaben kaufen',
  lookAgain: 'Noch einmal nachsehen',
  cameByLink:
    'Sie kamen über einen Link hierher, der diesen Server mit einem Konto verbindet; seine Sicherungen gehen dann dorthin.',
  onlyIfYou:
    'Gehen Sie nur weiter, wenn Sie sich gerade selbst angemeldet und diesem Server zugestimmt haben.',
  itWasMe: 'Das war ich: diesen Server verbinden',
  itWasNotMe: 'Das war ich nicht',
  toBackups: 'Zurück zu den Sicherungen',
  notThere:
    'Diese Seite gibt es nicht. Prüfen Sie die Adresse, oder beginnen Sie bei der Liste der Sicherungen.',
  done: 'Fertig.',
  odooSilent: origin =>
    `Odoo antwortet unter ${origin} nicht. Seine Datenbanken sind trotzdem in PostgreSQL: Starten Sie Odoo und öffnen Sie dann seine Datenbankverwaltung. Lauscht Odoo anderswo, so setzen Sie odoo_backup_sh_odoo_url.`,
  openManager: 'Datenbankverwaltung öffnen',
  wasCancelled: job => `Es wurde abgebrochen. ${AFTER_CANCELLING[job.kind]}`,
  wasSkipped: 'Es wurde übersprungen.',
  itFailed: 'Es ist misslungen.',
  progress: 'Fortschritt',
  mayLeave: 'Sie können diese Seite verlassen: Die Arbeit geht weiter.',
  cancel: 'Abbrechen',
  tryNow: 'Jetzt noch einmal versuchen',
  goOn: 'Weiter',
  jobTitle: job => `${KINDS[job.kind]} ${job.database}`,
  progressOf: job => withBoundUnits(progressOf(job)),
  neutralised,
}
