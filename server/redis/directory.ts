import type { Directory, Person } from '../domain/escalation/directory.ts'
import type { Settings } from './settings.ts'
import type { Users } from './users.ts'

/**
 * Who can be reached at a site now: the people of its settings, and accounts that none of them stands for. A person of the
 * settings who names an account (`user`) is that human, with the account's role unless the settings give another.
 */
export const openDirectory =
  ({ users, settings }: { readonly users: Pick<Users, 'all' | 'byUsername'>; readonly settings: Pick<Settings, 'get'> }) =>
  async (site: string): Promise<Directory> => {
    const { people, teams, channels } = (await settings.get(site)).document
    const teamsOf = (id: string, team: string | undefined): readonly string[] => Object.entries(teams).flatMap(([name, { people: members }]) => (name === team || members.includes(id) ? [name] : []))
    const standing = new Set<string>()
    const named = Object.entries(people).flatMap(([id, { role, user, team }]): readonly Person[] => {
      const account = user === undefined ? null : users.byUsername(user)
      if (account !== null) standing.add(account.id)
      if (account?.disabled === true) return []
      return [{ id, role: role ?? account?.role ?? 'agent', teams: teamsOf(id, team), onDuty: false }]
    })
    const accounts = users.all().filter(({ id, disabled, sites }) => !disabled && !standing.has(id) && (sites === null || sites.includes(site)))
    return { people: [...named, ...accounts.map(({ id, role }): Person => ({ id, role, teams: [], onDuty: false }))], webhooks: Object.keys(channels.webhooks), onCall: {} }
  }
