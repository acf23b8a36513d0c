import { Fragment } from 'preact'
import { partsByCommands } from '../messages/commands.ts'
import { partsByUnderscores } from '../messages/underscores.ts'

/**
 * A text whose commands and cron expressions are not broken at the end of a line, as half of one would be typed, and whose names of settings
 * are so only after an underscore.
 */
export function WithCommands({ text }: { text: string }) {
  return (
    <>
      {partsByCommands(text).map((part, index) =>
        index % 2 === 1 ? (
          <code key={index} class="command">
            {part}
          </code>
        ) : (
          <WithLongNames key={index} text={part} />
        ),
      )}
    </>
  )
}

/** A text whose names of settings go on in a next line after an underscore, where one line does not hold them. */
export function WithLongNames({ text }: { text: string }) {
  return (
    <>
      {partsByUnderscores(text).map((part, index) => (
        <Fragment key={index}>
          {index > 0 && <wbr />}
          {part}
        </Fragment>
      ))}
    </>
  )
}
