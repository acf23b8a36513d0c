/** A box to tick, with what it means; `help` says what follows. */
export function CheckBox(props: {
  label: string
  help?: string
  checked: boolean
  required?: boolean
  onChange: (checked: boolean) => void
}) {
  const { label, help } = props
  return (
    <label class="choice">
      <input
        type="checkbox"
        required={props.required === true}
        checked={props.checked}
        onChange={event => props.onChange(event.currentTarget.checked)}
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
  )
}
