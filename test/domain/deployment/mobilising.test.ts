import { expect, it } from '@jest/globals'
import { mobilisingOf, ofMobilising } from '../../../server/domain/deployment/mobilising.ts'
import { instantOf } from '../../../server/domain/time.ts'
import { systemActor } from '../../../server/domain/incident/incident.ts'
import { deploymentReceipt } from '../../../server/domain/incident/evolve-deployment.ts'
import { at, everybody, story, supervisor } from '../../support/incident-story.ts'

const directory = { ...everybody, people: [...everybody.people, { id: 'kim', aliases: [], role: 'agent', teams: [], onDuty: false }], resources: { carrier: { name: 'Carrier', type: 'supplier' as const, phone: null, account: null, instructions: null, hours: null, responseMs: null, alert: [{ priorities: null, target: { webhook: 'noc' } }] } }, webhooks: ['noc'] }
const begin = at('2026-11-23T10:00:00Z')
const later = (seconds: number) => instantOf(begin + seconds * 1_000)
const deploy = { type: 'deploy', person: 'kim', resource: null, pool: null, text: null, reason: null, preempt: false, inPlace: false, revertBy: null } as const
const record = (more: object = {}) => story({ directory }).when({ ...deploy, ...more }, supervisor).record
const receipt = (delivery: string, channel: string, seconds: number) => ({ type: 'delivered', at: later(seconds), by: systemActor, delivery, channel, target: 'x', attempts: 1, detail: null }) as const
/** A request that was out after so many seconds and answered after so many. */
const told = (channel: string, out: number, said: number | null, priority: 'P1' | 'P2' = 'P1') => {
  const after = deploymentReceipt(record(), receipt(`INC-2026-000001/v2/person:kim/${channel}/deployment.d2`, channel, out))
  return { priority, deployments: after.deployments.map((one) => ({ ...one, requestedAt: begin, ...(said === null ? { state: 'no-answer' as const } : { state: 'accepted' as const, acceptedAt: later(said) }) })) }
}

it('seconds to mobilise are those from the request to the word that they come, by the channel of the message that was out first', () => {
  const incidents = [told('sms', 2, 40), told('sms', 4, 60), told('sms', 3, null, 'P2'), told('voice', 20, 200)]
  const rows = mobilisingOf(incidents, begin, later(1))
  expect(rows.map(({ channel, priority, asked, mobilised, silent }) => [channel, priority, asked, mobilised, silent])).toEqual([['sms', null, 3, 2, 1], ['sms', 'P1', 2, 2, 0], ['sms', 'P2', 1, 0, 1], ['voice', null, 1, 1, 0], ['voice', 'P1', 1, 1, 0]])
  expect(rows[0]).toMatchObject({ queueMsP50: 3_000, confirmMsP50: 38_000, mobiliseMsP50: 40_000, mobiliseMsP90: 60_000 })
  expect(rows[2]).toMatchObject({ mobiliseMsP50: null })
  expect(mobilisingOf(incidents, later(1), later(2))).toEqual([])
})

it('the first message that is out is the channel; what no message brought has none', () => {
  const first = deploymentReceipt(record(), receipt('INC-2026-000001/v2/person:kim/sms/deployment.d2', 'sms', 2))
  const second = deploymentReceipt(first, receipt('INC-2026-000001/v2/person:kim/voice/deployment.d2', 'voice', 9))
  expect(second.deployments[0]).toMatchObject({ state: 'alerted', alertedAt: later(2), alertedBy: 'sms' })
  expect(mobilisingOf([record()], begin, later(60)).map(({ channel }) => channel)).toEqual(['none', 'none'])
  // The version before this one kept when the message was out, and not by which channel.
  const older = first.deployments.map(({ alertedBy: _alertedBy, ...rest }) => rest)
  expect(mobilisingOf([{ priority: 'P1', deployments: older }], begin, later(60)).map(({ channel }) => channel)).toEqual(['unknown', 'unknown'])
})

it('a thing is alerted when the room or machine that is meant for it has heard; what is put in place at once was not asked for', () => {
  const asked = record({ person: null, resource: 'carrier' })
  expect(asked.deployments[0]).toMatchObject({ id: 'd2', state: 'requested' })
  expect(deploymentReceipt(asked, receipt('INC-2026-000001/v2/deployment.asked/webhook:noc', 'webhook', 3)).deployments[0]).toMatchObject({ state: 'alerted', alertedAt: later(3), alertedBy: 'webhook' })
  expect(mobilisingOf([record({ person: null, resource: 'carrier', inPlace: true })], begin, later(60))).toEqual([])
})

it('of a drill, a draft and what was merged away no request is told', () => {
  const sent = record()
  expect(ofMobilising(sent).deployments).toHaveLength(sent.deployments.length)
  for (const more of [{ drill: true }, { state: 'draft' }, { state: 'merged' }] as const) expect(ofMobilising({ ...sent, ...more })).toEqual({ queue: sent.queue, priority: sent.priority, deployments: [] })
})
