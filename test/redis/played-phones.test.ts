import { expect, it } from '@jest/globals'
import { demoDocument } from '../../workers/demo/document.ts'
import { parseSettings } from '../../server/contract/settings.ts'
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
