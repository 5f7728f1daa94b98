export type WallProfile = 'near' | 'room' | 'hall'

/** Metres from the farthest seat to a 55-inch screen (1.397 m diagonal). */
const seatOf: Readonly<Record<WallProfile, number>> = { near: 3, room: 5, hall: 8 }
const METRES_PER_INCH = 0.0254
/** Font size, in hundredths of the screen's height, that is 16 minutes of arc high at a distance of one screen diagonal (16:9). */
const VH_PER_DIAGONAL = 1.306
const SMALLEST_VH = 1.8

/** The unit `u` in px: no wall text is smaller. A phone is held at arm's length, so there it is the reader's text size. */
export const unitPx = (screen: { readonly widthPx: number; readonly heightPx: number }, seat: { readonly metres: number; readonly inches: number }): number =>
  screen.widthPx < 640 ? 16 : (Math.max((VH_PER_DIAGONAL * seat.metres) / (seat.inches * METRES_PER_INCH), SMALLEST_VH) * Math.min(screen.heightPx, screen.widthPx * 0.75)) / 100

export const profileOf = (text: string | undefined): WallProfile => (text === 'room' || text === 'hall' ? text : 'near')
export const seatOfProfile = (profile: WallProfile): { readonly metres: number; readonly inches: number } => ({ metres: seatOf[profile], inches: 55 })

export interface Slots {
  readonly shape: 'tile' | 'line'
  readonly columns: number
  readonly rows: number
  /** Too low for captions under the numbers. */
  readonly tight: boolean
}

interface Space {
  readonly widthU: number
  readonly heightU: number
}

/** The smallest tile and the smallest line that read well, in `u`. */
const TILE = { width: 12.4, height: 5.1, gap: 0.5 }
const LINE = { width: 19.4, height: 1.7, gap: 0.2 }
const ROOMY_TILE = 7.6

const most = (space: Space, least: typeof TILE) => ({
  columns: Math.max(1, Math.floor((space.widthU + least.gap) / (least.width + least.gap))),
  rows: Math.max(0, Math.floor((space.heightU + least.gap) / (least.height + least.gap))),
})

const isTight = (space: Space, rows: number): boolean => (space.heightU - (rows - 1) * TILE.gap) / rows < ROOMY_TILE

/** Of the grids of tiles that hold all queues, the best-shaped with the least empty room; null when none holds them. */
const tilesFor = (space: Space, queues: number): Slots | null => {
  const limit = most(space, TILE)
  let best: Slots | null = null
  let least = Number.POSITIVE_INFINITY
  for (let columns = 1; columns <= limit.columns; columns += 1) {
    const rows = Math.max(1, Math.ceil(queues / columns))
    if (rows > limit.rows) continue
    // Tiles twice as wide as high read best: the cost of a grid is how far it is from that, then how many cells stay empty.
    const shape = Math.abs(Math.log(space.widthU / columns / (space.heightU / rows) / 2))
    const cost = shape + (columns * rows - queues) * 0.1
    if (cost < least) { best = { shape: 'tile', columns, rows, tight: isTight(space, rows) }; least = cost }
  }
  return best
}

/** How many queues fit without shrinking text: tiles for all, else lines for all, else whichever shows more of the worst. */
export const slotsFor = (space: Space, queues: number): Slots => {
  const tiles = tilesFor(space, queues)
  if (tiles) return tiles
  const asLines = most(space, LINE)
  const asTiles = most(space, TILE)
  const lines: Slots = { shape: 'line', ...asLines, tight: false }
  if (asLines.columns * asLines.rows >= Math.min(queues, asTiles.columns * asTiles.rows + 1)) return lines
  return { shape: 'tile', ...asTiles, tight: isTight(space, asTiles.rows) }
}
