import type { Messages } from '../en/index.ts'

export const settings: Messages['settings'] = {
  title: 'Einstellungen',
  databases: 'Datenbanken',
  notices: 'Hinweise',
  tokens: 'Benutzer und Token',
  enabled: 'Nach Zeitplan sichern',
  schedules: 'Zeitplan',
  nextRuns: timeZone => `Nächste Läufe, in Ihrer Zeit (${timeZone})`,
  retention: 'Welche Sicherungen bleiben',
  retentionHelp:
    'Jede Zahl sagt, aus wie vielen der letzten Stunden, Tage, Wochen, Monate oder Jahre jeweils die letzte Sicherung bleibt; 0: aus keiner. Die neueste bleibt immer. Steht überall 0, bleibt jede.',
  hourly: 'Eine je Stunde',
  daily: 'Eine je Tag',
  weekly: 'Eine je Woche',
  monthly: 'Eine je Monat',
  yearly: 'Eine je Jahr',
  units: {
    hourly: count => (count === 1 ? 'Stunde' : 'Stunden'),
    daily: count => (count === 1 ? 'Tag' : 'Tage'),
    weekly: count => (count === 1 ? 'Woche' : 'Wochen'),
    monthly: count => (count === 1 ? 'Monat' : 'Monate'),
    yearly: count => (count === 1 ? 'Jahr' : 'Jahre'),
    keepAtLeast: count => (count === 1 ? 'Sicherung' : 'Sicherungen'),
  },
  allOfThem: 'alle',
  keepAtLeast: 'Die neuesten in jedem Fall',
  keepAtLeastHelp: 'So viele bleiben, was immer die Grenzen sagen.',
  previewLoading: 'Es wird ausgerechnet, was bliebe und ginge …',
  previewText: (kept, gone) => {
    if (kept + gone === 0) return 'Es gibt noch keine Sicherungen.'
    if (gone === 0) return kept === 1 ? 'Die eine Sicherung bleibt.' : `Alle ${kept} Sicherungen bleiben.`
    const stay = kept === 1 ? '1 Sicherung bleibt' : `${kept} Sicherungen bleiben`
    return `${stay}, ${gone} ${gone === 1 ? 'wird' : 'werden'} gelöscht.`
  },
  previewUnsaved: 'Bis Sie speichern, ändert sich nichts.',
  previewGone: 'Wird gelöscht',
  previewKept: 'Bleibt',
  encryption: 'Verschlüsselung',
  encryptionHelp:
    'Verschlüsselte Sicherungen kann ohne Ihr Passwort niemand lesen, der sie hat: der Speicher nicht und wir nicht. Das schützt Sie, wenn Schlüssel zum Speicher in fremde Hände geraten.',
  encrypt: 'Mit einem Passwort verschlüsseln',
  newPassword: 'Neues Passwort',
  passwordStays:
    'Leer lassen, um das jetzige zu behalten. Frühere Sicherungen behalten das Passwort, mit dem sie gemacht wurden.',
  passwordAgain: 'Das Passwort noch einmal',
  passwordsDiffer: 'Die beiden Passwörter sind verschieden.',
  password: 'Passwort',
  keptElsewhere:
    'Ich bewahre dieses Passwort auch anderswo auf. Ohne es kann nie jemand diese Sicherungen öffnen.',
  lostPassword:
    'Geht das Passwort verloren, gehen die Sicherungen mit. Niemand kann sie wiederherstellen, auch wir nicht.',
  byHandOnly: 'Ohne einen Zeitplan, der läuft, wird nur von Hand gesichert.',
  byHand: 'ohne Zeitplan',
  leftOut: 'ausgenommen',
  paused: 'Zeitpläne sind aus',
  encrypted: 'verschlüsselt',
  drills: 'Probe-Wiederherstellungen',
  drillsHelp:
    'Eine Probe-Wiederherstellung stellt die neueste Sicherung in einer verborgenen Datenbank wieder her, prüft diese und löscht sie wieder. Eine Sicherung, die nie wiederhergestellt wurde, ist nur eine Hoffnung.',
  format: 'Format',
  formatZip: 'zip, mit den Dateien',
  formatZipHelp: 'So, wie Odoos eigene Datenbankverwaltung es macht und nimmt.',
  formatDump: 'dump, nur die Datenbank',
  formatDumpHelp: 'Das eigene Format von PostgreSQL. Anhänge sind nicht dabei.',
  ping: 'Lebenszeichen',
  pingUrl: 'Adresse, die nach jeder guten Sicherung aufgerufen wird',
  pingHelp:
    'Für Dienste wie Healthchecks, die sich melden, wenn der Aufruf ausbleibt. Nach dem Speichern wird nur ihre Herkunft gezeigt.',
  removeAddress: origin => `Die jetzige entfernen (${origin})`,
  namesOf: {
    enabled: 'Nach Zeitplan sichern',
    schedules: 'Zeitplan',
    drills: 'Probe-Wiederherstellungen',
    format: 'Format',
    hourly: 'Eine je Stunde',
    daily: 'Eine je Tag',
    weekly: 'Eine je Woche',
    monthly: 'Eine je Monat',
    yearly: 'Eine je Jahr',
    keepAtLeast: 'Die neuesten in jedem Fall',
    encrypted: 'Verschlüsselung',
    encryptionPassword: 'Passwort der Verschlüsselung',
    passwordKeptElsewhere: 'Verschlüsselung',
    pingUrl: 'Lebenszeichen',
    destination: 'Wohin ihre Sicherungen gehen',
    storage: 'Wohin die Sicherungen gehen',
    mailTo: 'E-Mail senden an',
    mailFrom: 'Absender',
    smtpHost: 'Mailserver (SMTP)',
    smtpPort: 'Port des Mailservers',
    smtpUser: 'Benutzer am Mailserver',
    smtpPassword: 'Passwort am Mailserver',
    webhook: 'Webhook (wie für Slack)',
    allowPrivateAddresses: 'Private Adressen',
  },
  destination: 'Wohin ihre Sicherungen gehen',
  apart: 'An einen eigenen Ort',
  apartHelp:
    'Sonst gehen sie dorthin, wohin die aller Datenbanken gehen, wie die Einstellungen des ganzen Agenten es sagen.',
  apartMoves:
    'Frühere Sicherungen bleiben, wo sie sind. Sie werden aufgelistet und lassen sich wiederherstellen, solange der Agent oder eine andere Datenbank diesen Ort benutzt, werden aber nicht mehr ausgemustert.',
  apartBroker:
    'Verbinden Sie den Speicher von odoo-backup.sh in den Einstellungen des ganzen Agenten, falls das noch nicht geschehen ist.',
  overtaken:
    'Nichts wurde gespeichert: Das hier wurde inzwischen geändert, in einem anderen Tab, von jemand anderem oder in der Datei.',
  overtakenHelp:
    'Was Sie eingegeben haben, steht noch da. Laden Sie die neuen Einstellungen, um sie anzusehen, oder speichern Sie Ihre darüber.',
  loadNew: 'Die neuen Einstellungen laden',
  insist: 'Meine darüber speichern',
  unsaved: 'Noch nicht gespeichert.',
  settingsOf: 'Einstellungen von',
  noDatabases: 'Keine Odoo-Datenbank gefunden. Prüfen Sie den Agenten mit: odoo-backup doctor',
  notYours:
    'Einstellungen sind für Verwalter. Sie sind mit einer Rolle angemeldet, die ansehen oder sichern darf.',
  tokenName: 'Name',
  tokenRole: 'Rolle',
  roles: { look: 'darf ansehen', operate: 'darf sichern', administer: 'darf alles' },
  makeToken: 'Token erstellen',
  tokenNameHelp: 'Buchstaben, Ziffern, _ und -',
  tokenDatabase: 'Beschränkt auf',
  allDatabases: 'alle Datenbanken',
  usersHelp:
    'Das Hauptpasswort öffnet alles. Odoo-Benutzer mit dem Recht „Einstellungen“ melden sich mit ihrer eigenen Anmeldung an und erreichen ihre eigene Datenbank. Token sind für Programme.',
  whatScriptsCanDo: 'Was Programme tun können',
  removeTokenTitle: name => `Das Token ${name} entfernen?`,
  removeTokenText: 'Was es verwendet, wird von da an abgewiesen.',
  tokenOnce: 'Kopieren Sie das Token jetzt: Es wird nur dieses eine Mal gezeigt.',
  removeToken: 'Entfernen',
  mailTo: 'E-Mail senden an',
  mailToHelp: 'Mehrere Adressen werden mit Komma getrennt.',
  noAddresses: typed => {
    const named = typed.map(each => `„${each}“`).join(', ')
    return typed.length === 1
      ? `${named} ist keine E-Mail-Adresse. So sieht eine aus: admin@example.com.`
      : `Keine E-Mail-Adressen sind: ${named}. So sieht eine aus: admin@example.com.`
  },
  mailFrom: 'Absender',
  smtpHost: 'Mailserver (SMTP)',
  smtpPort: 'Port des Mailservers',
  smtpUser: 'Benutzer am Mailserver',
  smtpUserHelp: 'Leer lassen, wenn der Server keine Anmeldung verlangt.',
  smtpPassword: 'Passwort am Mailserver',
  secretStays: 'Leer lassen, um das jetzige zu behalten. Es wird nie gezeigt.',
  noticesHelp:
    'Fehlgeschlagene oder überfällige Sicherungen, misslungene Probe-Wiederherstellungen, unerreichbarer Speicher und Ähnliches werden einmal gemeldet, wenn sie beginnen.',
  privateAddresses: 'Webhooks und Lebenszeichen dürfen zu diesem Rechner und ins private Netz gehen',
  privateAddressesHelp:
    'Ausgeschaltet, damit eine hier eingegebene Adresse keine Dienste hinter der Firewall erreicht.',
  webhook: 'Webhook (wie für Slack)',
  webhookHelp: 'Nach dem Speichern wird nur seine Herkunft gezeigt.',
  sendTest: { mail: 'Test-E-Mail senden', webhook: 'Webhook testen' },
  testNeeds: {
    mail: 'Eine Test-E-Mail braucht eine Adresse, an die sie geht, und einen Mailserver.',
    webhook: 'Um den Webhook zu testen, geben Sie seine Adresse ein.',
  },
  testSent: 'Gesendet.',
}

export const schedules: Messages['schedules'] = {
  every: 'Alle',
  unit: 'Einheit',
  units: { minutes: 'Minuten', hours: 'Stunden', days: 'Tage', weeks: 'Wochen', months: 'Monate' },
  at: 'Um',
  cron: 'Cron-Ausdruck',
  addNightly: 'Nächtlichen Lauf hinzufügen',
  addWeekly: 'Wöchentliche Probe-Wiederherstellung hinzufügen',
  addCron: 'Cron-Ausdruck hinzufügen',
  remove: 'Entfernen',
  removeOne: number => `Entfernen: Nr. ${number}`,
}

export const storage: Messages['storage'] = {
  title: 'Speicher',
  where: 'Wohin die Sicherungen gehen',
  kinds: { broker: 'odoo-backup.sh', own: 'Ein eigener S3-Bucket', directory: 'Ein Ordner dieses Servers' },
  kindHelp: {
    broker:
      'Bei odoo.com anmelden und zustimmen, sonst ist nichts einzurichten. Dieser Server hält nie einen dauerhaften Schlüssel.',
    own: 'Amazon, Hetzner, Backblaze, MinIO, Ceph oder ein anderer, der S3 spricht, mit eigenen Schlüsseln.',
    directory: 'Am besten eine Platte, die von einem anderen Rechner eingebunden ist.',
  },
  toFollow: 'folgt',
  help: {
    endpoint: 'Etwa https://s3.example.com. Leer lassen für Amazon.',
    region: 'Etwa eu-central-1. Anderen Speichern als Amazon ist sie meist gleich.',
    bucket: '',
    folder: 'Mehrere Server können einen Bucket teilen, jeder in einem eigenen Ordner.',
    accessKeyId: '',
  },
  path: 'Ordner des Servers',
  pathHelp: 'Es muss ihn geben, und der Agent muss hineinschreiben dürfen.',
  sameMachine:
    'Geht dieser Server verloren, geht mit, was auf seinen eigenen Platten liegt. Nehmen Sie eine Platte eines anderen Rechners.',
  test: 'Verbindung prüfen',
  tryAndSave: { broker: 'Verbinden', own: 'Prüfen und speichern', directory: 'Prüfen und speichern' },
  trying: 'Wird geprüft …',
  testOk: {
    broker: 'Verbunden.',
    own: 'Ein kleines Objekt wurde geschrieben, aufgelistet, gelesen und gelöscht. Gespeichert ist noch nichts.',
    directory:
      'Eine kleine Datei wurde geschrieben, aufgelistet, gelesen und gelöscht. Gespeichert ist noch nichts.',
  },
  saveUntried: 'Trotzdem speichern',
  losesKeysTitle: 'Die Schlüssel Ihres Buckets entfernen?',
  losesKeys: bucket =>
    `Die Schlüssel zu ${bucket} werden aus der Datei dieses Agenten entfernt. Die Sicherungen dort bleiben, werden aber nicht mehr aufgelistet und ausgemustert. Bewahren Sie die Schlüssel auf, sonst erreichen Sie sie nicht mehr.`,
  losesKeysAction: 'Schlüssel entfernen und verbinden',
  endpoint: 'Endpunkt',
  region: 'Region',
  bucket: 'Bucket',
  folder: 'Ordner im Bucket',
  accessKeyId: 'Zugriffsschlüssel',
  secretAccessKey: 'Geheimer Schlüssel',
  secretHelp: 'Leer lassen, um den jetzigen zu behalten. Er wird nie gezeigt.',
  secretAgain: 'Geben Sie ihn noch einmal ein: Dieser Ort wird als Ganzes gespeichert. Er wird nie gezeigt.',
  secretNever: 'Er steht in der Datei des Agenten und wird nie gezeigt.',
  pathStyle: 'Adressen mit Pfad (die meisten Speicher außer Amazon wollen sie)',
}

export const fieldFaults: Messages['fieldFaults'] = {
  required: 'Das muss ausgefüllt werden.',
  too_long: 'Das ist zu lang.',
  range: 'Diese Zahl ist zu klein oder zu groß.',
  email: 'Das ist keine E-Mail-Adresse. So sieht eine aus: admin@example.com.',
  address: 'Schreiben Sie eine Adresse, die mit https:// oder http:// beginnt.',
  schedule: 'Das nennt keine Zeit: Ein Cron-Ausdruck hat fünf Teile, etwa 30 3 * * *.',
  time_zone: 'Die Zeitzone dieses Zeitplans kennt der Agent nicht.',
  folder: 'Schreiben Sie einen Ordner wie backups/odoo in einem Bucket oder /mnt/backups auf dem Server.',
  password:
    'Dieses Passwort ist nicht zu gebrauchen: keine Zeilenumbrüche und nichts, was die Datei nicht fasst.',
  invalid: 'Das wird hier nicht angenommen.',
}
