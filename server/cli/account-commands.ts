import { Option, type Command } from 'commander'
import { roles } from '../contract/roles.ts'
import { CommandFailed, itemsOf, textField, type Api } from './api.ts'
import { contextOf, segment } from './context.ts'
import { columns, plain } from './output.ts'

const areaOption = () => new Option('--area <area...>', 'groups of the settings it is limited to; default: the whole site')
const roleOption = () => new Option('--role <role>', 'what it may do').choices(roles).makeOptionMandatory()

const userId = async (api: Api, username: string): Promise<string> => {
  for (let cursor = ''; ; ) {
    const page = await api.ask('GET', `/api/v1/users?limit=1000${cursor === '' ? '' : `&cursor=${cursor}`}`)
    const found = itemsOf(page).find((user) => textField(user, 'username').toLowerCase() === username.toLowerCase())
    if (found !== undefined) return textField(found, 'id')
    cursor = textField(page, 'next')
    if (cursor === '') throw new CommandFailed(`there is no account "${username}"`)
  }
}

const readStdin = async (): Promise<string> => {
  const chunks: Buffer[] = []
  for await (const chunk of process.stdin) chunks.push(Buffer.from(chunk))
  return Buffer.concat(chunks).toString().replace(/\r?\n$/, '')
}

const told = (user: unknown): readonly string[] => {
  const password = textField(user, 'password')
  return [...(password === '' ? [] : [`First password, told once: ${password}`])]
}

/** `key` and `user`. */
export const accountCommands = (program: Command): void => {
  const key = program.command('key').description('API keys')
  key
    .command('create')
    .description('make a key and print its token, alone and once')
    .requiredOption('--site <site>', 'the site it reaches, or "*" for every site')
    .addOption(roleOption())
    .addOption(areaOption())
    .option('--name <name>', 'what it is for')
    .action(async (options: { readonly site: string; readonly role: string; readonly area?: readonly string[]; readonly name?: string }, command: Command) => {
      const { api, out } = contextOf(command)
      const made = await api.ask('POST', '/api/v1/keys', { body: { site: options.site, role: options.role, ...(options.area === undefined ? {} : { areas: options.area }), ...(options.name === undefined ? {} : { name: options.name }) } })
      out.result(made, () => [textField(made, 'token')])
    })
  key
    .command('list')
    .description('keys with their role, site and last use; never their tokens')
    .action(async (_options: object, command: Command) => {
      const { api, out } = contextOf(command)
      const page = await api.ask('GET', '/api/v1/keys?limit=1000')
      out.result(page, () => columns([['ID', 'ROLE', 'SITE', 'AREAS', 'LAST USED', 'NAME'], ...itemsOf(page).map((item) => [textField(item, 'id'), textField(item, 'role'), textField(item, 'site') || '*', plain(textField(item, 'areas')) || '*', textField(item, 'revokedAt') === '' ? textField(item, 'lastUsedAt') || '-' : 'revoked', plain(textField(item, 'name'))])]))
    })
  key
    .command('revoke')
    .description('end a key at once')
    .argument('<id>', 'its id')
    .action(async (id: string, _options: object, command: Command) => {
      const { api, out } = contextOf(command)
      await api.ask('DELETE', `/api/v1/keys/${segment(id)}`)
      out.result({ id, revoked: true }, () => [`Key ${id} is revoked.`])
    })

  const user = program.command('user').description('accounts of people')
  user
    .command('create')
    .description('make an account; without --password-stdin a first password is made and told once')
    .argument('<username>', 'sign-in name')
    .addOption(roleOption())
    .addOption(areaOption())
    .option('--name <name>', 'name that others read')
    .option('--site <site...>', 'sites it reaches; default: every site')
    .option('--password-stdin', 'read the password from standard input')
    .action(async (username: string, options: { readonly role: string; readonly area?: readonly string[]; readonly name?: string; readonly site?: readonly string[]; readonly passwordStdin?: boolean }, command: Command) => {
      const { api, out } = contextOf(command)
      const password = options.passwordStdin === true ? await readStdin() : undefined
      const made = await api.ask('POST', '/api/v1/users', { body: { username, role: options.role, sites: options.site ?? null, ...(options.area === undefined ? {} : { areas: options.area }), ...(options.name === undefined ? {} : { name: options.name }), ...(password === undefined ? {} : { password }) } })
      out.result(made, () => [`Account ${plain(username)} (${options.role}) is made.`, ...told(made)])
    })
  user
    .command('reset')
    .description('make a new first password, told once; every session of the account ends')
    .argument('<username>', 'sign-in name')
    .action(async (username: string, _options: object, command: Command) => {
      const { api, out } = contextOf(command)
      const reset = await api.ask('POST', `/api/v1/users/${segment(await userId(api, username))}/reset`)
      out.result(reset, () => told(reset))
    })
  user
    .command('list')
    .description('accounts with their role and sites')
    .action(async (_options: object, command: Command) => {
      const { api, out } = contextOf(command)
      const page = await api.ask('GET', '/api/v1/users?limit=1000')
      out.result(page, () => columns([['USERNAME', 'ROLE', 'SITES', 'AREAS', 'NAME'], ...itemsOf(page).map((item) => [plain(textField(item, 'username')), textField(item, 'role'), textField(item, 'sites') || '*', plain(textField(item, 'areas')) || '*', plain(textField(item, 'name'))])]))
    })
}
