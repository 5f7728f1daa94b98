/** Words in any order, each the beginning of a word or inside one; nearer the beginning is better. No match without every word. */
const worth = (text: string, words: readonly string[]): number => {
  let sum = 0
  for (const word of words) {
    const at = text.indexOf(word)
    if (at < 0) return Number.NEGATIVE_INFINITY
    sum += (at === 0 || /[\s\-/]/.test(text[at - 1] ?? '') ? 10 : 2) - at / 100
  }
  return sum
}

export const matching = <T extends { readonly text: string }>(items: readonly T[], query: string): readonly T[] => {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean)
  if (words.length === 0) return items
  return items
    .map((item, index) => ({ item, index, worth: worth(item.text.toLowerCase(), words) }))
    .filter((found) => found.worth > Number.NEGATIVE_INFINITY)
    .sort((a, b) => b.worth - a.worth || a.index - b.index)
    .map(({ item }) => item)
}
