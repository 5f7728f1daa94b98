import { MARK } from './agent-stories.ts'
import { hasWrapUp, type LegView } from './leg-view.ts'

/** What a leg tells of its agents: marks of their stories that its rings, conversations, wrap-ups and calls back set. */

/** Takes an agent, an instant and what the mark says; `sign` -1 takes it back. */
export type TellAgent = (number: number, at: number, what: number, sign: number) => void

const NOBODY = -1

/** Takes back what the leg told before and holds no more, and tells what is new. */
export const tellLeg = (tell: TellAgent, before: LegView, after: LegView): void => {
  const parts = Math.max(before.handlings, after.handlings)
  for (let i = 0; i < parts; i++) {
    const [of, by] = [i < before.handlings ? before.agent[i] : NOBODY, i < after.handlings ? after.agent[i] : NOBODY]
    stretch(tell, MARK.talks, of, before.answeredAt[i], before.endedAt[i], by, after.answeredAt[i], after.endedAt[i])
    stretch(tell, MARK.wrapsUp, of >= 0 && hasWrapUp(before, i) ? of : NOBODY, before.endedAt[i], before.freeAt[i], by >= 0 && hasWrapUp(after, i) ? by : NOBODY, after.endedAt[i], after.freeAt[i])
  }
  const dials = Math.max(before.dials, after.dials)
  for (let i = 0; i < dials; i++) stretch(tell, MARK.talks, i < before.dials ? before.dialAgent[i] : NOBODY, before.dialAt[i], before.dialUntil[i], i < after.dials ? after.dialAgent[i] : NOBODY, after.dialAt[i], after.dialUntil[i])
  const rings = Math.max(before.rings, after.rings)
  for (let i = 0; i < rings; i++) stretch(tell, MARK.rings, i < before.rings ? before.rungAgent[i] : NOBODY, before.rungAt[i], before.rungUntil[i], i < after.rings ? after.rungAgent[i] : NOBODY, after.rungAt[i], after.rungUntil[i])
}

/** The mark that ends a stretch is the one after that which begins it; `to` 0 while it lasts. */
const stretch = (tell: TellAgent, begins: number, of: number, wasFrom: number, wasTo: number, by: number, from: number, to: number): void => {
  if (of === by && wasFrom === from) {
    if (of === NOBODY || wasTo === to) return
    if (wasTo !== 0) tell(of, wasTo, begins + 1, -1)
    if (to !== 0) tell(by, to, begins + 1, 1)
    return
  }
  if (of !== NOBODY) {
    tell(of, wasFrom, begins, -1)
    if (wasTo !== 0) tell(of, wasTo, begins + 1, -1)
  }
  if (by === NOBODY) return
  tell(by, from, begins, 1)
  if (to !== 0) tell(by, to, begins + 1, 1)
}

/** All marks of the leg. */
export const eachMark = (view: LegView, visit: (number: number, at: number, what: number) => void): void => {
  const all = (begins: number, number: number, from: number, to: number): void => {
    visit(number, from, begins)
    if (to !== 0) visit(number, to, begins + 1)
  }
  for (let i = 0; i < view.handlings; i++) {
    all(MARK.talks, view.agent[i], view.answeredAt[i], view.endedAt[i])
    if (hasWrapUp(view, i)) all(MARK.wrapsUp, view.agent[i], view.endedAt[i], view.freeAt[i])
  }
  for (let i = 0; i < view.dials; i++) all(MARK.talks, view.dialAgent[i], view.dialAt[i], view.dialUntil[i])
  for (let i = 0; i < view.rings; i++) all(MARK.rings, view.rungAgent[i], view.rungAt[i], view.rungUntil[i])
}
