import type { IntervalRow } from '../../server/contract/rows.ts'

export interface QuarterLevels {
  readonly below: number
  /** Quarter hours that have a level: one without is neither below its target nor on it. */
  readonly judged: number
  /** What each is held against: the target of its time. */
  readonly targets: readonly number[]
}

/** A row of an older version does not say its target: it is held against the present one. */
export const quarterLevels = (rows: readonly (Pick<IntervalRow, 'serviceLevel'> & Partial<Pick<IntervalRow, 'targetPercent'>>)[], present: number): QuarterLevels => {
  const held = rows.map(({ serviceLevel, targetPercent }) => ({ level: serviceLevel, target: targetPercent ?? present }))
  const judged = held.filter(({ level }) => level !== null)
  return { below: judged.filter(({ level, target }) => level !== null && level < target).length, judged: judged.length, targets: held.map(({ target }) => target) }
}
