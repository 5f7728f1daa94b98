/** An agent's contact time in one leg, from connected to the end of its wrap-up; `to` is Infinity while the conversation runs. */
export interface Stretch {
  readonly leg: number
  readonly from: number
  to: number
}

/**
 * Active time of one conversation, ms: the integral of dt / k(t) over [from, to), where k(t) is how many of the agent's conversations are open at
 * t, its own among them ("wall time shared equally among the agent's open conversations", METRICS section 3). With A(t) the integral from any
 * beginning on it is A(to) - A(from), so that over all of an agent's conversations the sum is the union of their time. `stretches` are all of the agent's.
 */
export const sharedMs = (stretches: readonly Stretch[], from: number, to: number): number => {
  let [open, count] = [0, 0]
  for (const stretch of stretches) {
    if (stretch.to <= from || stretch.from >= to || stretch.to <= stretch.from) continue
    if (stretch.from <= from) open++
    else count = insert(count, stretch.from * 2 + 1)
    if (stretch.to < to) count = insert(count, stretch.to * 2)
  }
  let [ms, at] = [0, from]
  for (let i = 0; i < count; i++) {
    const next = Math.floor(edges[i] / 2)
    if (next > at) ms += (next - at) / Math.max(1, open)
    at = next
    open += edges[i] % 2 === 1 ? 1 : -1
  }
  return ms + (to - at) / Math.max(1, open)
}

/** Instants, doubled, in order; one at which a conversation begins is odd. Used again, since this is asked with every end of a conversation that met another. */
let edges = new Float64Array(64)

/** Edges of one instant may stand in any order: no time lies between them. */
const insert = (count: number, edge: number): number => {
  if (count === edges.length) {
    const longer = new Float64Array(count * 2)
    longer.set(edges)
    edges = longer
  }
  let place = count
  for (; place > 0 && edges[place - 1] > edge; place--) edges[place] = edges[place - 1]
  edges[place] = edge
  return count + 1
}
