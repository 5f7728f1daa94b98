/** What a template left for a person to write, and nobody has: `[cause]`. */
export const leftToFill = (text: string, asked: readonly string[]): readonly string[] => asked.filter((what) => text.includes(`[${what}]`))
