/** Smallest first; equal times keep the order of arrival. */
export interface Heap<T> {
  push(at: number, item: T): void
  peekAt(): number | null
  pop(): { readonly at: number; readonly item: T } | null
}

interface Node<T> {
  readonly at: number
  readonly order: number
  readonly item: T
}

const before = <T,>(a: Node<T>, b: Node<T>): boolean => a.at < b.at || (a.at === b.at && a.order < b.order)

export const createHeap = <T,>(): Heap<T> => {
  const nodes: Node<T>[] = []
  let order = 0
  const swap = (i: number, j: number): void => {
    const a = nodes[i]
    const b = nodes[j]
    if (a && b) {
      nodes[i] = b
      nodes[j] = a
    }
  }
  const isBefore = (i: number, j: number): boolean => {
    const a = nodes[i]
    const b = nodes[j]
    return a !== undefined && b !== undefined && before(a, b)
  }
  const sink = (): void => {
    let i = 0
    for (;;) {
      const left = 2 * i + 1
      const least = isBefore(left + 1, left) ? left + 1 : left
      if (!isBefore(least, i)) return
      swap(least, i)
      i = least
    }
  }
  return {
    push: (at, item) => {
      nodes.push({ at, order: order++, item })
      let i = nodes.length - 1
      while (i > 0 && isBefore(i, (i - 1) >> 1)) {
        swap(i, (i - 1) >> 1)
        i = (i - 1) >> 1
      }
    },
    peekAt: () => nodes[0]?.at ?? null,
    pop: () => {
      const top = nodes[0]
      const last = nodes.pop()
      if (!top || !last) return null
      if (nodes.length > 0) {
        nodes[0] = last
        sink()
      }
      return { at: top.at, item: top.item }
    },
  }
}
