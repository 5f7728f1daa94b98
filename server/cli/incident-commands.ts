import { setTimeout as pause } from 'node:timers/promises'
import type { Command } from 'commander'
import { CommandFailed, itemsOf, textField, type Api } from './api.ts'
import { contextOf, segment } from './context.ts'
import { columns, plain } from './output.ts'

const TAIL_EVERY_MS = 1_000

/** The site that was named, or the only one there is. */
export const siteOf = async (api: Api, given: string | undefined): Promise<string> => {
  if (given !== undefined) return given
  const sites = itemsOf(await api.ask('GET', '/api/v1/sites?limit=1000')).map((site) => textField(site, 'id'))
  const [only] = sites
  if (only === undefined || sites.length > 1) throw new CommandFailed(`name one with --site: ${sites.join(', ') || 'there is no site yet'}`, 2)
  return only
}

const owner = (incident: unknown): string => {
  const found: unknown = typeof incident === 'object' && incident !== null && 'owner' in incident ? incident.owner : null
  return found === null ? '-' : plain(textField(found, 'name'))
}
const row = (incident: unknown): readonly string[] => [textField(incident, 'ref'), textField(incident, 'priority') || '-', textField(incident, 'state'), textField(incident, 'level') || '0', owner(incident), plain(textField(incident, 'title'))]

const all = async (api: Api, site: string, filter: string): Promise<readonly unknown[]> => {
  const items: unknown[] = []
  for (let cursor = ''; ; ) {
    const page = await api.ask('GET', `/api/v1/sites/${segment(site)}/incidents?limit=1000${filter}${cursor === '' ? '' : `&cursor=${segment(cursor)}`}`)
    items.push(...itemsOf(page))
    cursor = textField(page, 'next')
    if (cursor === '') return items
  }
}

/** `ack`, `incidents` and `tail`. */
export const incidentCommands = (program: Command): void => {
  program
    .command('ack')
    .description('acknowledge an incident: its ladder stops')
    .argument('<ref>', 'e.g. INC-2026-000123')
    .option('--site <site>', 'the site; default: the only one')
    .action(async (ref: string, { site }: { readonly site?: string }, command: Command) => {
      const { api, out } = contextOf(command)
      const here = await siteOf(api, site)
      const taken = await api.ask('POST', `/api/v1/sites/${segment(here)}/incidents/${segment(ref)}/commands`, { body: { type: 'acknowledge' } })
      out.result(taken, () => [`${ref} is ${textField(taken, 'state')}, owner ${owner(taken)}.`])
    })
  program
    .command('incidents')
    .description('incidents, newest first')
    .option('--site <site>', 'the site; default: the only one')
    .option('--state <state>', 'e.g. open')
    .option('--priority <priority>', 'P1 to P4')
    .action(async ({ site, state, priority }: { readonly site?: string; readonly state?: string; readonly priority?: string }, command: Command) => {
      const { api, out } = contextOf(command)
      const filter = `${state === undefined ? '' : `&state=${segment(state)}`}${priority === undefined ? '' : `&priority=${segment(priority)}`}`
      const items = await all(api, await siteOf(api, site), filter)
      out.result(items, () => columns([['REF', 'PRIORITY', 'STATE', 'LEVEL', 'OWNER', 'TITLE'], ...items.map(row)]))
    })
  program
    .command('tail')
    .description('print every change of an incident as it happens, until Ctrl-C')
    .option('--site <site>', 'the site; default: the only one')
    .action(async ({ site }: { readonly site?: string }, command: Command) => {
      const { api, out } = contextOf(command)
      const here = await siteOf(api, site)
      const seen = new Map((await all(api, here, '')).map((incident) => [textField(incident, 'ref'), textField(incident, 'revision')]))
      for (;;) {
        await pause(TAIL_EVERY_MS)
        for (const incident of [...(await all(api, here, ''))].reverse()) {
          const [ref, revision] = [textField(incident, 'ref'), textField(incident, 'revision')]
          if (seen.get(ref) === revision) continue
          seen.set(ref, revision)
          out.result(incident, () => [[new Date().toISOString(), ...row(incident)].join('  ')])
        }
      }
    })
}
