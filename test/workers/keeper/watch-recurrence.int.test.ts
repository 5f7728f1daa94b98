import { afterAll, beforeAll, expect, it } from '@jest/globals'
import type { Incident } from '../../../server/contract/rows.ts'
import { instantOf } from '../../../server/domain/time.ts'
import { openIncidentLists } from '../../../server/redis/incident-lists.ts'
import type { Replica } from '../../../server/replica/replica.ts'
import { watchRecurrence } from '../../../workers/keeper/watch-recurrence.ts'
import { handReplica } from '../../support/hand-replica.ts'
import { ada, openIncidentHouse, report, sam, type IncidentHouse } from '../../support/incident-house.ts'
import { until } from '../../support/until.ts'

let house: IncidentHouse
beforeAll(async () => { house = await openIncidentHouse() })
afterAll(() => house.close())

const logged = async (): Promise<string> => {
  const made = await house.incidents.create(house.site, report, sam)
  if (made.kind !== 'done') throw new Error(made.kind)
  return made.record.ref
}
/** What it finds when it gets the lease: it compares, it need not have been there. */
const watch = async (): Promise<void> => {
  const part = await watchRecurrence({ lists: openIncidentLists(house), incidents: house.incidents, now: () => instantOf(Date.now()), log: house.log })({ site: house.site, replica: handReplica(house.site) as unknown as Replica, fence: 1, holds: () => true })
  await part.close()
}
const problems = async (): Promise<readonly Incident[]> => (await house.incidents.list(house.site, { states: null, priorities: null, types: ['problem'], words: null, area: null, below: null, limit: 10 })).items

it('the third of a kind makes a problem and proposes a major incident, once; what comes after the fix opens it again', async () => {
  const refs = [await logged(), await logged(), await logged()]
  await watch()
  await watch()
  const [problem, ...others] = await problems()
  expect(others).toEqual([])
  expect(problem).toMatchObject({ category: 'technology', service: 'Payments', priority: 'P2', problem: { stage: 'logged', proposed: true, linked: 3, incidents: refs } })
  const first = await house.incidents.get(house.site, refs[0] ?? '')
  expect(first).toMatchObject({ problemRef: problem?.ref, major: false, majorIncident: { stage: 'standby' } })
  const ref = problem?.ref ?? ''
  await house.incidents.command(house.site, ref, { type: 'declare-known-error', workaround: 'Take the number and ring back' }, sam)
  await house.incidents.command(house.site, ref, { type: 'fix', text: 'The router was replaced', watchDays: 14 }, sam)
  expect((await problems())[0]).toMatchObject({ state: 'resolved', problem: { stage: 'fixed', workaround: 'Take the number and ring back', proposed: false } })
  const again = await logged()
  await watch()
  expect((await problems())[0]).toMatchObject({ state: 'in-progress', problem: { stage: 'known-error', recurrences: 1, linked: 4 } })
  const reader = await house.incidents.timeline(house.site, ref, 0, 50)
  expect(reader?.items.map(({ type }) => type)).toEqual(expect.arrayContaining(['opened', 'incident-linked', 'known-error-declared', 'problem-fixed', 'problem-recurred']))
  // Another link is a person's to make, with the reason, and both sides know of it.
  await house.incidents.command(house.site, again, { type: 'link-problem', problem: null, reason: 'Another fault' }, ada)
  expect((await problems())[0]).toMatchObject({ problem: { linked: 3 } })
  expect(await house.incidents.command(house.site, again, { type: 'link-problem', problem: refs[0] ?? '' }, ada)).toMatchObject({ kind: 'refused', refusal: { code: 'unknown_problem' } })
})

it('an order that failed is given again at the next incident', async () => {
  const own = await openIncidentHouse()
  try {
    const lists = openIncidentLists(own)
    const log = async (): Promise<void> => void (await own.incidents.create(own.site, report, sam))
    for (let n = 0; n < 3; n += 1) await log()
    let lost = 0
    const incidents: Pick<typeof own.incidents, 'create' | 'command'> = {
      create: own.incidents.create,
      command: async (...order) => {
        if (lost++ === 0) throw new Error('the connection was lost')
        return own.incidents.command(...order)
      },
    }
    const replica = handReplica(own.site)
    const part = await watchRecurrence({ lists, incidents, now: () => instantOf(Date.now()), log: own.log })({ site: own.site, replica: replica as unknown as Replica, fence: 1, holds: () => true })
    await log()
    const [newest] = await lists.newest(own.site, { below: null, count: 1, activeOnly: false })
    if (newest === undefined) throw new Error('nothing was logged')
    replica.incidents.set(newest.ref, newest)
    replica.entry({ incidents: [newest.ref] })
    const proposed = await until('a proposal', async () => (await own.incidents.list(own.site, { states: null, priorities: null, types: ['incident'], words: null, area: null, below: null, limit: 10 })).items.find(({ majorIncident }) => majorIncident != null), 5_000)
    await part.close()
    expect(own.log.lines.filter(({ level }) => level === 'error')).toMatchObject([{ text: expect.stringContaining('tried again') }])
    expect(proposed).toMatchObject({ service: 'Payments', major: false, majorIncident: { stage: 'standby' } })
  } finally {
    await own.close()
  }
})
