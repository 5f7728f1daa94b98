import type { Command } from 'commander'
import { openApi, type Api } from './api.ts'
import { outputTo, type Output } from './output.ts'

/** What every command needs, from the options of the command and of all above it. */
export const contextOf = (command: Command): { readonly api: Api; readonly out: Output } => {
  const { json, url, token } = command.optsWithGlobals<{ readonly json?: boolean; readonly url?: string; readonly token?: string }>()
  return { api: openApi({ url, token }), out: outputTo(json === true) }
}

/** For commands that ask no server. */
export const outputOf = (command: Command): Output => outputTo(command.optsWithGlobals<{ readonly json?: boolean }>().json === true)

/** A path segment from outside. */
export const segment = (text: string): string => encodeURIComponent(text)
