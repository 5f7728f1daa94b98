import type { CommandInput, IncidentInput } from '../contract/incidents.ts'
import type { CommandOf, Completion, IncidentCommand, Report } from '../domain/incident/commands.ts'
import { titleFrom } from '../domain/incident/title.ts'
import { methaneFields } from '../domain/incident/major.ts'
import { reviewFields } from '../domain/incident/review.ts'
import type { TextId } from '../domain/platform-events.ts'
import { instantOf, type Instant } from '../domain/time.ts'
import type { Texts } from '../redis/sealed-texts.ts'

const titleOf = ({ title, nature }: IncidentInput): string | undefined => title ?? (nature === undefined ? undefined : titleFrom(nature))

type FreeTexts = Pick<IncidentInput, 'title' | 'nature' | 'location' | 'reporter' | 'callerId' | 'customFields'>

const sealTexts = async (texts: Texts, site: string, { title, nature, location, reporter, callerId, customFields }: FreeTexts): Promise<Report['texts']> => {
  const free = { title, nature, location, reporter, callerId, customFields: customFields === undefined ? undefined : JSON.stringify(customFields) }
  const given = Object.entries(free).flatMap(([field, text]) => (text === undefined ? [] : [[field, text] as const]))
  const ids = await texts.putAll(site, given.map(([, text]) => text))
  return Object.fromEntries(given.map(([field], index) => [field, ids[index] ?? '']))
}

/** Those of some named texts that were given. */
const sealFields = async <Name extends string>(texts: Texts, site: string, given: Readonly<Partial<Record<Name, string | undefined>>>, names: readonly Name[]): Promise<Partial<Record<Name, TextId>>> => {
  const filled = names.flatMap((name) => (given[name] === undefined ? [] : [[name, given[name]] as const]))
  const ids = await texts.putAll(site, filled.map(([, text]) => text))
  const sealed: Partial<Record<Name, TextId>> = {}
  filled.forEach(([name], index) => { sealed[name] = ids[index] ?? '' })
  return sealed
}

/** What was left out stays as the draft has it; a title that nobody wrote comes from what happened. */
const sealCompletion = async (texts: Texts, site: string, input: Extract<CommandInput, { type: 'open' }>): Promise<Completion> => {
  const { recordType, category, callerSafe, channel, service, impact, urgency, reportedAt, queue } = input
  const fields = { type: recordType, category, callerSafe, channel, service, impact, urgency, reportedAt: reportedAt === undefined ? undefined : instantOf(reportedAt), queue }
  return { ...Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)), texts: await sealTexts(texts, site, input) }
}

/**
 * Free texts go to the sealed store, ids go on. What an urgent report leaves out is taken as graver, never as lighter:
 * impact 1 until somebody says otherwise; danger presets the category.
 */
export const sealReport = async (texts: Texts, site: string, input: IncidentInput): Promise<Omit<Report, 'ref' | 'reportedAt'> & { readonly reportedAt: Instant | null }> => {
  const sealed = await sealTexts(texts, site, { ...input, title: titleOf(input) })
  const danger = input.callerSafe === false
  return {
    draft: input.draft === true,
    type: input.type ?? 'incident',
    category: input.category ?? (danger ? 'safety' : null),
    texts: sealed,
    callerIdWithheld: input.callerId === 'withheld',
    callerSafe: input.callerSafe ?? null,
    channel: input.channel ?? null,
    service: input.service ?? null,
    // A draft that says nothing was not judged yet.
    impact: input.impact ?? (input.draft === true ? null : 1),
    urgency: input.urgency ?? (danger ? 1 : input.draft === true ? null : 4),
    queue: input.queue ?? null,
    drill: input.drill === true || typeof input.drill === 'string',
    reportedAt: input.reportedAt === undefined ? null : instantOf(input.reportedAt),
  }
}

/** `merge`, `reclassify` and `link-problem` are completed by whoever reads or writes the other incident. */
export type SealedCommand = Exclude<IncidentCommand, { type: 'merge' | 'reclassify' | 'absorb' | 'link-problem' | 'take-in' | 'let-go' | 'lose-deployment' }> | { readonly type: 'merge'; readonly into: string } | Omit<CommandOf<'reclassify'>, 'into'> | { readonly type: 'link-problem'; readonly problem: string | null; readonly reason: TextId | null }

export const sealCommand = async (texts: Texts, site: string, input: CommandInput): Promise<SealedCommand> => {
  const seal = (text: string): Promise<TextId> => texts.put(site, text)
  const maybe = async (text: string | undefined): Promise<TextId | null> => (text === undefined ? null : seal(text))
  switch (input.type) {
    case 'open':
      return { type: input.type, with: await sealCompletion(texts, site, input) }
    case 'acknowledge':
    case 'start':
    case 'resume':
    case 'close':
    case 'accept-handover':
      return { type: input.type }
    case 'unacknowledge':
      return { type: input.type, reason: await maybe(input.reason) }
    case 'note':
      return { type: input.type, text: await seal(input.text) }
    case 'ask-help':
      return { type: input.type, text: await seal(input.text), person: input.person ?? null }
    case 'answer-help':
      return { type: input.type, help: input.help, method: input.method ?? null, outcome: await maybe(input.outcome) }
    case 'consult':
      return { type: input.type, person: input.person, text: await seal(input.text), consultedAt: input.consultedAt === undefined ? null : instantOf(input.consultedAt) }
    case 'amend': {
      const { channel, service, callerSafe } = input
      const fields = Object.fromEntries(Object.entries({ channel, service, callerSafe }).filter(([, value]) => value !== undefined))
      return { type: input.type, texts: await sealTexts(texts, site, { title: input.title, nature: input.nature, location: input.location, reporter: input.reporter, callerId: input.callerId }), fields, reason: await maybe(input.reason) }
    }
    case 'resolve':
      return { type: input.type, code: input.code, text: await seal(input.text), serviceRestored: input.serviceRestored }
    case 'set-priority':
      return 'reason' in input ? { type: input.type, priority: input.priority, reason: await seal(input.reason) } : { type: input.type, impact: input.impact, urgency: input.urgency }
    case 'escalate':
      return { type: input.type, level: input.level, reason: await seal(input.reason) }
    case 'hold':
      return { type: input.type, reason: input.reason, reviewAt: instantOf(input.reviewAt) }
    case 'reopen':
      return { type: input.type, reason: await maybe(input.reason), take: input.take ?? true }
    case 'cancel':
      return { type: input.type, reason: await seal(input.reason) }
    case 'reclassify':
      return { type: input.type, recordType: input.recordType, reason: await seal(input.reason) }
    case 'merge':
      return { type: input.type, into: input.into }
    case 'assign':
      return { type: input.type, person: input.person }
    case 'offer-handover':
      return { type: input.type, to: input.to }
    case 'categorise':
      return { type: input.type, category: input.category, reason: await maybe(input.reason) }
    case 'snooze':
      return { type: input.type, until: instantOf(input.until) }
    case 'update-stakeholders':
      return { type: input.type, text: await seal(input.text), state: input.state, audience: input.audience, nextUpdateAt: typeof input.nextUpdateAt === 'number' ? instantOf(input.nextUpdateAt) : null, noChange: input.noChange === true }
    case 'approve-update':
      return { type: input.type, update: input.update }
    case 'reject-update':
      return { type: input.type, update: input.update, reason: await seal(input.reason) }
    case 'review':
      return { type: input.type, text: await seal(input.text), outcome: input.outcome }
    case 'write-review':
      return { type: input.type, texts: await sealFields(texts, site, input, reviewFields), meetingAt: input.meetingAt === undefined ? null : instantOf(input.meetingAt) }
    case 'add-review-action':
      return { type: input.type, text: await seal(input.text), owner: input.owner, dueAt: instantOf(input.dueAt), metric: await seal(input.metric) }
    case 'complete-review-action':
      return { type: input.type, action: input.action, outcome: await seal(input.outcome) }
    case 'move-review':
      return { type: input.type, to: input.to }
    case 'cancel-major':
      return { type: input.type, reason: await seal(input.reason) }
    case 'assign-role':
      return { type: input.type, role: input.role, person: input.person }
    case 'report-methane':
      return { type: input.type, texts: await sealFields(texts, site, input, methaneFields) }
    case 'propose-major':
    case 'declare-major':
    case 'stop-sending':
    case 'stand-down':
      return { type: input.type, text: await maybe(input.text) }
    case 'excuse-breach':
      return { type: input.type, clock: input.clock, name: input.name ?? null, reason: await seal(input.reason) }
    case 'report-regulator':
      return { type: input.type, name: input.name, text: await maybe(input.text) }
    case 'plan-recovery':
      return { type: input.type, text: await seal(input.text), reviewAt: instantOf(input.reviewAt) }
    case 'deploy': {
      const { person, role, rota, team, resource, preempt, inPlace, revertBy } = input
      const pool = role !== undefined ? { role } : rota !== undefined ? { rota } : team !== undefined ? { team } : null
      return { type: input.type, person: person ?? null, resource: resource ?? null, pool, text: await maybe(input.text), reason: await maybe(input.reason), preempt: preempt === true, inPlace: inPlace === true, revertBy: revertBy === undefined ? null : instantOf(revertBy) }
    }
    case 'confirm-deployment':
      return { type: input.type, deployment: input.deployment, answer: input.answer, eta: input.eta === undefined ? null : instantOf(input.eta), ticket: await maybe(input.ticket), reason: await maybe(input.reason), revertBy: input.revertBy === undefined ? null : instantOf(input.revertBy) }
    case 'release-deployment':
      return { type: input.type, deployment: input.deployment, reason: await maybe(input.reason) }
    case 'customer-reply':
    case 'propose-fix':
      return { type: input.type, text: await seal(input.text) }
    case 'link-problem':
      return { type: input.type, problem: input.problem, reason: await maybe(input.reason) }
    case 'declare-known-error':
      return { type: input.type, workaround: await seal(input.workaround), cause: await maybe(input.cause) }
    case 'fix':
      return { type: input.type, text: await seal(input.text), watchDays: input.watchDays }
    default: {
      const never: never = input
      return never
    }
  }
}
