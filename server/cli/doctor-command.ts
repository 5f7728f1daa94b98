import type { Command } from 'commander'
import { readConfig } from '../config.ts'
import { CommandFailed, textField } from './api.ts'
import { contextOf } from './context.ts'
import { columns, plain } from './output.ts'

interface Finding {
  readonly what: string
  readonly ok: boolean
  readonly detail: string
}

const entriesOf = (value: unknown): readonly (readonly [string, unknown])[] => (typeof value === 'object' && value !== null ? Object.entries(value) : [])

const environment = (): readonly Finding[] => {
  const answer = readConfig(process.env)
  if (answer.ok) return [{ what: 'environment', ok: true, detail: `data in ${answer.config.dataDir}` }]
  return answer.faults.map(({ name, detail }) => ({ what: `environment ${name}`, ok: false, detail }))
}

const node = (): Finding => {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  const ok = major > 20 || (major === 20 && minor >= 19)
  return { what: 'node', ok, detail: `${process.version}${ok ? (major < 22 ? ', which gets no more fixes: move to 22 or later when you can' : '') : ', 20.19 or later is needed'}` }
}

/** `doctor`: what is wrong with this installation, in words. */
export const doctorCommand = (program: Command): void => {
  program
    .command('doctor')
    .description('look for what is wrong: environment, server, and all that it depends on')
    .action(async (_options: object, command: Command) => {
      const findings: Finding[] = [node(), ...environment()]
      const { api, out } = contextOf(command)
      try {
        const answer = await api.raw('GET', '/readyz')
        findings.push({ what: 'server', ok: true, detail: `answers at ${api.url}` })
        const checks: unknown = typeof answer.body === 'object' && answer.body !== null && 'checks' in answer.body ? answer.body.checks : {}
        for (const [what, check] of entriesOf(checks)) findings.push({ what, ok: textField(check, 'ok') === 'true', detail: plain(textField(check, 'detail')) || (textField(check, 'ok') === 'true' ? 'well' : 'failed') })
      } catch (error) {
        if (!(error instanceof CommandFailed)) throw error
        findings.push({ what: 'server', ok: false, detail: error.message })
      }
      const ok = findings.every((finding) => finding.ok)
      out.result({ ok, findings }, () => columns(findings.map((finding) => [finding.ok ? 'ok' : 'FAULT', finding.what, finding.detail])))
      if (!ok) process.exitCode = 1
    })
}
