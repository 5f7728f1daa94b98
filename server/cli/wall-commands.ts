import { Option, type Command } from 'commander'
import { boards } from '../contract/accounts.ts'
import { itemsOf, textField } from './api.ts'
import { contextOf, segment } from './context.ts'
import { siteOf } from './incident-commands.ts'
import { columns, plain } from './output.ts'

/** `wall`: screens without a keyboard. */
export const wallCommands = (program: Command): void => {
  const wall = program.command('wall').description('paired wall screens')
  wall
    .command('pair')
    .description('let the screen that shows this code become a wall of a site; the screen shows it at /pair')
    .argument('<code>', 'the eight letters on the screen')
    .option('--site <site>', 'the site; default: the only one')
    .option('--name <name>', 'where it hangs')
    .addOption(new Option('--layout <layout>', 'from how far it is read: 3, 5 or 8 metres').choices(boards).default('near'))
    .action(async (code: string, options: { readonly site?: string; readonly name?: string; readonly layout: string }, command: Command) => {
      const { api, out } = contextOf(command)
      const site = await siteOf(api, options.site)
      const made = await api.ask('POST', '/api/v1/screens', { body: { code, site, board: options.layout, ...(options.name === undefined ? {} : { name: options.name }) } })
      out.result(made, () => [`${plain(textField(made, 'name'))} is a wall of ${site} now (${textField(made, 'id')}).`])
    })
  wall
    .command('list')
    .description('paired screens with their board and when they were last seen')
    .action(async (_options: object, command: Command) => {
      const { api, out } = contextOf(command)
      const page = await api.ask('GET', '/api/v1/screens?limit=1000')
      out.result(page, () => columns([['ID', 'SITE', 'LAYOUT', 'LAST SEEN', 'NAME'], ...itemsOf(page).map((item) => [textField(item, 'id'), textField(item, 'site'), textField(item, 'board'), textField(item, 'ended') || textField(item, 'lastSeenAt') || '-', plain(textField(item, 'name'))])]))
    })
  wall
    .command('revoke')
    .description('end a screen at once')
    .argument('<id>', 'its id')
    .action(async (id: string, _options: object, command: Command) => {
      const { api, out } = contextOf(command)
      await api.ask('DELETE', `/api/v1/screens/${segment(id)}`)
      out.result({ id, revoked: true }, () => [`Screen ${id} is revoked.`])
    })
}
