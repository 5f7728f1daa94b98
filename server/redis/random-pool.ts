import { randomFillSync } from 'node:crypto'

const POOL = 8_192
let pool = Buffer.alloc(0)
let used = 0

/** Random bytes of which no two callers get the same: asked of the system 8 kB at a time, since each asking costs more than what is asked for. */
export const randomFromPool = (bytes: number): Buffer => {
  if (used + bytes > pool.length) {
    // A new one each time: what was given out stays with whom it was given to.
    pool = randomFillSync(Buffer.alloc(Math.max(POOL, bytes)))
    used = 0
  }
  used += bytes
  return pool.subarray(used - bytes, used)
}
