import type { CommandInput, IncidentInput, InputFault } from '../contract/incidents.ts'
import type { Refusal } from '../contract/problems.ts'
import { numbersInWords, wordsNamingOnly } from '../contract/named-records.ts'
import { concerns, type Area } from '../contract/roles.ts'
import { accepts, allowedIn } from '../domain/incident/allowed.ts'
import type { IncidentCommand, Refused } from '../domain/incident/commands.ts'
import { decide } from '../domain/incident/decide.ts'
import { decideOpening } from '../domain/incident/decide-open.ts'
import type { Actor, IncidentRecord } from '../domain/incident/incident.ts'
import type { Situation } from '../domain/incident/situation.ts'
import { runs } from '../domain/drill/drill.ts'
import type { Directory } from '../domain/escalation/directory.ts'
import { instantOf, type Instant } from '../domain/time.ts'
import type { IncidentChange, IncidentLog, IncidentReading } from '../redis/incident-log.ts'
import type { Drills } from '../redis/drills.ts'
import type { IncidentRules, SettingsSource } from '../redis/incident-rules.ts'
import type { PeopleNames } from '../redis/incident-people.ts'
import type { Texts } from '../redis/sealed-texts.ts'
import { changeOf, openingFresh } from './change.ts'
import { reportFaults } from './check-report.ts'
import { openOtherSides } from './other-sides.ts'
import { openSuccession } from './succession.ts'
import { known, remembering, sha256, type CommandResult, type Remembered } from './remembered.ts'
import { sealCommand, sealReport, type SealedCommand } from './seal-input.ts'
import { yearAt } from './year.ts'

/** Who gives an order: the person behind a credential. */
export interface Caller {
  /** Of the credential: idempotency keys are told apart by it. */
  readonly credentialId: string
  readonly person: { readonly id: string; readonly name: string }
  readonly role: string
  /** What lies outside is not there; absent: the whole site. */
  readonly area?: Area | null
}

const within = ({ area = null }: Caller, record: IncidentRecord): boolean => concerns(area, record.queue)

export interface IncidentDeps {
  readonly log: IncidentLog
  readonly rules: IncidentRules
  readonly settings: SettingsSource
  readonly texts: Texts
  readonly names: PeopleNames
  directory(site: string): Promise<Directory>
  readonly drills: Pick<Drills, 'find'>
}

export interface Commands {
  /** Faults of a report that only the site's settings and the clock can tell; none: it may be created. */
  checkReport(site: string, input: IncidentInput, area: Area | null): Promise<readonly InputFault[]>
  create(site: string, input: IncidentInput, caller: Caller, idempotencyKey?: string): Promise<CommandResult>
  command(site: string, ref: string, input: CommandInput, caller: Caller, idempotencyKey?: string): Promise<CommandResult>
}

/** Somebody else may change an incident, or what the order makes of others, between reading and writing; each round sees their change, and of all who link to one problem at once one is through. */
const ROUNDS = 100
/** Reports of one key within this are one incident. */
const ONE_INCIDENT_MS = 3_600_000
/** Many report the same at once: each round one of them is written. */
const ATTACH_ROUNDS = 400
const ATTACH_PAUSE_MS = 10

const refusalOf = (record: IncidentRecord, { code, detail, missing }: Refused): Refusal => ({ code, detail, state: record.state, revision: String(record.revision), allowed: allowedIn(record), ...(missing === undefined ? {} : { missing }) })

/** Who else has somebody must not change between deciding and writing: nobody is on two P1 incidents. */
const standsOn = ({ type }: IncidentCommand, { commitmentsVersion }: Directory): Pick<IncidentChange, 'commitmentsAt'> => ((type === 'deploy' || type === 'confirm-deployment') && commitmentsVersion !== undefined ? { commitmentsAt: commitmentsVersion } : {})

const stale = (record: IncidentRecord, revision: string): Refused => ({ code: 'stale_revision', detail: `incident ${record.ref} is at revision ${record.revision}, not ${revision}: look again` })

export const openCommands = (deps: IncidentDeps): Commands => {
  const { log, rules, settings, texts, names } = deps
  const actorOf = ({ person, role }: Caller): Actor => ({ id: person.id, role })
  const otherSides = openOtherSides(deps)
  const { succeed, withdraw } = openSuccession(deps)

  const keyOf = (caller: Caller, key: string | undefined): string | undefined => (key === undefined ? undefined : sha256(`${caller.credentialId}\n${key}`))

  /** A name that cannot be sealed now (memory is full) must not stop an acknowledgement: the id stands in for it. */
  const rememberName = (site: string, caller: Caller): Promise<void> => names.remember(site, caller.person).catch(() => undefined)

  /** Adds a report to the incident that has its key; null: the key is this report's, which opens the incident. */
  const attachTo = async (site: string, { dedupHash, ref, text, actor, hash, body }: { readonly dedupHash: string; readonly ref: string; readonly text: string | null; readonly actor: Actor; readonly hash: string | undefined; readonly body: string }): Promise<CommandResult | null> => {
    let holder = await log.claimKey(site, dedupHash, ref, ONE_INCIDENT_MS)
    for (let round = 0; round < ATTACH_ROUNDS && holder !== ref; round += 1) {
      const { record, now } = await log.read(site, holder)
      // What was merged has its key taken along: by the one it was merged into, or by what that one was merged into.
      if (record !== null && record.mergedInto !== null) {
        holder = await log.claimKey(site, dedupHash, record.mergedInto, ONE_INCIDENT_MS, holder)
        continue
      }
      // Not committed yet: whoever has the key is opening it; one that never comes, or is over, loses the key.
      const over = record === null ? round === ATTACH_ROUNDS - 1 : !accepts(record, 'note') || record.state === 'resolved'
      if (over) holder = await log.claimKey(site, dedupHash, ref, ONE_INCIDENT_MS, holder)
      if (over || record === null) {
        if (!over) await new Promise((resolve) => setTimeout(resolve, ATTACH_PAUSE_MS))
        continue
      }
      const [by, directory, subscriptions] = await Promise.all([rules.of(site, record), deps.directory(site), settings.incidentSettings(site)])
      const change = changeOf({ before: record, events: [{ type: 'report-attached', at: now, by: actor, text }], rules: by, subscriptions, contacts: directory.contacts })
      const applied = await log.apply(site, { ...change, ...remembering(hash, body, change.after, now) })
      if (applied.kind === 'ok') return { kind: 'done', record: change.after, asOf: now, revision: applied.revision }
      if (applied.kind === 'known') return known(applied.value, body) ?? { kind: 'key-reused' }
    }
    return null
  }

  const exerciseOf = async (site: string, { drill }: IncidentInput): Promise<IncidentRecord['exercise']> => {
    const found = typeof drill === 'string' ? await deps.drills.find(site, drill) : null
    return found === null ? null : { id: found.id, speed: found.speed }
  }

  const create: Commands['create'] = async (site, input, caller, idempotencyKey) => {
    const hash = keyOf(caller, idempotencyKey)
    const body = sha256(JSON.stringify(input))
    const exercise = await exerciseOf(site, input)
    const current = await rules.current(site, exercise)
    const first = await log.read(site, '', hash)
    const before = known(first.known, body)
    if (before !== null) return before
    const [own, sealed, directory] = await Promise.all([log.nextRef(site, yearAt(first.now, current.settings.timeZone)), sealReport(texts, site, input), deps.directory(site), rememberName(site, caller)])
    const ref = own
    const attached = input.dedupKey === undefined ? null : await attachTo(site, { dedupHash: sha256(input.dedupKey), ref, text: sealed.texts.nature ?? null, actor: actorOf(caller), hash, body })
    if (attached !== null) return attached
    for (let round = 0; round < ROUNDS; round += 1) {
      const { now } = await log.read(site, ref)
      const situation: Situation = { now, receivedAt: first.now, actor: actorOf(caller), rules: current, directory }
      const report = { ...sealed, ref, exercise, reportedAt: instantOf(Math.min(sealed.reportedAt ?? first.now, first.now)) }
      const events = [decideOpening(report, situation)]
      const subscriptions = await settings.incidentSettings(site)
      const change = changeOf({ before: null, events, rules: current, subscriptions, contacts: directory.contacts })
      const applied = await log.apply(site, { ...change, ...openingFresh(round, now), ...remembering(hash, body, change.after, now) })
      if (applied.kind === 'ok') return { kind: 'done', record: change.after, asOf: now, revision: applied.revision }
      if (applied.kind === 'known') return known(applied.value, body) ?? { kind: 'key-reused' }
    }
    throw new Error(`incident ${ref} could not be opened: its number was taken by another writer`)
  }

  interface Order {
    readonly site: string
    readonly ref: string
    readonly input: CommandInput
    readonly caller: Caller
    readonly hash: string | undefined
    readonly body: string
  }

  /** Records outside the area of whoever asks are named in no refusal, but for what they named themselves. */
  const worded = async ({ site, ref, input, caller }: Order, refusal: Refusal): Promise<Refusal> => {
    const { area = null } = caller
    const asked = JSON.stringify(input)
    const others = area === null ? [] : numbersInWords(refusal.detail).filter((other) => other !== ref && !asked.includes(other))
    if (others.length === 0) return refusal
    const read = await Promise.all(others.map((other) => log.read(site, other)))
    return { ...refusal, detail: wordsNamingOnly(refusal.detail, new Set(others.filter((_other, index) => { const record = read[index]?.record ?? null; return record === null || !within(caller, record) }))) }
  }

  const refused = async (order: Order, { now }: IncidentReading, given: Refusal): Promise<CommandResult> => {
    const { site, hash, body } = order
    const refusal = await worded(order, given)
    if (hash !== undefined) await log.remember(site, hash, JSON.stringify({ body, at: now, record: null, refusal } satisfies Remembered))
    return { kind: 'refused', refusal }
  }

  /** A merge is decided on the other incident too, which must not have changed when it is written: of A into B and B into A one wins. */
  const complete = async (site: string, sealed: SealedCommand, caller: Caller): Promise<{ readonly command: IncidentCommand; readonly beside: { readonly ref: string; readonly version: number } | null }> => {
    if (sealed.type === 'link-problem') {
      const { record } = sealed.problem === null ? { record: null } : await log.read(site, sealed.problem)
      return { command: { ...sealed, found: record !== null && within(caller, record) && record.type === 'problem' && accepts(record, 'take-in') }, beside: null }
    }
    // Its successor is written once nothing else speaks against it.
    if (sealed.type === 'reclassify') return { command: { ...sealed, into: '' }, beside: null }
    if (sealed.type !== 'merge') return { command: sealed, beside: null }
    const { record } = await log.read(site, sealed.into)
    return { command: { ...sealed, targetActive: record !== null && within(caller, record) && record.type !== 'problem' && accepts(record, 'absorb'), target: record }, beside: { ref: sealed.into, version: record?.version ?? 0 } }
  }

  /** One round: gather, decide, apply. null: the incident changed meanwhile. */
  const attempt = async (order: Order, reading: IncidentReading, receivedAt: Instant, sealed: SealedCommand): Promise<CommandResult | null> => {
    const { site, ref, input, caller, hash, body } = order
    const { record, now } = reading
    if (record === null || !within(caller, record)) return { kind: 'unknown-incident' }
    if (input.revision !== undefined && input.revision !== String(record.revision)) return refused(order, reading, refusalOf(record, stale(record, input.revision)))
    const [pinned, directory, subscriptions, completed] = await Promise.all([input.type === 'open' ? rules.current(site, record.exercise) : rules.of(site, record), deps.directory(site), settings.incidentSettings(site), complete(site, sealed, caller)])
    const { command: told } = completed
    const situation: Situation = { now, receivedAt, actor: actorOf(caller), rules: pinned, directory }
    const first = decide(record, told, situation)
    if ('refused' in first) return refused(order, reading, refusalOf(record, first.refused))
    const next = told.type === 'reclassify' ? await succeed(site, record, told.recordType, situation) : null
    if (told.type === 'reclassify' && next === null) return null
    if (next !== null && 'code' in next) return refused(order, reading, refusalOf(record, next))
    const command: IncidentCommand = told.type === 'reclassify' && next !== null ? { ...told, into: next.into } : told
    const beside = next === null ? completed.beside : { ref: next.into, version: next.version }
    const decision = command === told ? first : decide(record, command, situation)
    if ('refused' in decision) return refused(order, reading, refusalOf(record, decision.refused))
    if (decision.events.length === 0) {
      await otherSides.again(site, { command, before: record, after: record, actor: situation.actor, directory })
      return { kind: 'done', record, asOf: now, revision: null }
    }
    const change = changeOf({ before: record, events: decision.events, rules: pinned, subscriptions, contacts: directory.contacts })
    const others = await otherSides.changes(site, { command, before: record, after: change.after, actor: situation.actor, directory })
    const applied = await log.apply(site, { ...change, others, ...(beside === null ? {} : { beside }), ...standsOn(command, directory), ...remembering(hash, body, change.after, now) })
    if (applied.kind === 'ok') return { kind: 'done', record: change.after, asOf: now, revision: applied.revision }
    if (command.type === 'reclassify') await withdraw(site, ref, command, situation, input.revision)
    return applied.kind === 'known' ? (known(applied.value, body) ?? { kind: 'key-reused' }) : null
  }

  const command: Commands['command'] = async (site, ref, input, caller, idempotencyKey) => {
    const hash = keyOf(caller, idempotencyKey)
    const body = sha256(JSON.stringify([ref, input]))
    const order: Order = { site, ref, input, caller, hash, body }
    const first = await log.read(site, ref, hash)
    if (first.record === null || !within(caller, first.record)) return { kind: 'unknown-incident' }
    const before = known(first.known, body)
    if (before !== null) return before
    const [sealed] = await Promise.all([sealCommand(texts, site, input), rememberName(site, caller)])
    let reading: IncidentReading = first
    for (let round = 0; round < ROUNDS; round += 1) {
      const result = await attempt(order, reading, first.now, sealed)
      if (result !== null) return result
      reading = await log.read(site, ref, hash)
    }
    throw new Error(`incident ${ref} changed ${ROUNDS} times while "${input.type}" was being decided`)
  }

  const checkReport: Commands['checkReport'] = async (site, input, area) => {
    const [current, { now }, drill] = await Promise.all([settings.incidentSettings(site), log.read(site, ''), typeof input.drill === 'string' ? deps.drills.find(site, input.drill) : null])
    const over = typeof input.drill === 'string' && (drill === null || !runs(drill, now))
    return [...reportFaults(input, current, { now, area }), ...(over ? [{ path: 'drill', code: 'invalid' as const, detail: 'must be the id of a drill that runs, or true' }] : [])]
  }

  return { checkReport, create, command }
}
