import type { Argument, Command, Option } from 'commander'

export const SHELLS = ['bash', 'zsh', 'fish'] as const
export type Shell = (typeof SHELLS)[number]

/** What `odoo-backup names` knows, by the placeholder that stands for one of them in the help. */
const NAMES = { database: 'databases', backup: 'backups', job: 'jobs' } as const
export const NAME_KINDS = Object.values(NAMES)
export type NameKind = (typeof NAME_KINDS)[number]

/** What may follow: fixed words, names that the agent is asked for, or files. */
interface Values {
  readonly words: readonly string[]
  readonly names?: NameKind
  readonly files?: true
}

/** A completion script made from the commands and options themselves, so that it never lags behind them. */
export function completionScript(program: Command, shell: Shell): string {
  const commands = program
    .createHelp()
    .visibleCommands(program)
    .filter(command => command.name() !== 'help')
  return shell === 'fish' ? fish(program, commands) : bash(program, commands, shell)
}

const optionsOf = (command: Command) => ['--help', ...command.options.flatMap(option => option.long ?? [])]
const withParts = (command: Command) => [command, ...command.commands]
const takesValue = (option: Option) => option.required || option.optional

function valuesOf(placeholder: string, choices: readonly string[] | undefined): Values {
  if (choices !== undefined) return { words: choices }
  if (placeholder === 'file' || placeholder === 'path') return { words: [], files: true }
  const kind = Object.entries(NAMES).find(([name]) => name === placeholder)?.[1]
  return kind === undefined ? { words: [] } : { words: [], names: kind }
}

function valuesOfOption(option: Option): Values {
  return valuesOf(/<([^>]+)>/.exec(option.flags)?.[1] ?? '', option.argChoices)
}

function valuesOfArguments(command: Command): Values {
  const given = withParts(command)
    .flatMap(({ registeredArguments }) => registeredArguments)
    .map((argument: Argument) => valuesOf(argument.name(), argument.argChoices))
  const names = given.find(values => values.names !== undefined)?.names
  return { words: given.flatMap(({ words }) => words), ...(names === undefined ? {} : { names }) }
}

/** bashcompinit of zsh needs what compinit defines, which a bare `.zshrc` has not called. */
const ZSH = 'autoload -Uz compinit bashcompinit\ntype compdef >/dev/null || compinit\nbashcompinit\n'

function bash(program: Command, commands: readonly Command[], shell: Shell): string {
  const everywhere = optionsOf(program).filter(option => option !== '--version')
  const assign = ({ words, names }: Values) =>
    `words="${[...new Set(words)].join(' ')}" names="${names ?? ''}"`
  const byCommand = commands.map(command => {
    const given = valuesOfArguments(command)
    const parts = command.commands.map(part => part.name())
    const words = [...parts, ...given.words, ...withParts(command).flatMap(optionsOf), ...everywhere]
    return `    ${command.name()}) ${assign({ ...given, words })} ;;`
  })
  const valueCases = (command: Command, pattern: (flag: string) => string) =>
    withParts(command)
      .flatMap(each => each.options)
      .filter(takesValue)
      .map(option => {
        const values = valuesOfOption(option)
        const patterns = [option.short, option.long].flatMap(flag =>
          flag === undefined ? [] : pattern(flag),
        )
        return `    ${patterns.join(' | ')}) ${values.files ? 'return' : assign(values)} ;;`
      })
  const byOption = [
    ...commands.flatMap(command => valueCases(command, flag => `"${command.name()} ${flag}"`)),
    '    *" -c" | *" --config") return ;;',
  ]
  return `${shell === 'zsh' ? ZSH : ''}_odoo_backup() {
  local word="\${COMP_WORDS[COMP_CWORD]}" command="" config="" words="" names="" i
  COMPREPLY=()
  for ((i = 1; i < COMP_CWORD; i++)); do
    case "\${COMP_WORDS[i]}" in
      -c | --config)
        [ "\${COMP_WORDS[i + 1]}" = "=" ] && i=$((i + 1))
        config="\${COMP_WORDS[++i]}" ;;
      -*) ;;
      *) [ -n "$command" ] || command="\${COMP_WORDS[i]}" ;;
    esac
  done
  case "$command" in
${byCommand.join('\n')}
    *) words="${[...commands.map(command => command.name()), ...optionsOf(program)].join(' ')}" ;;
  esac
  case "$command \${COMP_WORDS[COMP_CWORD - 1]}" in
${byOption.join('\n')}
  esac
  case "$word" in -*) names="" ;; esac
  if [ -n "$names" ]; then words="$words $(odoo-backup \${config:+--config "$config"} names "$names" 2>/dev/null)"; fi
  COMPREPLY=($(compgen -W "$words" -- "$word"))
}
complete -o default -F _odoo_backup odoo-backup
`
}

function fish(program: Command, commands: readonly Command[]): string {
  const lines = commands.flatMap(command => {
    const within = `__fish_seen_subcommand_from ${command.name()}`
    const names = command.commands.map(inner => inner.name()).join(' ')
    const given = asked(valuesOfArguments(command))
    return [
      offer('__fish_use_subcommand', command.name(), command.summary()),
      ...(given === '' ? [] : [`${FISH}${where(within)} -f -a ${quoted(given)}`]),
      ...optionsFor(within, command),
      ...command.commands.flatMap(inner => [
        offer(`${within}; and not __fish_seen_subcommand_from ${names}`, inner.name(), inner.summary()),
        ...optionsFor(`${within}; and __fish_seen_subcommand_from ${inner.name()}`, inner),
      ]),
    ]
  })
  return `${[...lines, ...optionsFor('', program)].join('\n')}\n`
}

const FISH = 'complete -c odoo-backup'
const quoted = (text: string) => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
const where = (condition: string) => (condition === '' ? '' : ` -n ${quoted(condition)}`)
const asked = ({ words, names }: Values) =>
  [...words, ...(names === undefined ? [] : [`(odoo-backup names ${names} 2>/dev/null)`])].join(' ')

function offer(condition: string, word: string, text: string): string {
  return `${FISH}${where(condition)} -a ${word} -d ${quoted(text)}`
}

function optionsFor(condition: string, command: Command): string[] {
  return command.options.map(option => {
    const { long, short, description } = option
    const names = [
      ...(long == null ? [] : [` -l ${long.slice(2)}`]),
      ...(short == null ? [] : [` -s ${short.slice(1)}`]),
    ].join('')
    const given = asked(valuesOfOption(option))
    const value = given === '' ? ' -r' : ` -x -a ${quoted(given)}`
    return `${FISH}${where(condition)}${names}${takesValue(option) ? value : ''} -d ${quoted(description)}`
  })
}
