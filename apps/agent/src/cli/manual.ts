/** What the help says below the list of commands, as a manual page does. */
export const MANUAL = `
Examples:
  odoo-backup login                          connect this server to your account
  odoo-backup backup shop                    back the database "shop" up now
  odoo-backup status                         am I safe?
  odoo-backup list shop                      list its backups
  odoo-backup notices                        what the running agent gave notice of
  odoo-backup restore shop.2026-01-31_04-00-00.zip --as shop-copy --neutralise
  odoo-backup restore shop.2026-01-31_04-00-00.zip --check
  odoo-backup restore --file shop.zip --as shop --moved
  odoo-backup settings set -d shop schedule="every 1 days at 03:30 in Europe/Berlin" retention.daily=7
  odoo-backup rotate shop --dry-run          what would be deleted, and why
  odoo-backup verify shop.2026-01-31_04-00-00.zip

Recovery on a new machine needs a log-in, or the keys of your own bucket in the configuration file, and the
encryption password, nothing else: login, list, restore.

Files:
  /etc/odoo-backup/agent.conf                the configuration; --config or ODOO_BACKUP_CONFIG names another

Environment:
  ODOO_BACKUP_CONFIG                         the configuration file
  ODOO_BACKUP_ENCRYPTION_PASSWORD            the encryption password of the backup that is restored, verified or
                                             downloaded, or of a database whose encryption is switched on;
                                             --encryption-password-file reads it from a file. No secret is ever
                                             taken from the arguments: every user can read them.

Output:
  Results go to standard output, progress and errors to standard error. With --json standard output holds JSON
  alone: one document, or, for commands that follow a job, one line per state of which the last is final. An
  error is then one JSON line on standard error: {"code", "message", "exitCode"}; a warning of the agent is a
  line {"warning"}.

Ctrl-C:
  A job that the running agent works off goes on when the command that follows it is interrupted; "cancel" cancels it.
  Where no agent runs, the command works its job off itself, and Ctrl-C cancels it; one that waits for another command's
  worker is left to it, or to the next.

Exit status:
    0  done; of "status": safe                70  internal error; the log says more
    1  of "status": look at it; of "restore   73  cannot be made: it exists already, or there is no room
       --check": it would fail                74  input or output failed
    2  of "status": not safe                  75  try again later, or it was cancelled
   64  wrong usage, or a refused request      77  not permitted: log in, or pay
   65  bad data: a damaged backup, a wrong    78  the configuration is wrong, or a check found a fault
       encryption password                   130  interrupted; the job goes on in the running agent
   66  no such backup, database or job       141  whoever read standard output left
   69  a service does not answer
`
