import { Fragment } from 'preact'
import { partsByCommands } from '../messages/commands.ts'
import { partsOfLongNames } from '../messages/long-names.ts'

/**
 * A text whose commands and cron expressions are not broken at the end of a line, as half of one would be typed, and whose
 * long names are so only between their parts.
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

/** A text whose settings, paths and web addresses go on in a next line between their parts, where one does not hold them. */
export function WithLongNames({ text }: { text: string }) {
  return (
    <>
      {partsOfLongNames(text).map((part, index) => (
        <Fragment key={index}>
          {index > 0 && <wbr />}
          {part}
        </Fragment>
      ))}
    </>
  )
}
