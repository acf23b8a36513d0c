import type { Messages } from '../en/index.ts'

export const restore: Messages['restore'] = {
  title: 'Sicherung wiederherstellen',
  notYours: 'Wiederherstellen betrifft den ganzen Server: Melden Sie sich mit dem Hauptpasswort an.',
  choose: 'Welche Sicherung?',
  restoreOne: name => `${name} wiederherstellen`,
  chosen: 'Sicherung',
  change: 'Eine andere wählen',
  whereto: 'Wohin und als was',
  target: 'Name der wiederhergestellten Datenbank',
  targetHelp: 'Buchstaben, Ziffern, Unterstriche, Punkte und Bindestriche.',
  exists:
    'Eine Datenbank dieses Namens gibt es schon. Wählen Sie einen anderen Namen, oder ersetzen Sie die vorhandene.',
  replace: 'Die vorhandene ersetzen',
  replaceHelp:
    'Die Benutzer der vorhandenen Datenbank werden abgemeldet. Die Datenbank und ihre Dateien bleiben unter einem Namen mit Datum erhalten, sodass Sie zurück können.',
  keepSchedules: 'Die Zeitpläne für Sicherungen der Datenbank weiterlaufen lassen',
  keepSchedulesHelp:
    'Sonst werden sie ausgeschaltet, bis Sie gesehen haben, dass die wiederhergestellte Datenbank die richtige ist, und sie wieder einschalten.',
  typeName: name => `Geben Sie „${name}“ ein, um das Ersetzen zu bestätigen`,
  typeFirst: 'Geben Sie erst oben den Namen der Datenbank ein, die ersetzt wird.',
  reasons: {
    empty_server:
      'Odoo hat hier keine andere Datenbank, darum wird die gesicherte als Original wiederhergestellt, mit allem, was sie nach außen tut.',
    original_gone:
      'Dieser Server hat die Sicherung gemacht, und die gesicherte Datenbank ist nicht mehr da oder wird ersetzt. Darum wird sie als Original wiederhergestellt, mit allem, was sie nach außen tut.',
    original_here:
      'Das Original dieser Sicherung ist auf diesem Server. Ein zweites in Betrieb würde dieselben E\u2011Mails senden und dieselben Zahlungen einziehen, darum wird eine stillgelegte Kopie vorgeschlagen.',
    other_server:
      'Ein anderer Server hat die Sicherung gemacht, oder niemand weiß, welcher. Das Original kann in Betrieb sein, darum wird eine stillgelegte Kopie vorgeschlagen.',
    from_file:
      'Eine Datei sagt nicht, wo das Original ist. Es kann in Betrieb sein, darum wird eine stillgelegte Kopie vorgeschlagen.',
    chosen: '',
  },
  kind: 'Was daraus wird',
  asCopy: 'Eine Kopie neben dem Original',
  asCopyHelp: 'Die Kopie bekommt eigene Kennungen, damit Odoo sie nicht für das Original hält.',
  moved: 'Das Original, hierher umgezogen',
  movedHelp: 'Wählen Sie das, wenn es das Original nicht mehr gibt oder wenn Sie es ersetzen.',
  outside: 'Was die Datenbank nach außen tun darf',
  neutralise: 'Stilllegen: keine E\u2011Mails, keine geplanten Aktionen, keine Zahlungen',
  live: 'In Betrieb: E\u2011Mails, geplante Aktionen und Zahlungen gehen hinaus',
  liveCopy: original =>
    `Eine Kopie in Betrieb tut ein zweites Mal, was ${original ?? 'das Original'} tut: E\u2011Mails, Zahlungen, Bestellungen.`,
  password: 'Passwort der Verschlüsselung',
  passwordHelp: 'Leer lassen, um das der Einstellungen zu verwenden, wenn es eines gibt.',
  checksTitle: 'Prüfungen',
  verdicts: {
    looking: 'Wird geprüft …',
    clear: 'Nichts spricht dagegen.',
    warned: 'Die Wiederherstellung kann beginnen. Lesen Sie vorher die Warnungen.',
    faulty: 'So kann die Wiederherstellung nicht beginnen: Unten steht, was dagegen spricht.',
    not_looked: 'Das ließ sich nicht prüfen.',
  },
  allBackups: 'Alle Sicherungen',
  notReadyFor: checks =>
    `So kann die Wiederherstellung nicht beginnen. Dagegen spricht: ${checks.join(', ')}.`,
  notLooked: 'Die Wiederherstellung kann nicht beginnen, denn sie ließ sich nicht prüfen.',
  toChecks: 'Prüfungen zeigen',
  checks: {
    archive: 'Archiv',
    password: 'Passwort',
    name: 'Name',
    disk: 'Platz auf der Platte',
    postgres: 'PostgreSQL',
    odoo: 'Version von Odoo',
    modules: 'Module',
    code: 'Programme in der Datenbank',
    parts: 'Teile',
  },
  checkStates: { ok: 'in Ordnung', warning: 'eine Warnung', fault: 'ein Fehler' },
  of: database => `Sicherung von ${database}`,
  unpacked: size => `${size} ausgepackt`,
  trustCode:
    'Ich vertraue dem, der diese Sicherung gemacht hat: Funktionen, Trigger und Regeln daraus dürfen in die Datenbank',
  trustCodeHelp:
    'Dieser Code läuft in PostgreSQL mit den Rechten von Odoo. Bei Sicherungen Ihres eigenen Servers ist das in Ordnung.',
  masterPassword: 'Hauptpasswort von Odoo',
  masterPasswordHelp:
    'Eine Wiederherstellung fragt noch einmal danach, damit eine offen gelassene Seite nicht genügt.',
  start: 'Wiederherstellen',
  startReplacing: 'Ersetzen und wiederherstellen',
  open: 'Datenbank öffnen',
  upload: 'Oder eine eigene Datei wiederherstellen',
  uploadHelp: 'Die Datei nimmt denselben Weg, mit denselben Prüfungen, und wird danach vom Server gelöscht.',
  uploadFile: 'Sicherungsdatei (.zip, .dump oder .enc)',
  uploadRefused:
    'Das ist keine Sicherungsdatei: Wählen Sie eine, die auf .zip, .dump, .zip.enc oder .dump.enc endet.',
  stayOpen:
    'Lassen Sie diese Seite offen, bis alles hochgeladen ist: Wer sie verlässt, bricht das Hochladen ab.',
}
