import { describe, expect, it } from '@jest/globals'
import { parseReport } from '../../server/contract/incidents.ts'
import { rulesOf } from '../../server/domain/incident/rules.ts'
import { instantOf, later } from '../../server/domain/time.ts'
import { openCommands } from '../../server/incidents/handle-command.ts'
import type { IncidentLog } from '../../server/redis/incident-log.ts'
import { report, sam } from '../support/incident-house.ts'
import { settingsWith } from '../support/incident-story.ts'

const START = instantOf(Date.parse('2026-11-29T10:00:00Z'))

/** An opening by a machine on which so much time goes by between a reading and what is written on it. */
const openedWith = async (slowMs: number) => {
  let [now, rounds, age] = [START, 0, Number.NaN]
  const apply: IncidentLog['apply'] = async (_site, { fresh, events }) => {
    rounds += 1
    now = later(now, slowMs)
    if (fresh !== undefined && now - fresh.readAt > fresh.withinMs) return { kind: 'stale' }
    age = now - (events[0]?.at ?? START)
    return { kind: 'ok', revision: '' as never, entry: '', cancelled: 0 }
  }
  const settings = settingsWith()
  const commands = openCommands({
    log: { read: async () => ({ now, record: null, known: null }), apply, nextRef: async () => 'INC-2026-000001', claimKey: async (_site, _hash, ref) => ref, remember: async () => undefined },
    rules: { current: async () => rulesOf(settings), of: async () => rulesOf(settings) },
    settings: { incidentSettings: async () => settings },
    texts: { putAll: async (_site: string, texts: readonly string[]) => texts.map((_text, index) => `t${index}`) } as never,
    names: { remember: async () => undefined, resolve: async () => new Map() },
    directory: async () => ({ people: [], rotas: {}, teams: {} }) as never,
    drills: { find: async () => null },
  })
  const parsed = parseReport(report)
  if (!parsed.ok) throw new Error('not accepted')
  const { kind } = await commands.create('north', parsed.input, sam)
  return { kind, rounds, age }
}

describe('an opening', () => {
  it('is written on a reading of just before: level 1 is due from then', async () => {
    expect(await openedWith(90)).toEqual({ kind: 'done', rounds: 1, age: 90 })
  })

  it('is decided a few times on a slow machine, with more patience each time', async () => {
    expect(await openedWith(150)).toEqual({ kind: 'done', rounds: 2, age: 150 })
    expect(await openedWith(1_500)).toEqual({ kind: 'done', rounds: 5, age: 1_500 })
  })

  it('is not decided over and over while nothing is quick enough: each round would slow the others', async () => {
    expect(await openedWith(1_900)).toEqual({ kind: 'done', rounds: 6, age: 1_900 })
  })
})
