import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { parseReport } from '../../server/contract/incidents.ts'
import { openIncidentAudit, type IncidentAudit } from '../../server/redis/incident-audit.ts'
import { openIncidentHouse, report, sam, type IncidentHouse } from '../support/incident-house.ts'
import { freshSeed, seeded } from '../support/seeded.ts'

let house: IncidentHouse
let audit: IncidentAudit
const refs: string[] = []
beforeAll(async () => {
  house = await openIncidentHouse()
  audit = openIncidentAudit(house)
  const parsed = parseReport(report)
  if (!parsed.ok) throw new Error('not accepted')
  for (let i = 0; i < 6; i += 1) {
    const result = await house.incidents.create(house.site, parsed.input, sam)
    if (result.kind !== 'done') throw new Error(result.kind)
    refs.push(result.record.ref)
    await house.incidents.command(house.site, result.record.ref, { type: 'acknowledge' }, sam)
    await house.incidents.command(house.site, result.record.ref, { type: 'note', text: `Note ${i}` }, sam)
  }
})
afterAll(() => house.close())

describe('the audit chain', () => {
  it('holds as it was written, and erasing a text leaves it whole', async () => {
    expect(await audit.verify(house.site)).toMatchObject({ ok: true, links: 18 })
    await house.redis.del(house.keys.site(house.site).texts)
    expect(await audit.verify(house.site)).toMatchObject({ ok: true, links: 18 })
  })

  const seed = freshSeed()
  /** `TAMPERINGS=1000` for the recorded run. */
  const tamperings = Number(process.env['TAMPERINGS'] ?? 40)
  it(`shows ${tamperings} of ${tamperings} changes, removals, exchanges and cuts (TEST_SEED=${seed})`, async () => {
    const random = seeded(seed)
    const at = house.keys.site(house.site)
    const anchor = await audit.head(house.site)
    if (anchor === null) throw new Error('no head')
    const links = (await house.redis.xRange(at.audit, '-', '+')) ?? []
    const restore = async () => {
      await house.redis.del(at.audit)
      for (const { id, message } of links) await house.redis.xAdd(at.audit, id, message)
    }
    for (let run = 0; run < tamperings; run += 1) {
      const index = random.int(0, links.length - 1)
      const kind = random.pick(['change', 'remove', 'cut', 'event', 'exchange'] as const)
      const chosen = links[index]
      if (chosen === undefined) throw new Error('no link')
      const context = `${kind} at ${index}`
      if (kind === 'event') {
        const ref = random.pick(refs)
        const key = at.incidentEvents(ref)
        const [first] = (await house.redis.xRange(key, '1-0', '1-0')) ?? []
        const rest = (await house.redis.xRange(key, '(1-0', '+')) ?? []
        await house.redis.del(key)
        await house.redis.xAdd(key, '1-0', { e: String(first?.message['e']).replace('"P1"', '"P4"') })
        for (const { id, message } of rest) await house.redis.xAdd(key, id, message)
        expect([context, (await audit.verify(house.site, anchor)).ok]).toEqual([context, false])
        await house.redis.del(key)
        for (const { id, message } of [...(first === undefined ? [] : [first]), ...rest]) await house.redis.xAdd(key, id, message)
        continue
      }
      await house.redis.del(at.audit)
      const other = links[(index + 1) % links.length]
      const tampered = links.flatMap((link, place) => {
        if (kind === 'cut') return place >= index ? [] : [link]
        if (place !== index) return kind === 'exchange' && link === other ? [{ id: link.id, message: chosen.message }] : [link]
        if (kind === 'remove') return []
        return [{ id: link.id, message: kind === 'exchange' && other !== undefined ? other.message : { ...link.message, v: String(Number(link.message['v']) + 1) } }]
      })
      for (const { id, message } of tampered) await house.redis.xAdd(at.audit, id, message)
      expect([context, (await audit.verify(house.site, anchor)).ok]).toEqual([context, false])
      await restore()
    }
    expect(await audit.verify(house.site, anchor)).toMatchObject({ ok: true })
  })
})
