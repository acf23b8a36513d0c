import { Fragment } from 'preact'
import { partsByCommands } from '../messages/commands.ts'

/** A text whose commands are not broken at the end of a line: half of one would be typed. */
export function WithCommands({ text }: { text: string }) {
  return (
    <>
      {partsByCommands(text).map((part, index) =>
        index % 2 === 1 ? (
          <code key={index} class="command">
            {part}
          </code>
        ) : (
          <Fragment key={index}>{part}</Fragment>
        ),
      )}
    </>
  )
}
