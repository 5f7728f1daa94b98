import type { FloorTables } from './floor-tables.ts'

/** How many messages of a site reached nobody, as it was asked last. */
export interface LetterWatch {
  readonly ask: () => Promise<void>
  /** Into the tables; true when that is another number. */
  readonly put: (tables: Pick<FloorTables, 'putLetters'>) => boolean
}

export const letterWatch = (site: string, deadLetters: ((site: string) => Promise<number>) | undefined): LetterWatch => {
  let count: number | null = null
  return {
    ask: async () => {
      count = (await deadLetters?.(site).catch(() => null)) ?? count
    },
    put: (tables) => count !== null && tables.putLetters(count),
  }
}
