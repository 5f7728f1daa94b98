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
}

/** The smallest tile that reads well, in `u`; where not even two rows of them fit, a queue is one line. */
const TILE = { width: 10.4, height: 4.7 }
const LINE = { width: 13, height: 1.9 }
const GAP = 0.5

const most = (space: Space, least: { readonly width: number; readonly height: number }) => ({
  columns: Math.max(1, Math.floor((space.widthU + GAP) / (least.width + GAP))),
  rows: Math.max(0, Math.floor((space.heightU + GAP) / (least.height + GAP))),
})

interface Space {
  readonly widthU: number
  readonly heightU: number
}

/** How many queues fit without shrinking text; of the grids that hold them all, the best-shaped with the least empty room. */
export const slotsFor = (space: Space, queues: number): Slots => {
  const tiles = most(space, TILE)
  if (tiles.rows < 1) return { shape: 'line', columns: 1, rows: most(space, LINE).rows }
  let best: Slots = { shape: 'tile', ...tiles }
  let least = Number.POSITIVE_INFINITY
  for (let columns = 1; columns <= tiles.columns; columns += 1) {
    const rows = Math.ceil(queues / columns)
    if (rows > tiles.rows || rows === 0) continue
    // Tiles twice as wide as high read best: the worth of a grid is how near it comes, then how few cells stay empty.
    const shape = Math.abs(Math.log(space.widthU / columns / (space.heightU / rows) / 2))
    const cost = shape + (columns * rows - queues) * 0.1
    if (cost < least) { best = { shape: 'tile', columns, rows }; least = cost }
  }
  return best
}
