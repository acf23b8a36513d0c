import { cloneElement, type VNode } from 'preact'
import { useId } from 'preact/hooks'
import { WithCommands } from './with-commands.tsx'

interface ControlProps {
  readonly id?: string
  readonly 'aria-describedby'?: string
  readonly 'aria-invalid'?: boolean
}

/** A labelled control with its explanation and what is wrong with it, tied together for screen readers. */
export function Field(props: {
  label: string
  help?: string | undefined
  error?: string | undefined
  children: VNode<ControlProps>
}) {
  const id = useId()
  const about = [props.help && `${id}-help`, props.error && `${id}-error`].filter(Boolean).join(' ')
  return (
    <div class="field">
      <label for={id}>{props.label}</label>
      {cloneElement(props.children, {
        id,
        ...(about === '' ? {} : { 'aria-describedby': about }),
        ...(props.error ? { 'aria-invalid': true } : {}),
      })}
      {props.help && (
        <span class="small soft" id={`${id}-help`}>
          {props.help}
        </span>
      )}
      {props.error && (
        <span class="small field-error" id={`${id}-error`} role="alert">
          <WithCommands text={props.error} />
        </span>
      )}
    </div>
  )
}
