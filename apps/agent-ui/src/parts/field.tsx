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
  /** What a number counts, behind it. */
  unit?: string | undefined
  children: VNode<ControlProps>
}) {
  const id = useId()
  const about = [props.unit && `${id}-unit`, props.help && `${id}-help`, props.error && `${id}-error`]
    .filter(Boolean)
    .join(' ')
  const control = cloneElement(props.children, {
    id,
    ...(about === '' ? {} : { 'aria-describedby': about }),
    ...(props.error ? { 'aria-invalid': true } : {}),
  })
  return (
    <div class="field">
      <label for={id}>{props.label}</label>
      {props.unit === undefined ? (
        control
      ) : (
        <span class="with-unit">
          {control}
          <span id={`${id}-unit`}>{props.unit}</span>
        </span>
      )}
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
