import type { Sentences } from '../coded-text.ts'
import type { WarningText } from '../warning.ts'

const MORE: Readonly<Record<Extract<WarningText, { code: 'more' }>['kind'], string>> = {
  missing:
    'Es fehlen mehr gespeicherte Dateien, als hier genannt sind; die Beschreibung der Sicherung zählt sie alle.',
  damaged:
    'Es sind mehr gespeicherte Dateien beschädigt, als hier genannt sind; die Beschreibung der Sicherung zählt sie alle.',
  left_out: 'Im Ordner der Dateien wurde mehr ausgelassen, als hier genannt ist.',
  other: 'Es gab mehr Warnungen, als hier genannt sind.',
}

const WHY_LEFT_OUT: Readonly<Record<Extract<WarningText, { code: 'setting_left_out' }>['reason'], string>> = {
  unwritten: 'Von pg_dump stammt sie, soweit bekannt, nicht.',
  tables_as_new: 'Die Tabellen kommen dahin, wo der Server neue anlegt.',
  unknown: 'Dieser PostgreSQL-Server kennt sie nicht.',
}

/** What a warning says in German. What the agent or PostgreSQL said of it stands beside it, in English. */
export const WARNINGS_IN_GERMAN: Sentences<WarningText> = {
  attachments_elsewhere: ({ count }) =>
    count === 1
      ? '1 Anhang liegt durch ein Modul anderswo als die Dateien der Datenbank und ist nicht in der Sicherung.'
      : `${count} Anhänge liegen durch ein Modul anderswo als die Dateien der Datenbank und sind nicht in der Sicherung.`,
  file_missing: ({ path }) =>
    `Die Datenbank nennt die Datei ${path}, doch unter den gespeicherten Dateien gibt es sie nicht: Nach einer Wiederherstellung fehlt dieser Anhang.`,
  file_damaged: ({ path }) => `Die Datei ${path} ist beschädigt und nicht in der Sicherung.`,
  no_regular_file: ({ path }) => `${path} ist keine gewöhnliche Datei und wurde ausgelassen.`,
  name_unfit: ({ folder }) =>
    `In ${folder} hat eine Datei einen Namen, den eine Sicherung nicht tragen kann. Sie wurde ausgelassen.`,
  more: ({ kind }) => MORE[kind],
  sequences_unnoted: () =>
    'Dieses pg_dump schreibt ein Format, das der Agent noch nicht kennt: Die Stände der Sequenzen wurden nicht notiert, und eine Probe dieser Sicherung vergleicht sie nicht. Sonst ist alles wie immer; vielleicht kennt ein neuerer Agent das Format.',
  rows_uncounted: () =>
    'Die Zeilen der Tabellen ließen sich nicht zählen, und eine Probe dieser Sicherung vergleicht ihre Anzahl nicht. Sonst ist alles wie immer.',
  code_asks: () =>
    'Die Sicherung bringt Funktionen, Trigger oder anderes mit, wofür eine Wiederherstellung Ihr Wort verlangt:',
  code_refused: () =>
    'Die Sicherung enthält, was dieser Agent in keine Datenbank lässt: Er wird sie nicht wiederherstellen, die Datenbankverwaltung von Odoo schon.',
  code_unread: () =>
    'Der Agent konnte den Auszug der Datenbank nicht mitlesen und wird diese Sicherung nicht wiederherstellen.',
  rights_left_out: ({ statements }) => `Rechte anderer PostgreSQL-Rollen (${statements}) wurden ausgelassen.`,
  role_left_out: () =>
    'Ein Wechsel der PostgreSQL-Rolle (SET ROLE, SET SESSION AUTHORIZATION) wurde ausgelassen.',
  setting_left_out: ({ setting, reason }) =>
    `Die Einstellung ${setting} wurde ausgelassen. ${WHY_LEFT_OUT[reason]}`,
  schema_left_out: () => 'CREATE SCHEMA public wurde ausgelassen, denn das Schema ist schon da.',
  owners_left_out: () => 'Andere Eigentümer als die Rolle von Odoo wurden ausgelassen.',
  comments_left_out: ({ on }) => `Kommentare zu anderem als Tabellen (${on}) wurden ausgelassen.`,
  extension_lacking: ({ extension }) => `Die Erweiterung ${extension} ließ sich nicht anlegen.`,
  dump_without_files: ({ database }) =>
    `Ein Auszug der Datenbank enthält keine Dateien: Was von ${database} an Dateien da ist, blieb, wie es war.`,
  replaced_kept: ({ keptAs }) => `Die ersetzte Datenbank bleibt als ${keptAs} erhalten.`,
  modules_lacking: ({ modules }) =>
    `Diesem Server fehlen Module der Sicherung: ${modules.join(', ')}. Installieren Sie ihren Code, bevor Odoo die Datenbank öffnet.`,
  modules_unknown: () =>
    'Welche Module diesem Server fehlen, ist nicht festzustellen, weil der Code von Odoo nicht gefunden wurde. Sagen Sie mit odoo_backup_sh_addons_path in der Konfigurationsdatei des Agenten, wo er liegt.',
  schedules_off: ({ database }) =>
    `Die Zeitpläne der Sicherungen von ${database} wurden ausgeschaltet. Schalten Sie sie in den Einstellungen wieder ein, sobald Sie gesehen haben, dass es die gewünschte Datenbank ist.`,
  not_in_backups: () => 'Eigene Module und odoo.conf gehören zu keiner Sicherung.',
  files_lacked: ({ named, count }) =>
    count === 1
      ? `Die Datei ${named.join()} fehlte schon, als die Sicherung gemacht wurde.`
      : `${count} Dateien fehlten schon, als die Sicherung gemacht wurde: ${named.join(', ')}${count > named.length ? ` und ${count - named.length} weitere` : ''}.`,
  scratch_stays: ({ database }) =>
    `Die verborgene Datenbank ${database}, in der geprüft wurde, ließ sich nicht entfernen.`,
  not_neutralised: () => 'Was aus dieser Sicherung wiederhergestellt wird, lässt sich nicht stilllegen.',
  rotation_refused: () =>
    'Dieser Agent darf keine Sicherungen löschen, darum wird nichts ausgemustert. Auf der Seite des Kontos lässt es sich erlauben; eigenen Schlüsseln geben Sie das Recht zu löschen.',
  former_backups_stay: () =>
    'Diese Einstellungen galten früher auf einem anderen Server, und was dort gesichert wurde, wird von hier nicht ausgemustert. Gibt es jenen Server nicht mehr und ist dieser an seine Stelle getreten, übernehmen Sie die Sicherungen, einmal je Datenbank: odoo-backup adopt DATENBANK. Läuft er noch, gehören sie ihm: Entfernen Sie hier die Zeile odoo_backup_sh_former_instance_ids.',
  run_left_out: () =>
    'Der Lauf davor wartete noch, bis er an der Reihe ist, und genügt für beide: Aufträge dieser Datenbank brauchen länger, als die Zeitpläne ihnen lassen. Kommt das oft vor, lassen Sie sie seltener laufen.',
  failed_afterwards: () => 'Die Arbeit ist ganz und bleibt; danach ging noch etwas schief:',
  noted: () => 'Was dazu nur auf Englisch vermerkt ist:',
}
