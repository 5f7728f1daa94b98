import { createReadStream, statSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import type { Command } from 'commander'
import { CommandFailed, textField } from './api.ts'
import { contextOf, segment } from './context.ts'
import { plain } from './output.ts'

const ASK_EVERY_MS = 500

const linesOf = (done: unknown): readonly string[] => [`${textField(done, 'lines') || '0'} lines: ${textField(done, 'accepted') || '0'} accepted, ${textField(done, 'ignored') || '0'} ignored, ${textField(done, 'rejectedCount') || '0'} rejected.`]

/** `import`: sends a file of history and waits for its end. */
export const importCommand = (program: Command): void => {
  program
    .command('import')
    .description('bring in history from a file, and wait until it is done')
    .argument('<format>', 'asterisk-queue-log, events-ndjson, calls-csv or incidents-csv')
    .argument('<file>', 'the file')
    .requiredOption('--site <site>', 'the site')
    .option('--dry-run', 'read and check every line, take nothing in')
    .action(async (format: string, file: string, { site, dryRun = false }: { readonly site: string; readonly dryRun?: boolean }, command: Command) => {
      const { api, out } = contextOf(command)
      if (!statSync(file, { throwIfNoEntry: false })?.isFile()) throw new CommandFailed(`${file} is not a file that can be read`, 2)
      const path = `/api/v1/sites/${segment(site)}/imports`
      const begun = await api.ask('POST', `${path}?format=${segment(format)}${dryRun ? '&dryRun=true' : ''}`, { stream: createReadStream(file), contentType: 'application/octet-stream' })
      const id = textField(begun, 'id')
      for (let told = ''; ; await pause(ASK_EVERY_MS)) {
        const now = await api.ask('GET', `${path}/${segment(id)}`)
        const state = textField(now, 'state')
        const text = `${state} ${Math.floor(Number(textField(now, 'progress') || '0') * 100)} %`
        if (text !== told && !out.json) out.note((told = text))
        if (state === 'failed') throw new CommandFailed(`import ${id} failed: ${plain(textField(now, 'error'))}`)
        if (state !== 'done') continue
        out.result(now, () => linesOf(now))
        return
      }
    })
}
