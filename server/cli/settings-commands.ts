import { readFileSync } from 'node:fs'
import { Option, type Command } from 'commander'
import { CommandFailed, textField, type Answer } from './api.ts'
import { contextOf, segment } from './context.ts'
import { plain } from './output.ts'

const readDocument = (file: string): { readonly text: string; readonly contentType: string } => {
  try {
    const text = readFileSync(file === '-' ? 0 : file, 'utf8')
    return { text, contentType: file.endsWith('.json') || text.trimStart().startsWith('{') ? 'application/json' : 'application/yaml' }
  } catch (error) {
    throw new CommandFailed(`${file} cannot be read (${error instanceof Error && 'code' in error ? String(error.code) : 'unreadable'})`, 2)
  }
}

const faultsOf = (answer: Answer): readonly unknown[] => {
  const faults: unknown = typeof answer.body === 'object' && answer.body !== null && 'faults' in answer.body ? answer.body.faults : []
  return Array.isArray(faults) ? faults : []
}
const warningsOf = (value: unknown): readonly string[] => {
  const warnings: unknown = typeof value === 'object' && value !== null && 'warnings' in value ? value.warnings : []
  return Array.isArray(warnings) ? warnings.map((warning) => `Warning: ${plain(textField(warning, 'path'))}: ${plain(textField(warning, 'detail'))}`) : []
}

const siteOption = () => new Option('--site <site>', 'the site').makeOptionMandatory()

/** `settings`. */
export const settingsCommands = (program: Command): void => {
  const settings = program.command('settings').description("a site's settings document")
  settings
    .command('get')
    .description('print the document; secrets are shown as { set: true }')
    .addOption(siteOption())
    .action(async ({ site }: { readonly site: string }, command: Command) => {
      const { api, out } = contextOf(command)
      const path = `/api/v1/sites/${segment(site)}/settings`
      const document = await api.ask('GET', path)
      const yaml = out.json ? '' : (await api.raw('GET', path, { headers: { accept: 'application/yaml' } })).text
      out.result(document, () => [yaml.trimEnd()])
    })
  settings
    .command('put')
    .description('replace the document with a file (JSON or YAML; - is standard input)')
    .argument('<file>', 'the document')
    .addOption(siteOption())
    .option('--if-version <n>', 'only if the settings are still at this version')
    .action(async (file: string, { site, ifVersion }: { readonly site: string; readonly ifVersion?: string }, command: Command) => {
      const { api, out } = contextOf(command)
      const saved = await api.ask('PUT', `/api/v1/sites/${segment(site)}/settings`, { ...readDocument(file), ...(ifVersion === undefined ? {} : { headers: { 'if-match': `"v${ifVersion}"` } }) })
      out.result(saved, () => [`Settings of ${site} are at version ${textField(saved, 'version')}.`, ...warningsOf(saved)])
    })
  settings
    .command('check')
    .description('say what is wrong with a document, without saving it')
    .argument('<file>', 'the document')
    .addOption(siteOption())
    .action(async (file: string, { site }: { readonly site: string }, command: Command) => {
      const { api, out } = contextOf(command)
      const answer = await api.raw('PUT', `/api/v1/sites/${segment(site)}/settings?dryRun=true`, readDocument(file))
      if (answer.status === 422) {
        const faults = faultsOf(answer)
        out.result({ faults }, () => faults.map((fault) => `${plain(textField(fault, 'path')) || '(document)'}: ${plain(textField(fault, 'detail'))}`))
        process.exitCode = 1
        return
      }
      if (answer.status !== 200) throw new CommandFailed(textField(answer.body, 'detail') || `the server answered ${answer.status}`)
      out.result(answer.body, () => ['The document is accepted.', ...warningsOf(answer.body)])
    })
}
