import { META, NONE, type StagedFact } from '../legs.ts'
import { CELL, CELLS, reasonBits, type FactBatch } from './fact-batch.ts'
import { KIND } from './fact-kinds.ts'

/** One fact of a batch into the registers. `queue` and `source` are the floor's numbers, `at` is within its clock. */
export const stageFact = (batch: FactBatch, index: number, queue: number, source: number, at: number, staged: StagedFact): void => {
  const cells = batch.cells
  const o = index * CELLS
  const kind = cells[o + CELL.kind]
  staged.kind = kind
  staged.at = at
  staged.queue = queue
  staged.meta = cells[o + CELL.meta] | kind | (source << META.source)
  staged.agent = cells[o + CELL.agent]
  staged.v1 = cells[o + CELL.v1]
  staged.v2 = cells[o + CELL.v2]
  staged.wait = cells[o + CELL.wait]
}

/** A fact the fold itself concludes: the contact is gone, nobody said how. */
export const stageLost = (at: number, why: 'restart' | 'snapshot' | 'superseded', source: number, staged: StagedFact): void => {
  staged.kind = KIND.lost
  staged.at = at
  staged.queue = NONE
  staged.agent = NONE
  staged.v1 = NONE
  staged.v2 = NONE
  staged.wait = NONE
  staged.meta = KIND.lost | (source << META.source) | reasonBits(why)
}
