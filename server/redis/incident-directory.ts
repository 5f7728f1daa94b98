import { ADMINISTRATOR, rightsOf } from '../contract/roles.ts'
import { contactPlanOf } from '../contract/settings/contact-plans.ts'
import { resourcesOf, rotasOf, type SettingsDocument } from '../contract/settings.ts'
import type { Rota } from '../domain/escalation/rota.ts'
import type { ContactPlan } from '../domain/escalation/contact-plan.ts'
import type { Directory, Person } from '../domain/escalation/directory.ts'
import type { PersonId } from '../domain/incident/incident.ts'
import type { Commitments } from './commitments.ts'
import type { DisabledChannel } from './incident-outbox.ts'
import { usernameKey, type User } from './users.ts'

export interface DirectoryDeps {
  readonly users: { all(): readonly User[] }
  /** Today's settings document of a site. */
  document(site: string): Promise<SettingsDocument>
  disabled(site: string): Promise<ReadonlyMap<string, DisabledChannel>>
  /** `ADMIN_TOKEN` is set: its holder is a person with the role admin. */
  readonly administrator: boolean
  /** Whom incidents have; absent: nobody is looked for. */
  readonly commitments?: Commitments
  /** What the platform says of people who take contacts. */
  readonly presence?: PresenceOf
  /** How messages can leave the house; absent: by webhooks and rooms alone. */
  readonly reach?: MessageReach
}

/** People by their ids on the platform -> what they do there now. */
export type PresenceOf = (site: string, ids: ReadonlyMap<PersonId, string>) => Promise<NonNullable<Directory['presence']>>

export interface MessageReach {
  /** A mail server is set. */
  readonly mail: boolean
  /** People with a browser that can be woken. */
  pushPeople(): Promise<ReadonlySet<string>>
  timeZoneOf(site: string): string
  /** The site is only played: its people's telephones are simulated. */
  played?(site: string): boolean
}

export interface People {
  directory(site: string): Promise<Directory>
  /** Names of accounts and of people of the settings; unknown ones are absent. */
  /** The name under which the settings know a person; null: they say nothing of them. */
  keyOf(site: string, id: string): Promise<string | null>
  names(site: string, ids: readonly string[]): Promise<ReadonlyMap<string, string>>
}


const reaches = ({ sites, disabled }: User, site: string): boolean => !disabled && (sites === null || sites.includes(site))

/**
 * Who can be told on a site: its accounts, and the people of its settings. A person of the settings who names an account is that
 * account; both names find the same human, so that an acknowledgement is theirs.
 */
export const openPeople = ({ users, document, disabled, administrator, reach, commitments, presence }: DirectoryDeps): People => {
  const accountOf = (username: string | undefined): User | undefined => (username === undefined ? undefined : users.all().find((user) => usernameKey(user.username) === usernameKey(username)))

  const peopleOf = ({ people, teams, rotas }: SettingsDocument, site: string): readonly Person[] => {
    const teamsOf = (key: string, own: string | undefined): readonly string[] => [...new Set([...(own === undefined ? [] : [own]), ...Object.entries(teams).flatMap(([team, members]) => (members.people.includes(key) ? [team] : []))])]
    const onRotas = new Set(Object.values(rotas).flatMap(({ layers, overrides }) => [...layers.flatMap((layer) => layer.people), ...overrides.map(({ person }) => person)]))
    const commands = ({ id, username, role }: User): boolean => rightsOf[role].includes('incidents:command') || onRotas.has(id) || onRotas.has(username)
    const accounts = new Map<string, Person>(users.all().filter((user) => reaches(user, site)).map((user) => [user.id, { id: user.id, aliases: [user.username], role: user.role, teams: [], onDuty: false, ...(commands(user) ? {} : { cannotCommand: true as const }) }]))
    for (const [key, person] of Object.entries(people)) {
      const account = accountOf(person.user)
      const known = account === undefined ? undefined : accounts.get(account.id)
      // An account that does not reach the site, or is disabled, is not told as a person either.
      if (account !== undefined && known === undefined) continue
      const id = known?.id ?? key
      // Named so that they are told: an engineer whose role nobody says is none of them.
      const onlyTold = (person.role ?? known?.role) === 'stakeholder' && ![id, key, ...(known?.aliases ?? [])].some((name) => onRotas.has(name))
      accounts.set(id, { id, aliases: [...(known?.aliases ?? []), key], role: person.role ?? known?.role ?? 'stakeholder', teams: teamsOf(key, person.team), onDuty: false, ...(onlyTold ? { cannotCommand: true as const } : {}) })
    }
    if (administrator) accounts.set(ADMINISTRATOR, { id: ADMINISTRATOR, aliases: [], role: 'admin', teams: [], onDuty: false, tokenHolder: true })
    return [...accounts.values()]
  }

  const contactsOf = async ({ mail, pushPeople, timeZoneOf, played = () => false }: MessageReach, told: readonly Person[], { people, channels }: SettingsDocument, site: string): Promise<Readonly<Record<string, ContactPlan>>> => {
    const push = await pushPeople()
    const house = { mail, sms: channels.sms !== undefined || played(site), voice: channels.voice !== undefined, timeZone: timeZoneOf(site) }
    const accounts = new Set([ADMINISTRATOR, ...users.all().map(({ id }) => id)])
    return Object.fromEntries(told.map(({ id, aliases }) => [id, contactPlanOf(people[[id, ...aliases].find((name) => Object.hasOwn(people, name)) ?? ''] ?? {}, { ...house, push: push.has(id), account: accounts.has(id) })]))
  }

  /** Compiled once a document. */
  const compiled = new WeakMap<SettingsDocument, ReadonlyMap<string, Rota>>()
  const rotasIn = (document: SettingsDocument, site: string): ReadonlyMap<string, Rota> => {
    const rotas = compiled.get(document) ?? rotasOf(document, reach?.timeZoneOf(site) ?? 'UTC')
    compiled.set(document, rotas)
    return rotas
  }

  return {
    directory: async (site) => {
      const [today, off, bound] = await Promise.all([document(site), disabled(site), commitments?.of(site)])
      // A disabled webhook whose address was changed since is another one.
      const webhooks = Object.entries(today.channels.webhooks).flatMap(([name, { url }]) => (off.get(name)?.url === url ? [] : [name]))
      const rooms = (['slack', 'teams'] as const).flatMap((channel) => Object.keys(today.channels[channel]).map((name) => ({ channel, name })))
      const told = peopleOf(today, site)
      const idOf = new Map(told.flatMap(({ id, aliases }) => [id, ...aliases].map((name) => [name, id] as const)))
      const stakeholders = Object.fromEntries(Object.entries(today.stakeholders).map(([name, { people: members, services = null, categories = null, priorities = null }]) => [name, { people: members.flatMap((member) => idOf.get(member) ?? []), services, categories, priorities }]))
      const agentOf = (name: string): string | undefined => (Object.hasOwn(today.people, name) ? today.people[name]?.agent : undefined)
      const agents = new Map(told.flatMap(({ id, aliases }) => [id, ...aliases].flatMap((name) => (agentOf(name) === undefined ? [] : [[id, agentOf(name) ?? ''] as const]))))
      const zone = reach?.timeZoneOf(site) ?? 'UTC'
      return { ...(bound === undefined ? {} : { commitments: bound.all, commitmentsVersion: bound.version }), ...(presence === undefined ? {} : { presence: await presence(site, agents) }), resources: resourcesOf(today, zone), people: told, webhooks, rooms, onCall: {}, stakeholders, rotas: rotasIn(today, site), gone: users.all().filter((user) => !reaches(user, site)).map(({ id }) => id), ...(reach === undefined ? {} : { contacts: await contactsOf(reach, told, today, site) }) }
    },
    keyOf: async (site, id) => {
      const { people } = await document(site)
      if (Object.hasOwn(people, id)) return id
      return Object.entries(people).find(([, person]) => accountOf(person.user)?.id === id)?.[0] ?? null
    },
    names: async (site, ids) => {
      const { people } = await document(site)
      return new Map(
        ids.flatMap((id) => {
          const name = users.all().find((user) => user.id === id)?.name ?? people[id]?.name ?? (id === ADMINISTRATOR ? 'Administrator' : undefined)
          return name === undefined ? [] : [[id, name] as const]
        }),
      )
    },
  }
}
