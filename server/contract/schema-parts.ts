import type { z } from 'zod'

/** The same schema for several fields. */
export const each = <const Names extends readonly string[], T extends z.ZodType>(names: Names, schema: T) => Object.fromEntries(names.map((name) => [name, schema])) as { [Name in Names[number]]: T }
