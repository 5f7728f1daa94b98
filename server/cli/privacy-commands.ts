import type { Command } from 'commander'
import { erasePerson } from '../redis/erase-person.ts'
import { openFloorLog } from '../redis/floor-log.ts'
import { openIncidentAudit, type AuditHead } from '../redis/incident-audit.ts'
import { openManifest } from '../redis/manifest.ts'
import { rewriteAppendOnlyFile } from '../redis/rewrite-aof.ts'
import { openSealed } from '../redis/sealed.ts'
import { siteIds } from '../redis/sites.ts'
import { CommandFailed } from './api.ts'
import { outputOf } from './context.ts'
import { withRedis } from './with-redis.ts'

interface EraseOptions {
  readonly site: string
  readonly phone: readonly string[]
  readonly email: readonly string[]
  readonly ref: readonly string[]
  readonly agent: readonly string[]
  readonly name: readonly string[]
}

const several = (value: string, before: readonly string[]): readonly string[] => [...before, value]

const anchorOf = (text: string): AuditHead => {
  const [, seq = '', link = ''] = /^(\d+):([0-9a-f]{40})$/.exec(text) ?? []
  if (link === '') throw new CommandFailed('--anchor must be as verify-audit printed it: NUMBER:LINK', 2)
  return { seq: Number(seq), link }
}

/** `erase-person` and `verify-audit`. */
export const privacyCommands = (program: Command): void => {
  program
    .command('erase-person')
    .description('forget a person: what is sealed of them, what they wrote, and every text of incidents that names them; counts stay')
    .requiredOption('--site <site>', 'the site')
    .option('--phone <number>', 'a customer by number, with country code; may be repeated', several, [])
    .option('--email <address>', 'a customer by address; may be repeated', several, [])
    .option('--ref <ref>', 'a customer by the reference that sources send; may be repeated', several, [])
    .option('--agent <id>', 'an agent by the id of the platform; may be repeated', several, [])
    .option('--name <name>', 'a name by which texts speak of them; may be repeated', several, [])
    .action(async ({ site, phone, email, ref, agent, name }: EraseOptions, command: Command) => {
      const person = { customers: [...phone.map((one) => ({ phone: one })), ...email.map((one) => ({ email: one })), ...ref.map((one) => ({ ref: one }))], agents: agent, names: name }
      if (person.customers.length + agent.length + name.length === 0) throw new CommandFailed('say who: --phone, --email, --ref, --agent or --name', 2)
      const out = outputOf(command)
      const erased = await withRedis(async ({ config, redis, keys }) => {
        if (!(await siteIds({ redis, keys })).includes(site)) throw new CommandFailed(`site "${site}" does not exist`)
        const done = await erasePerson({ redis, keys, sealed: openSealed({ redis, keys, dataKey: config.dataKey }), log: openFloorLog({ redis, keys }), manifest: openManifest({ redis, keys }), archiveDir: config.archiveDir }, site, person)
        await rewriteAppendOnlyFile(redis)
        return done
      })
      out.result(erased, () => [`Erased: ${erased.customers} customers, ${erased.agents} agents, ${erased.texts} texts. The files of Redis were written anew; screens forget within 30 s. Backups made before still hold them.`])
    })
  program
    .command('verify-audit')
    .description('walk the audit chain: every event of every incident, in its place and unchanged')
    .option('--site <site>', 'one site; default: all')
    .option('--anchor <head>', 'the head that an earlier run printed: shows whether the end was cut off since (needs --site)')
    .action(async ({ site, anchor }: { readonly site?: string; readonly anchor?: string }, command: Command) => {
      if (anchor !== undefined && site === undefined) throw new CommandFailed('--anchor needs --site', 2)
      const noted = anchor === undefined ? undefined : anchorOf(anchor)
      const out = outputOf(command)
      const verdicts = await withRedis(async ({ redis, keys }) => {
        const all = await siteIds({ redis, keys })
        if (site !== undefined && !all.includes(site)) throw new CommandFailed(`site "${site}" does not exist`)
        const audit = openIncidentAudit({ redis, keys })
        const found = []
        for (const id of site === undefined ? all : [site]) found.push({ site: id, ...(await audit.verify(id, noted)) })
        return found
      })
      out.result(verdicts, () => verdicts.map((verdict) => (verdict.ok ? `${verdict.site}: ${verdict.links} links hold${verdict.head === null ? '' : `, head ${verdict.head.seq}:${verdict.head.link}`}` : `${verdict.site}: BROKEN at ${verdict.seq}: ${verdict.detail}`)))
      if (verdicts.some(({ ok }) => !ok)) process.exitCode = 1
    })
}
