import type { Messages } from '../en/index.ts'

export const restore: Messages['restore'] = {
  title: 'Sicherung wiederherstellen',
  choose: 'Welche Sicherung?',
  chosen: 'Sicherung',
  change: 'Eine andere wählen',
  target: 'Name der wiederhergestellten Datenbank',
  targetHelp: 'Buchstaben, Ziffern, Unterstriche, Punkte und Bindestriche.',
  exists: 'Eine Datenbank dieses Namens gibt es schon.',
  replace: 'Ersetzen',
  replaceHelp:
    'Die jetzige Datenbank und ihre Dateien bleiben unter einem Namen mit Datum erhalten, sodass Sie zurück können.',
  typeName: name => `Geben Sie ${name} ein, um das Ersetzen zu bestätigen`,
  kind: 'Was sie wird',
  asDefault: 'Sichere Wahl: eine Kopie, wenn das Original noch in Betrieb sein kann, sonst das Original',
  asDefaultHelp:
    'Eine Kopie wird auch stillgelegt. Der Agent entscheidet nach dem, was auf diesem Server ist.',
  asCopy: 'Eine Kopie neben dem Original',
  asCopyHelp: 'Sie bekommt eigene Kennungen, damit Odoo sie nicht für das Original hält.',
  moved: 'Das Original, hierher umgezogen',
  movedHelp: 'Wählen Sie das, wenn es das Original nicht mehr gibt.',
  outside: 'Was sie nach außen tun darf',
  outsideDefault: 'Sichere Wahl: als Kopie nichts, als Original alles',
  neutralise: 'Stilllegen: keine E-Mails, keine geplanten Aktionen, keine Zahlungen',
  live: 'In Betrieb: E-Mails, geplante Aktionen und Zahlungen gehen hinaus',
  password: 'Passwort der Verschlüsselung',
  masterPassword: 'Hauptpasswort von Odoo',
  masterPasswordHelp:
    'Eine Wiederherstellung fragt noch einmal danach, damit eine offen gelassene Seite nicht genügt.',
  start: 'Wiederherstellen',
  open: 'Datenbank öffnen',
  upload: 'Oder eine eigene Datei wiederherstellen',
  uploadFile: 'Sicherungsdatei (.zip, .dump oder .enc)',
  uploading: 'Wird hochgeladen …',
}
