import { z } from 'zod'

/** What a client may say on the socket; anything else is refused. The schemas also make asyncapi.json. */
const site = z.string().regex(/^[a-z0-9-]{1,40}$/)
const view = z.string().min(1).max(60)
const revision = z.string().min(1).max(200)

export const watchMessage = z.strictObject({ site, view, since: revision.nullish() })
export const unwatchMessage = z.strictObject({ site, view })
export const atMessage = z.strictObject({ site, revision })
/** The command's own fields are checked by the incident's command schemas. */
export const commandMessage = z.looseObject({ site, ref: z.string().min(1).max(40), type: z.string().min(1).max(40), idempotencyKey: z.string().min(1).max(200).nullish() })

export const clientMessages = { watch: watchMessage, unwatch: unwatchMessage, at: atMessage, command: commandMessage } as const
export type ClientMessage = keyof typeof clientMessages
