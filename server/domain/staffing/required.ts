import { erlangA } from './erlang-a.ts'
import { erlangC, offeredErlangs, type Load } from './erlang.ts'

export interface Required {
  /** Not rounded: several queues are added first and rounded once (METRICS section 7). */
  readonly people: number
  readonly by: 'erlang-a' | 'erlang-c'
}

/** No house has more. */
const MOST = 10_000

/** People that reach the target, between the whole number that just does and the one below; Erlang A where patience is known. Null for a target that no number reaches. */
export const requiredPeople = (load: Load, { percent, patienceMs }: { readonly percent: number; readonly patienceMs: number | null }): Required | null => {
  const by = patienceMs === null ? 'erlang-c' : 'erlang-a'
  if (percent >= 1 || load.ahtMs <= 0) return null
  if (load.perHour <= 0) return { people: 0, by }
  const levelOf = (people: number): number => (patienceMs === null ? (erlangC(load, people)?.serviceLevel ?? 0) : erlangA({ ...load, patienceMs }, people).serviceLevel)
  let people = Math.max(1, Math.floor(patienceMs === null ? offeredErlangs(load) : offeredErlangs(load) / 2))
  while (people > 1 && levelOf(people - 1) >= percent) people -= 1
  let level = levelOf(people)
  let below = levelOf(people - 1)
  while (level < percent) {
    if (people >= MOST) return null
    people += 1
    below = level
    level = levelOf(people)
  }
  return { people: people - 1 + (level > below ? Math.max(0, percent - below) / (level - below) : 1), by }
}

/** Who has to be on the rota so that `people` are at work. */
export const toSchedule = (people: number, shrinkage: number): number => people / (1 - shrinkage)
