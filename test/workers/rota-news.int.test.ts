import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { defaultSettings, rotasOf, type SettingsDocument } from '../../server/contract/settings.ts'
import { changedFor, turnsBetween } from '../../server/domain/escalation/rota-news.ts'
import { rotaOf } from '../../server/domain/escalation/rota.ts'
import { DAY, instantOf, isoOf, MINUTE } from '../../server/domain/time.ts'
import { openIncidentLists } from '../../server/redis/incident-lists.ts'
import { openRotaNews, type RotaNewsPart } from '../../workers/rota-news.ts'
import { openRotaText, type RotaText } from '../../workers/rota-text.ts'
import { ada, ladder, sam } from '../support/incident-house.ts'
import { at } from '../support/incident-story.ts'
import { openPageHouse, plan, type PageHouse } from '../support/page-house.ts'

const rota = (overrides: SettingsDocument['rotas'][string]['overrides'] = []): SettingsDocument['rotas'][string] => ({ name: 'Duty', timeZone: 'Europe/London', layers: [{ people: ['sam'], startsOn: '2026-01-01', handoverAt: '09:00', everyDays: 7 }], swaps: [], overrides })
const documentWith = (duty: SettingsDocument['rotas'][string]): SettingsDocument => ({ ...defaultSettings, rotas: { duty } })

let house: PageHouse
let news: RotaNewsPart
let text: RotaText
let versions: readonly SettingsDocument[]
const workers: RotaNewsPart[] = []
const opened = () => {
  const { site, log, outbox, incidentLog } = house
  const lists = openIncidentLists(house)
  const now = async (asked: string) => (await incidentLog.read(asked, '')).now
  const part = openRotaNews({ sites: () => [site], directory: house.directory, outbox, lists, timeZoneOf: () => 'Europe/London', onSettings: () => () => undefined, now, log, everyMs: null, settings: async (_site, version = versions.length - 1) => ({ version, savedAt: version === versions.length - 1 ? instantOf(Date.now()) : null, document: versions[version] ?? defaultSettings }) })
  workers.push(part)
  text = openRotaText({ directory: house.directory, lists, texts: house.sealed.texts, now, publicUrl: 'https://floor.example.org' })
  return part
}
beforeEach(async () => {
  house = await openPageHouse({ policy: ladder([{ targets: [{ role: 'supervisor' }], waitMs: 3_600_000 }]), contacts: { sam: plan(['push']), ada: plan(['mail', 'push']) } })
  save(rota())
  versions = [documentWith(rota())]
  news = opened()
})
afterEach(async () => {
  for (const part of workers.splice(0)) part.close()
  await house.close()
})
const save = (duty: SettingsDocument['rotas'][string]) => {
  house.people({ rotas: rotasOf(documentWith(duty), 'Europe/London') })
  versions = [...(versions ?? []), documentWith(duty)]
}
const rows = async () => (await house.notificationLog.newest(house.site, { below: null, count: 100 })).map(({ delivery }) => delivery).filter(({ ref }) => ref === '')
const lines = async () => Promise.all((await rows()).map(async (row) => [row.type, row.person, (await text(house.site, row))?.subject ?? null, ...((await text(house.site, row))?.lines ?? [])].join(' | ')))

describe('a turn', () => {
  it('is told to whoever comes, with what is open, and to whoever goes and owns something; each once, by however many workers', async () => {
    const [mine, free] = [await house.open({ title: 'Card payments fail' }), await house.open({ impact: 3, urgency: 3, title: 'One desk is dark' })]
    await house.incidents.command(house.site, mine.ref, { type: 'acknowledge' }, sam)
    const now = Date.now()
    save(rota([{ from: isoOf(instantOf(now - MINUTE)), to: isoOf(instantOf(now + DAY)), person: 'ada' }]))
    const second = opened()
    await Promise.all([news.look(house.site), second.look(house.site)])
    await news.look(house.site)
    const told = await lines()
    expect(told.filter((line) => line.startsWith('rota.handover'))).toHaveLength(2)
    expect(told).toContainEqual(expect.stringMatching(new RegExp(`^rota.handover \\| ada \\| You are on call now: Duty \\| Until .+ \\| Open: 2 \\| .*${free.ref} One desk is dark, nobody has it.*\\[P1\\] ${mine.ref} Card payments fail$`)))
    expect(told).toContainEqual(`rota.handover | sam | Your turn in Duty is over | You still own, and may offer to whoever is on call now: | [P1] ${mine.ref} Card payments fail`)
    await house.incidents.command(house.site, mine.ref, { type: 'offer-handover', to: 'ada' }, sam)
    await house.incidents.command(house.site, mine.ref, { type: 'accept-handover' }, ada)
    // Handed over before the message left: it is not so any more.
    expect((await lines()).filter((line) => line.startsWith('rota.handover | sam'))).toEqual(['rota.handover | sam | '])
  })

  it('that was long ago is told to nobody', async () => {
    const now = Date.now()
    save(rota([{ from: isoOf(instantOf(now - 20 * MINUTE)), to: isoOf(instantOf(now + DAY)), person: 'ada' }]))
    await news.look(house.site)
    expect((await rows()).map(({ type }) => type).filter((type) => type === 'rota.handover')).toEqual([])
  })
})

describe('an edited rota', () => {
  it('is told to those whose turns of the next 14 days it changes, once for each version', async () => {
    const now = Date.now()
    save(rota([{ from: isoOf(instantOf(now + 2 * DAY)), to: isoOf(instantOf(now + 3 * DAY)), person: 'ada' }]))
    await news.look(house.site)
    await opened().look(house.site)
    expect((await lines()).sort()).toEqual([expect.stringMatching(/^rota\.changed \| ada \| Your turns in Duty have changed \| Your next turns: \| .+ to .+$/), expect.stringMatching(/^rota\.changed \| sam \| /)])
  })

  it('by what does not touch the coming days is told to nobody', async () => {
    const now = Date.now()
    save(rota([{ from: isoOf(instantOf(now + 20 * DAY)), to: isoOf(instantOf(now + 21 * DAY)), person: 'ada' }]))
    await news.look(house.site)
    expect(await rows()).toEqual([])
  })
})

it('turns and changes are those of people, not of reasons', () => {
  const layer = { people: ['ann', 'bob'], startsOn: '2026-03-02', handoverAt: '09:00', everyDays: 1, week: null }
  const settings = { name: 'duty', timeZone: 'Europe/London', layers: [layer], swaps: [], overrides: [] }
  const same = { from: at('2026-03-03T12:00:00Z'), to: at('2026-03-03T15:00:00Z'), person: 'bob', replaces: null }
  expect(turnsBetween(rotaOf({ ...settings, overrides: [same] }), at('2026-03-03T08:00:00Z'), at('2026-03-03T20:00:00Z'))).toEqual([{ at: at('2026-03-03T09:00:00Z'), comes: 'bob', goes: 'ann' }])
  expect(changedFor(rotaOf(settings), rotaOf({ ...settings, overrides: [same] }), at('2026-03-03T08:00:00Z'))).toEqual([])
  expect(changedFor(undefined, rotaOf(settings), at('2026-03-03T08:00:00Z'))).toEqual(['ann', 'bob'])
})
