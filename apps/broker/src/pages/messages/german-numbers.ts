/** A number as German writes it, from digits with a point. */
export const comma = (digits: string) => digits.replace('.', ',')
