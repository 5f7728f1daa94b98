import { expect, it } from '@jest/globals'
import { demoDocument } from '../../workers/demo/document.ts'
import type { Role } from '../../server/contract/roles.ts'
import { parseSettings, type SettingsDocument } from '../../server/contract/settings.ts'
import type { User } from '../../server/redis/users.ts'
import { hasVerifiedUrgentChannel } from '../../server/domain/escalation/contact-plan.ts'
import { resolvedTargets } from '../../server/domain/escalation/directory.ts'
import { openPeople } from '../../server/redis/incident-directory.ts'

const document = () => {
  const parsed = parseSettings(demoDocument(), { outboundAllow: [], today: '2026-11-22' })
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.faults))
  return parsed.settings
}
const directoryOf = (played: boolean) => openPeople({ users: { all: () => [] }, document: async () => document(), disabled: async () => new Map(), administrator: false, reach: { mail: false, pushPeople: async () => new Set(), timeZoneOf: () => 'UTC', played: () => played } }).directory('demo')

it('every level of the demo reaches a role with a verified phone', async () => {
  const { contacts = {}, ...directory } = await directoryOf(true)
  const levels = document().policies['default']?.ownership?.levels ?? []
  expect(levels).toHaveLength(3)
  for (const { targets } of levels) {
    const told = resolvedTargets(targets, directory).flatMap(({ people }) => people)
    expect(told).toHaveLength(1)
    for (const id of told) {
      const plan = contacts[id]
      expect(plan && hasVerifiedUrgentChannel(plan)).toBe(true)
      expect(plan?.urgent).toEqual(['sms'])
    }
  }
})

it('the same people on a site that is not played have no phone without a gateway', async () => {
  const { contacts = {} } = await directoryOf(false)
  expect(Object.values(contacts).some(hasVerifiedUrgentChannel)).toBe(false)
})

it('an account whose role commands nothing is known as such, unless the settings name it', async () => {
  const user = (id: string, role: Role): User => ({ id, username: id, name: id, role, sites: null, disabled: false }) as unknown as User
  const settings = { ...document(), people: { eve: { name: 'Engineer', user: 'eve' } }, teams: {}, rotas: { oncall: { layers: [{ people: ['ron'] }], overrides: [] } } } as unknown as SettingsDocument
  const { people } = await openPeople({ users: { all: () => [user('head', 'stakeholder'), user('kim', 'agent'), user('eve', 'agent'), user('ron', 'agent'), user('sam', 'supervisor')] }, document: async () => settings, disabled: async () => new Map(), administrator: true }).directory('north')
  expect(people.filter(({ cannotCommand }) => cannotCommand).map(({ id }) => id)).toEqual(['head', 'kim'])
})

it('a stakeholder is told and takes nothing, also where the settings name them for the register; on a rota, or with another role there, they do', async () => {
  const user = (id: string): User => ({ id, username: id, name: id, role: 'stakeholder', sites: null, disabled: false }) as unknown as User
  const named = { head: { user: 'head' }, board: { name: 'Board', role: 'stakeholder' }, lou: { user: 'lou', role: 'supervisor' }, ron: { user: 'ron' }, engineer: { name: 'Engineer' } }
  const settings = { ...document(), people: named, teams: {}, stakeholders: { board: { people: ['head', 'board'] } }, rotas: { oncall: { layers: [{ people: ['ron'] }], overrides: [] } } } as unknown as SettingsDocument
  const { people } = await openPeople({ users: { all: () => ['head', 'lou', 'ron'].map(user) }, document: async () => settings, disabled: async () => new Map(), administrator: true }).directory('north')
  expect(people.filter(({ cannotCommand }) => cannotCommand).map(({ id }) => id).sort()).toEqual(['board', 'head'])
})
