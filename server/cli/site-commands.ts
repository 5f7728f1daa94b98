import type { Command } from 'commander'
import { itemsOf, textField } from './api.ts'
import { contextOf, segment } from './context.ts'
import { columns, plain } from './output.ts'

/** `site`. */
export const siteCommands = (program: Command): void => {
  const site = program.command('site').description('contact centres')
  site
    .command('put')
    .description('make a site, or change its name and zone')
    .argument('<id>', '1 to 40 of a-z, 0-9 and -')
    .requiredOption('--name <name>', 'name that people read')
    .requiredOption('--time-zone <zone>', 'e.g. Europe/London')
    .action(async (id: string, { name, timeZone }: { readonly name: string; readonly timeZone: string }, command: Command) => {
      const { api, out } = contextOf(command)
      const put = await api.ask('PUT', `/api/v1/sites/${segment(id)}`, { body: { name, timeZone } })
      out.result(put, () => [`Site ${id} is saved.`])
    })
  site
    .command('list')
    .description('all sites')
    .action(async (_options: object, command: Command) => {
      const { api, out } = contextOf(command)
      const page = await api.ask('GET', '/api/v1/sites?limit=1000')
      out.result(page, () => columns([['ID', 'TIME ZONE', 'NAME'], ...itemsOf(page).map((item) => [textField(item, 'id'), textField(item, 'timeZone'), plain(textField(item, 'name'))])]))
    })
}
