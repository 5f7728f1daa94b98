import { afterEach, beforeEach, expect, it } from '@jest/globals'
import { parseReport, type CommandInput } from '../../server/contract/incidents.ts'
import { openCommitments } from '../../server/redis/commitments.ts'
import { ada, openIncidentHouse, report, sam, type IncidentHouse } from '../support/incident-house.ts'

let house: IncidentHouse
beforeEach(async () => {
  house = await openIncidentHouse()
})
afterEach(() => house.close())

const kim = { credentialId: 'session-kim', person: { id: 'kim', name: 'the engineer' }, role: 'agent' }
const opened = async (): Promise<string> => {
  const parsed = parseReport(report)
  if (!parsed.ok) throw new Error('not accepted')
  const made = await house.incidents.create(house.site, parsed.input, sam)
  if (made.kind !== 'done') throw new Error(made.kind)
  return made.record.ref
}
const order = async (ref: string, command: CommandInput, by = sam) => {
  const result = await house.incidents.command(house.site, ref, command, by)
  return result.kind === 'refused' ? result.refusal.code : result.kind === 'done' ? (result.record.deployments.at(-1)?.state ?? '') : result.kind
}
const asked = async (): Promise<string> => {
  const ref = await opened()
  await order(ref, { type: 'deploy', person: 'kim', reason: 'the only one with a key' })
  return ref
}
const idOf = async (ref: string): Promise<string> => (await house.incidents.record(house.site, ref))?.deployments[0]?.id ?? ''

it('nobody is on two P1 incidents, whoever asks and however much at once; a duty manager moves them, and the other incident hears of it', async () => {
  house.people({ people: [...(await house.directory(house.site)).people, { id: 'kim', aliases: [], role: 'agent', teams: [], onDuty: false }] })
  const [first, second] = [await asked(), await asked()]
  const comes = async (ref: string) => order(ref, { type: 'confirm-deployment', deployment: await idOf(ref), answer: 'on-task' }, kim)
  const both = await Promise.all([comes(first), comes(second)])
  expect([...both].sort()).toEqual(['committed_elsewhere', 'on-task'])
  const [has, wants] = both[0] === 'on-task' ? [first, second] : [second, first]
  await order(wants, { type: 'release-deployment', deployment: await idOf(wants) })

  expect(await order(wants, { type: 'deploy', person: 'kim', reason: 'graver', preempt: true })).toBe('committed_elsewhere')
  expect(await order(wants, { type: 'deploy', person: 'kim', reason: 'graver', preempt: true }, ada)).toBe('requested')
  expect(await order(has, { type: 'note', text: 'seen' })).toBe('reassigned')
  expect((await house.incidents.timeline(house.site, has, 0, 100))?.items.map(({ type, data }) => [type, data['to'] ?? null])).toContainEqual(['deployment-ended', wants])
  expect((await openCommitments(house).of(house.site)).all).toMatchObject([{ person: 'kim', ref: wants, confirmed: false }])
})

it('an incident that is merged takes its people along', async () => {
  const [from, into] = [await opened(), await opened()]
  await order(from, { type: 'deploy', person: 'ada', text: 'Call the carrier' })
  await order(from, { type: 'confirm-deployment', deployment: await idOf(from), answer: 'on-task' }, ada)
  await order(from, { type: 'merge', into })
  expect((await house.incidents.get(house.site, into))?.deployments).toMatchObject([{ person: { id: 'ada' }, state: 'on-task', text: 'Call the carrier' }])
  expect((await openCommitments(house).of(house.site)).all).toMatchObject([{ person: 'ada', ref: into }])
})

it('a record that an older version wrote, as a floor still holds it, is shown as any other', async () => {
  const record = await house.incidents.record(house.site, await opened())
  if (record === null) throw new Error('gone')
  const { deployments: _deployments, majorIncident: _majorIncident, problem: _problem, pir: _pir, help: _help, ...old } = record
  const [row] = await house.incidents.rows(house.site, [old as typeof record], record.changedAt)
  expect(row).toMatchObject({ ref: record.ref, deployments: [] })
  expect(old).not.toHaveProperty('deployments')
})
