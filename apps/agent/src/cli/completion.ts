import type { Command } from 'commander'

export const SHELLS = ['bash', 'zsh', 'fish'] as const
export type Shell = (typeof SHELLS)[number]

/** A completion script made from the commands and options themselves, so that it never lags behind them. */
export function completionScript(program: Command, shell: Shell): string {
  const commands = program.commands.filter(command => command.name() !== 'help')
  if (shell === 'fish') return fish(commands)
  return bash(commands, shell)
}

const optionsOf = (command: Command) => ['--help', ...command.options.flatMap(option => option.long ?? [])]

function bash(commands: readonly Command[], shell: Shell): string {
  const cases = commands.map(command => {
    const words = [
      ...command.commands.map(sub => sub.name()),
      ...optionsOf(command),
      ...command.commands.flatMap(optionsOf),
    ]
    return `    ${command.name()}) words="${[...new Set(words)].join(' ')}" ;;`
  })
  return `${shell === 'zsh' ? 'autoload -U +X bashcompinit && bashcompinit\n' : ''}_odoo_backup() {
  local word="\${COMP_WORDS[COMP_CWORD]}" words
  case "\${COMP_WORDS[1]}" in
${cases.join('\n')}
    *) words="${commands.map(command => command.name()).join(' ')}" ;;
  esac
  if [ "$COMP_CWORD" -eq 1 ]; then words="${commands.map(command => command.name()).join(' ')} --config --json --quiet --help --version"; fi
  COMPREPLY=($(compgen -W "$words" -- "$word"))
}
complete -o default -F _odoo_backup odoo-backup
`
}

function fish(commands: readonly Command[]): string {
  const quoted = (text: string) => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
  const lines = commands.flatMap(command => [
    `complete -c odoo-backup -n __fish_use_subcommand -a ${command.name()} -d ${quoted(command.summary())}`,
    ...command.commands.map(
      sub =>
        `complete -c odoo-backup -n '__fish_seen_subcommand_from ${command.name()}' -a ${sub.name()} -d ${quoted(sub.summary())}`,
    ),
    ...command.options.map(
      option =>
        `complete -c odoo-backup -n '__fish_seen_subcommand_from ${command.name()}' -l ${option.long?.slice(2) ?? ''} -d ${quoted(option.description)}`,
    ),
  ])
  return `${lines.join('\n')}\n`
}
