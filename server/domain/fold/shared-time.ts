import { LEG, LEG_STRIDE, NONE, type LegTable } from '../legs.ts'
import type { AgentTable } from './agents.ts'
import type { LegReader } from './leg-reader.ts'
import { contactEnd, LegView } from './leg-view.ts'
import { KEPT, sameParts, sharedPart, type SharedPart } from './shared-part.ts'
import { sharedMs, type Stretch } from './stretches.ts'

/** What changed of an agent's contact time since it was last shared out. */
interface Changed {
  from: number
  to: number
  /** Instant of the earliest fact behind it. */
  at: number
  readonly legs: Set<number>
}

/** Columns of what stands of an agent. */
const [OPEN, LAST, ALONE, STRIDE] = [0, 1, 2, 4]

type TellParts = (leg: number, parts: readonly SharedPart[], at: number) => void

/**
 * Shares an agent's contact time among the conversations they have at once (METRICS section 3): while k of them are open each gets 1/k of the
 * wall time. A function of the legs that the fold holds, whatever came first. Who has one conversation after the other costs a comparison;
 * the others' contact time is read from their legs when it has to be shared, and kept until the fold forgets.
 */
export class SharedTime {
  readonly #legs: LegTable
  readonly #reader: LegReader
  readonly #agents: AgentTable
  readonly #view = new LegView()
  /** By agent, side by side: conversations that run, the latest end of the others, and whether the one that runs or ran last met none of them. */
  #standing = new Float64Array(64 * STRIDE)
  readonly #stretches = new Map<number, Stretch[]>()
  readonly #changed = new Map<number, Changed>()
  /** What lies before is told by parts that were kept. */
  #oldest = 0
  /** While a base is loaded: when the newest conversation that runs began, by agent. Parts come with the base. */
  #loading: Map<number, number> | null = null

  constructor(legs: LegTable, reader: LegReader, agents: AgentTable) {
    this.#legs = legs
    this.#reader = reader
    this.#agents = agents
  }

  /** Whether nothing is known of that agent, by number, that ended after `at`: what begins or ends then changes the share of nothing that is over. */
  isInOrder(number: number, at: number): boolean {
    const index = this.#agents.find(number)
    const o = index * STRIDE
    return o < 0 || o >= this.#standing.length || (at >= this.#standing[o + LAST] && (this.#changed.size === 0 || !this.#changed.has(index)))
  }

  /** A conversation begins, in order. */
  begins(leg: number, number: number, at: number): void {
    const index = this.#agents.find(number)
    if (index * STRIDE >= this.#standing.length) this.#grow(index)
    const o = index * STRIDE
    this.#standing[o + ALONE] = this.#standing[o + OPEN] === 0 ? 1 : 0
    this.#standing[o + OPEN]++
    if (this.#stretches.size > 0) this.#stretches.get(index)?.push({ leg, from: at, to: Infinity })
  }

  /** A conversation ends at `to`, in order; or, told of `wasTo` before, its wrap-up. Its part, where the agent had others at once. */
  ends(leg: number, number: number, from: number, wasTo: number, to: number): SharedPart | undefined {
    const index = this.#agents.find(number)
    const o = index * STRIDE
    if (wasTo === Infinity) this.#standing[o + OPEN]--
    const alone = this.#standing[o + ALONE] === 1 && this.#standing[o + OPEN] === 0 && this.#legs.cells[leg * LEG_STRIDE + LEG.shared] === 0
    // What began during the wrap-up meets it.
    if (this.#standing[o + OPEN] > 0) this.#standing[o + ALONE] = 0
    this.#standing[o + LAST] = to
    const known = alone ? this.#stretches.get(index) : this.#stretchesOf(index)
    const stretch = known?.findLast((one) => one.leg === leg && one.from === from)
    if (stretch !== undefined) stretch.to = to
    if (alone || stretch === undefined) return undefined
    const ms = this.#msOf(index, stretch, to)
    const part = ms < to - from ? { agent: number, from, to, ms } : undefined
    const before = this.#legs.cells[leg * LEG_STRIDE + LEG.shared] === 0 ? undefined : this.#legs.shared.get(leg)
    const kept = before === undefined || from >= this.#oldest ? [] : before.filter((one) => one.to === KEPT)
    if (part !== undefined) kept.push(part)
    if (kept.length > 0 || before !== undefined) this.#legs.share(leg, kept)
    return part
  }

  /** The leg's handlings are others than before. `at` is the instant of the fact, or the clock's when time caused the change. */
  replace(leg: number, before: LegView, after: LegView, at: number): void {
    const [was, is] = [before.exists ? before.handlings : 0, after.exists ? after.handlings : 0]
    for (let i = 0; i < was || i < is; i++) {
      const [of, by] = [i < was ? before.agent[i] : NONE, i < is ? after.agent[i] : NONE]
      if (of < 0 && by < 0) continue
      if (of === by && before.answeredAt[i] === after.answeredAt[i] && contactEnd(before, i) === contactEnd(after, i)) continue
      const old = of < 0 ? null : { leg, from: before.answeredAt[i], to: contactEnd(before, i) }
      const next = by < 0 ? null : { leg, from: after.answeredAt[i], to: contactEnd(after, i) }
      if (of === by) this.#change(of, old, next, at)
      else {
        if (old !== null) this.#change(of, old, null, at)
        if (next !== null) this.#change(by, null, next, at)
      }
    }
  }

  #change(number: number, was: Stretch | null, is: Stretch | null, at: number): void {
    const index = this.#agents.index(number, at)
    if (index * STRIDE >= this.#standing.length) this.#grow(index)
    const o = index * STRIDE
    const [open, last, alone, settled] = [this.#standing[o + OPEN], this.#standing[o + LAST], this.#standing[o + ALONE] === 1, !this.#changed.has(index)]
    this.#put(index, was, is)
    if (this.#loading !== null) return
    if (was === null && is?.to === Infinity && is.from >= last) {
      // What comes in order meets nothing that is over; what still runs is shared when it ends.
      this.#standing[o + ALONE] = open === 0 && settled ? 1 : 0
      return
    }
    if (alone && settled && was !== null && is !== null && was.from === is.from) {
      if (was.to === Infinity && open === 1) return
      if (open === 0 && was.to === last && is.to >= last && is.to !== Infinity) return
    }
    this.#standing[o + ALONE] = 0
    this.#note(index, was, is, at)
  }

  #put(index: number, was: Stretch | null, is: Stretch | null): void {
    const o = index * STRIDE
    if (was?.to === Infinity) this.#standing[o + OPEN]--
    if (is?.to === Infinity) {
      this.#standing[o + OPEN]++
      this.#loading?.set(index, Math.max(is.from, this.#loading.get(index) ?? 0))
    } else if (is !== null && is.to > this.#standing[o + LAST]) this.#standing[o + LAST] = is.to
    const known = this.#stretches.get(index)
    if (known === undefined) return
    const place = was === null ? NONE : known.findLastIndex(({ leg, from, to }) => leg === was.leg && from === was.from && to === was.to)
    if (place >= 0) known.splice(place, 1)
    if (is !== null) known.push(is)
  }

  /** What lies in the difference of the two is shared by others than before. */
  #note(index: number, was: Stretch | null, is: Stretch | null, at: number): void {
    const [one, other] = [was ?? is, is ?? was]
    if (one === null || other === null) return
    const from = was !== null && is !== null && was.from === is.from ? Math.min(one.to, other.to) : Math.min(one.from, other.from)
    const to = Math.max(one.to, other.to)
    const changed = this.#changed.get(index) ?? { from, to, at, legs: new Set() }
    changed.from = Math.min(changed.from, from)
    changed.to = Math.max(changed.to, to)
    changed.at = Math.min(changed.at, at)
    changed.legs.add(one.leg)
    this.#changed.set(index, changed)
  }

  /** Once for all facts of an entry: calls for each leg that is shared otherwise than it was, with its parts. */
  share(tell: TellParts): void {
    if (this.#changed.size === 0) return
    for (const [index, { from, to, at, legs }] of this.#changed) {
      const touched = new Set(legs)
      for (const stretch of this.#stretchesOf(index)) if (stretch.to !== Infinity && stretch.to > from && stretch.from < to) touched.add(stretch.leg)
      for (const leg of touched) if (this.#reader.isThere(leg)) this.#shareLeg(leg, index, at, tell)
    }
    this.#changed.clear()
  }

  #shareLeg(leg: number, index: number, at: number, tell: TellParts): void {
    const { number } = this.#agents.agents[index]
    const known = this.#legs.shared.get(leg) ?? []
    const parts = known.filter(({ agent, to }) => agent !== number || to === KEPT)
    for (const stretch of this.#stretchesOf(index)) {
      if (stretch.leg !== leg || stretch.to === Infinity) continue
      const old = sharedPart(known, number, stretch.from, stretch.to)
      // Those whom it was shared with may be forgotten.
      const ms = stretch.to <= this.#oldest && old !== undefined ? old.ms : this.#msOf(index, stretch, stretch.to)
      if (ms < stretch.to - stretch.from) parts.push({ agent: number, from: stretch.from, to: stretch.to, ms })
    }
    if (!sameParts(known, parts)) tell(leg, parts, at)
  }

  /** The stretch's own time up to `to`, with what was kept of the time before the fold looks back to. */
  #msOf(index: number, { leg, from }: Stretch, to: number): number {
    const kept = from < this.#oldest ? sharedPart(this.#legs.shared.get(leg) ?? [], this.#agents.agents[index].number, from, KEPT) : undefined
    return kept === undefined ? sharedMs(this.#stretchesOf(index), from, to) : kept.ms + sharedMs(this.#stretchesOf(index), this.#oldest, to)
  }

  #stretchesOf(index: number): Stretch[] {
    const known = this.#stretches.get(index)
    if (known !== undefined) return known
    const { number, pastLegs } = this.#agents.agents[index]
    const stretches: Stretch[] = []
    for (const leg of new Set(pastLegs)) {
      if (!this.#reader.isThere(leg)) continue
      const view = this.#reader.read(leg, this.#view)
      for (let i = 0; i < view.handlings; i++) if (view.agent[i] === number) stretches.push({ leg, from: view.answeredAt[i], to: contactEnd(view, i) })
    }
    this.#stretches.set(index, stretches)
    return stretches
  }

  /** Before legs are forgotten: what the time before `oldest` gave to those that began then and go on. */
  keep(oldest: number): void {
    const legs = this.#legs
    for (let leg = 0; leg < legs.top; leg++) {
      const o = leg * LEG_STRIDE
      if (legs.cells[o + LEG.used] === 0 || legs.baseOf(leg) + legs.cells[o + LEG.firstAt] >= oldest) continue
      if (legs.baseOf(leg) + legs.cells[o + LEG.lastAt] >= oldest || legs.cells[o + LEG.list] !== 0) this.#keepLeg(leg, oldest)
    }
    this.#oldest = oldest
  }

  #keepLeg(leg: number, oldest: number): void {
    const view = this.#reader.read(leg, this.#view)
    const known = this.#legs.shared.get(leg) ?? []
    const own = Array.from({ length: view.handlings }, (_, i) => ({ agent: view.agent[i], from: view.answeredAt[i], to: contactEnd(view, i) }))
    const goOn = own.filter(({ agent, from, to }) => agent >= 0 && from < oldest && to > oldest && (to === Infinity || sharedPart(known, agent, from, to) !== undefined))
    if (goOn.length === 0) return
    const kept = goOn.map(({ agent, from, to }): SharedPart => ({ agent, from, to: KEPT, ms: this.#msOf(this.#agents.index(agent, oldest), { leg, from, to }, oldest) }))
    this.#legs.share(leg, [...known.filter(({ to }) => to !== KEPT), ...kept])
  }

  /** A leg is forgotten. */
  drop(view: LegView): void {
    for (let i = 0; i < view.handlings; i++) if (view.agent[i] >= 0 && view.endedAt[i] === 0) this.#standing[this.#agents.find(view.agent[i]) * STRIDE + OPEN]--
  }

  /** After legs were forgotten: contact time is read anew when it is needed. */
  forget(): void {
    this.#stretches.clear()
  }

  /** The fold begins, and looks back to `oldest`. */
  start(oldest: number): void {
    this.#oldest = oldest
  }

  /** While a base is loaded nothing is shared: its legs bring their parts. */
  load(): void {
    this.#loading = new Map()
  }

  /** All legs of the base are there; `shared`: with their parts, where an earlier version wrote none. */
  loaded(shared: boolean): void {
    for (const [index, begun] of this.#loading ?? []) this.#standing[index * STRIDE + ALONE] = this.#standing[index * STRIDE + OPEN] === 1 && begun >= this.#standing[index * STRIDE + LAST] ? 1 : 0
    this.#loading = null
    if (shared) return
    for (let index = 0; index < this.#agents.agents.length; index++) this.#changed.set(index, { from: -Infinity, to: Infinity, at: this.#oldest, legs: new Set() })
  }

  #grow(index: number): void {
    const standing = new Float64Array(Math.max((index + 1) * STRIDE, this.#standing.length * 2))
    standing.set(this.#standing)
    this.#standing = standing
  }
}
