import { useId } from 'preact/hooks'

export interface Choice<Value> {
  readonly value: Value
  readonly label: string
  readonly help?: string
}

/**
 * One of several, each with what it means. To choose what is proposed already is a choice too, so clicks count (arrow
 * keys make them as well) and not changes alone.
 */
export function Choices<Value extends string | boolean | undefined>(props: {
  legend: string
  value: Value
  options: readonly Choice<Value>[]
  onChange: (value: Value) => void
}) {
  const name = useId()
  return (
    <fieldset class="stack">
      <legend>{props.legend}</legend>
      {props.options.map(({ value, label, help }) => (
        <label key={String(value)} class="choice">
          <input
            type="radio"
            name={name}
            checked={value === props.value}
            onClick={() => props.onChange(value)}
          />
          <span>
            {label}
            {help !== undefined && (
              <>
                <br />
                <span class="small soft">{help}</span>
              </>
            )}
          </span>
        </label>
      ))}
    </fieldset>
  )
}
