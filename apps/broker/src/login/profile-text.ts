import { z } from 'zod'

/** A text by which a log-in provider names somebody: one line, without characters that no database or mail takes. */
export const profileText = (longest: number) =>
  z
    .string()
    .min(1)
    .max(longest)
    .regex(/^\P{Cc}+$/u)
