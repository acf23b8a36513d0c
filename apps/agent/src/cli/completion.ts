import type { Command } from 'commander'

export const SHELLS = ['bash', 'zsh', 'fish'] as const
export type Shell = (typeof SHELLS)[number]

/** A completion script made from the commands and options themselves, so that it never lags behind them. */
export function completionScript(program: Command, shell: Shell): string {
  return shell === 'fish' ? fish(program) : bash(program, shell)
}

const commandsOf = (command: Command) => command.commands.filter(inner => inner.name() !== 'help')
const longOptions = (command: Command) => command.options.flatMap(option => option.long ?? [])
const choicesOf = (command: Command) =>
  command.registeredArguments.flatMap(argument => argument.argChoices ?? [])

/** bashcompinit of zsh needs what compinit defines, which a bare `.zshrc` has not called. */
const ZSH = 'autoload -Uz compinit bashcompinit\ntype compdef >/dev/null || compinit\nbashcompinit\n'

function bash(program: Command, shell: Shell): string {
  const general = ['--help', ...longOptions(program)]
  const names = commandsOf(program).map(command => command.name())
  const cases = commandsOf(program).map(command => {
    const words = [
      ...commandsOf(command).map(inner => inner.name()),
      ...choicesOf(command),
      ...longOptions(command),
      ...commandsOf(command).flatMap(longOptions),
      ...general.filter(option => option !== '--version'),
    ]
    return `    ${command.name()}) words="${[...new Set(words)].join(' ')}" ;;`
  })
  return `${shell === 'zsh' ? ZSH : ''}_odoo_backup() {
  local word="\${COMP_WORDS[COMP_CWORD]}" words
  case "\${COMP_WORDS[1]}" in
${cases.join('\n')}
    *) words="${names.join(' ')}" ;;
  esac
  if [ "$COMP_CWORD" -eq 1 ]; then words="${[...names, ...general].join(' ')}"; fi
  COMPREPLY=($(compgen -W "$words" -- "$word"))
}
complete -o default -F _odoo_backup odoo-backup
`
}

function fish(program: Command): string {
  const lines = commandsOf(program).flatMap(command => {
    const within = `__fish_seen_subcommand_from ${command.name()}`
    const inners = commandsOf(command)
    const names = inners.map(inner => inner.name()).join(' ')
    return [
      offer('__fish_use_subcommand', command.name(), command.summary()),
      ...choicesOf(command).map(choice => offer(within, choice, '')),
      ...optionsFor(within, command),
      ...inners.flatMap(inner => [
        offer(`${within}; and not __fish_seen_subcommand_from ${names}`, inner.name(), inner.summary()),
        ...optionsFor(`${within}; and __fish_seen_subcommand_from ${inner.name()}`, inner),
      ]),
    ]
  })
  return `${[...lines, ...optionsFor('', program)].join('\n')}\n`
}

const FISH = 'complete -c odoo-backup'
const quoted = (text: string) => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
const described = (text: string) => (text === '' ? '' : ` -d ${quoted(text)}`)
const where = (condition: string) => (condition === '' ? '' : ` -n ${quoted(condition)}`)

function offer(condition: string, word: string, text: string): string {
  return `${FISH}${where(condition)} -a ${word}${described(text)}`
}

function optionsFor(condition: string, command: Command): string[] {
  return command.options.map(({ long, short, description, required, optional }) => {
    const names = [
      ...(long == null ? [] : [` -l ${long.slice(2)}`]),
      ...(short == null ? [] : [` -s ${short.slice(1)}`]),
    ].join('')
    return `${FISH}${where(condition)}${names}${required || optional ? ' -r' : ''}${described(description)}`
  })
}
