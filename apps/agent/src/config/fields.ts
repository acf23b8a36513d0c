import { z } from 'zod'

export const flag = z
  .string()
  .transform(text => text.trim().toLowerCase())
  .pipe(z.enum(['true', '1', 'yes', 'on', 'false', '0', 'no', 'off', ''], 'Write True or False.'))
  .transform(text => ['true', '1', 'yes', 'on'].includes(text))

/** A whole number from `least` to `most`, as text. */
export const wholeNumber = (least: number, most: number) =>
  z
    .string()
    .regex(/^\d+$/, `Write a whole number from ${least} to ${most}.`)
    .transform(Number)
    .refine(value => value >= least && value <= most, `Write a whole number from ${least} to ${most}.`)

export const httpUrl = z
  .string()
  .refine(
    text => URL.canParse(text) && /^https?:$/.test(new URL(text).protocol),
    'Write an address that begins with https:// or http://.',
  )
  .transform(text => text.replace(/\/+$/, ''))
