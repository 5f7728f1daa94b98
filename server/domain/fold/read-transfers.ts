import type { ContactTransfer } from '../contact-figures.ts'
import { FACT_STRIDE, LEG, LEG_STRIDE, NONE } from '../legs.ts'
import { instantOf } from '../time.ts'
import { KIND, SAME_MOMENT_MS } from './fact-kinds.ts'
import type { FloorState } from './floor-state.ts'
import { HANDLING, LegView } from './leg-view.ts'
import { transferWordsIn, type TransferWords } from './transfer-words.ts'

const NOTHING_TOLD: TransferWords = { kind: null, toQueue: null, toAgent: null, external: false }

/** Two sources may tell of one transfer: the first word on each thing counts. */
const merged = (all: readonly TransferWords[]): TransferWords =>
  all.reduce((known, one) => ({ kind: known.kind ?? one.kind, toQueue: known.toQueue ?? one.toQueue, toAgent: known.toAgent ?? one.toAgent, external: known.external || one.external }), NOTHING_TOLD)

/** What was told of the leg's transfers: notes are kept by contact, since facts may move between its visits. */
const toldOf = ({ legs }: FloorState, leg: number): readonly (readonly [at: number, agent: number, words: TransferWords])[] => {
  const notes = legs.transfers.get(legs.contactOf(leg)) ?? []
  const own = new Set<string>()
  for (let fact = legs.cells[leg * LEG_STRIDE + LEG.head]; fact !== NONE; fact = legs.facts[fact * FACT_STRIDE]) {
    const f = fact * FACT_STRIDE
    if ((legs.facts[f + 1] & 31) === KIND.transferred) own.add(`${legs.baseOf(leg) + legs.facts[f + 2]} ${legs.facts[f + 3]}`)
  }
  return notes.filter(([at, agent]) => own.has(`${at} ${agent}`)).map(([at, agent, words]) => [at, agent, transferWordsIn(words)])
}

/** The queue of the contact's next visit, which a transfer that names no destination led to. */
const nextQueue = (state: FloorState, leg: number, at: number): string | null => {
  const { legs, queues } = state
  const view = new LegView()
  let [found, since] = [NONE, Infinity]
  for (let other = legs.contacts.first[legs.contactOf(leg)]; other !== NONE; other = legs.cells[other * LEG_STRIDE + LEG.next]) {
    if (other === leg || legs.cells[other * LEG_STRIDE + LEG.queue] === NONE) continue
    state.reader.read(other, view)
    if (view.offered && view.queuedAt >= at - SAME_MOMENT_MS && (view.queuedAt < since || (view.queuedAt === since && view.queue < found))) [found, since] = [view.queue, view.queuedAt]
  }
  return found === NONE ? null : (queues.ids[found] ?? null)
}

/** Transfers that ended an agent's part in the leg, oldest first: as told, else where the contact is seen next. */
export const transfersOf = (state: FloorState, leg: number, view: LegView): readonly ContactTransfer[] => {
  const parts = Array.from({ length: view.handlings }, (_, i) => i)
  const passed = parts.filter((i) => (view.flags[i] & HANDLING.transferred) !== 0)
  const told = toldOf(state, leg)
  const mine = told.map(([at, agent]) => {
    const fits = passed.filter((i) => agent === NONE || view.agent[i] < 0 || view.agent[i] === agent)
    return fits.reduce((best, i) => (best === NONE || Math.abs(view.endedAt[i] - at) < Math.abs(view.endedAt[best] - at) ? i : best), NONE)
  })
  return passed.map((i) => {
    const { kind, toQueue, toAgent, external } = merged(told.flatMap(([, , words], index) => (mine[index] === i ? [words] : [])))
    const head = { at: instantOf(view.endedAt[i]), handledAt: view.countedAt[i] === 0 ? null : instantOf(view.countedAt[i]), by: view.agent[i] < 0 ? null : view.agent[i], kind }
    if (external) return { ...head, to: 'external', toQueue: null, toAgent: null }
    if (toAgent !== null) return { ...head, to: 'agent', toQueue, toAgent }
    if (toQueue !== null) return { ...head, to: 'queue', toQueue, toAgent: null }
    const taker = parts.find((other) => other > i && view.agent[other] >= 0 && view.agent[other] !== view.agent[i])
    if (taker !== undefined) return { ...head, to: 'agent', toQueue: null, toAgent: view.agent[taker] ?? null }
    const next = nextQueue(state, leg, view.endedAt[i])
    return { ...head, to: next === null ? null : 'queue', toQueue: next, toAgent: null }
  })
}
