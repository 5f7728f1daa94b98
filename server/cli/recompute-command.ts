import { readFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import type { Command } from 'commander'
import { parse } from 'yaml'
import { CommandFailed, textField } from './api.ts'
import { contextOf, segment } from './context.ts'
import { plain } from './output.ts'

const ASK_EVERY_MS = 500

const settingsIn = (file: string | undefined): unknown => {
  if (file === undefined) return undefined
  try {
    return parse(readFileSync(file, 'utf8'))
  } catch (error) {
    throw new CommandFailed(`${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`, 2)
  }
}

interface Options {
  readonly site: string
  readonly from: string
  readonly to: string
  readonly reason: string
  readonly settings?: string
}

/** `recompute`: orders days to be measured again, and waits for the end. */
export const recomputeCommand = (program: Command): void => {
  program
    .command('recompute')
    .description('measure closed days again by other settings, beside what they came to, and wait until it is done')
    .requiredOption('--site <site>', 'the site')
    .requiredOption('--from <instant>', 'any moment of the first day, such as 2026-11-02T00:00:00Z')
    .requiredOption('--to <instant>', 'the end')
    .requiredOption('--reason <text>', 'why; it stands with every figure of this series')
    .option('--settings <file>', 'JSON or YAML: `version` of the settings (the current one by default), `defaults` and `queues` laid over it')
    .action(async ({ site, from, to, reason, settings }: Options, command: Command) => {
      const { api, out } = contextOf(command)
      const path = `/api/v1/sites/${segment(site)}/recompute`
      const given = settingsIn(settings)
      const id = textField(await api.ask('POST', path, { body: { from, to, reason, ...(given === undefined ? {} : { settings: given }) } }), 'id')
      for (let told = ''; ; await pause(ASK_EVERY_MS)) {
        const now = await api.ask('GET', `${path}/${segment(id)}`)
        const state = textField(now, 'state')
        const text = `${state}: ${textField(now, 'doneDays')} of ${textField(now, 'days')} days`
        if (text !== told && !out.json) out.note((told = text))
        if (state === 'failed') throw new CommandFailed(`recompute ${id} failed: ${plain(textField(now, 'error'))}`)
        if (state !== 'done') continue
        out.result(now, () => [`${textField(now, 'days')} days are measured again: read them with series=recomputed.`])
        return
      }
    })
}
