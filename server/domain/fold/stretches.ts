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
  const edges: number[] = []
  let open = 0
  for (const stretch of stretches) {
    if (stretch.to <= from || stretch.from >= to || stretch.to <= stretch.from) continue
    if (stretch.from <= from) open++
    else edges.push(stretch.from * 2 + 1)
    if (stretch.to < to) edges.push(stretch.to * 2)
  }
  if (edges.length === 0) return open <= 1 ? to - from : (to - from) / open
  // An edge that begins one is odd. Edges of one instant may stand in any order: no time lies between them.
  edges.sort((a, b) => a - b)
  let ms = 0
  let at = from
  for (const edge of edges) {
    const next = Math.floor(edge / 2)
    if (next > at) ms += (next - at) / Math.max(1, open)
    at = next
    open += edge % 2 === 1 ? 1 : -1
  }
  return ms + (to - at) / Math.max(1, open)
}
