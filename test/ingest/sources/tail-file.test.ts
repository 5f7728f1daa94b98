import { appendFileSync, copyFileSync, mkdtempSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals'
import type { FilePosition } from '../../../server/ingest/sources/file-position.ts'
import { openTail, type Tail } from '../../../server/ingest/sources/tail-file.ts'
import { seeded } from '../../support/seeded.ts'

jest.setTimeout(60_000)

let dir: string
let path: string
let tail: Tail

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'fw-tail-'))
  path = join(dir, 'queue_log')
  tail = openTail(path, null)
})
afterEach(async () => {
  await tail.close()
  rmSync(dir, { recursive: true, force: true })
})

let position: FilePosition | null = null
let gaps = 0
/** Reads until there is nothing more. */
const drain = async (): Promise<string[]> => {
  const lines: string[] = []
  let quiet = 0
  while (quiet < 3) {
    const piece = await tail.next()
    if (piece === null) return lines
    lines.push(...piece.lines)
    position = piece.position
    if (piece.gap) gaps += 1
    quiet = piece.atEnd && piece.lines.length === 0 ? quiet + 1 : 0
  }
  return lines
}
const write = (...lines: readonly string[]) => appendFileSync(path, lines.map((line) => `${line}\n`).join(''))
const restart = async () => {
  await tail.close()
  tail = openTail(path, position === null ? null : (JSON.parse(JSON.stringify(position)) as FilePosition))
}
const rename = () => {
  for (let i = 8; i > 0; i -= 1) {
    try {
      renameSync(`${path}.${i}`, `${path}.${i + 1}`)
    } catch {
      // There is none of that age yet.
    }
  }
  renameSync(path, `${path}.1`)
}
const copyAndCut = () => {
  rename()
  copyFileSync(`${path}.1`, path)
  renameSync(path, `${path}.copy`)
  renameSync(`${path}.1`, path)
  renameSync(`${path}.copy`, `${path}.1`)
  truncateSync(path)
}

describe('following a file', () => {
  it('waits for one that is not there yet', async () => {
    expect(await tail.next()).toBeNull()
    write('a')
    expect(await drain()).toEqual(['a'])
  })

  it('gives whole lines only, and the end of one when it comes', async () => {
    appendFileSync(path, 'a\nb')
    expect(await drain()).toEqual(['a'])
    appendFileSync(path, 'c\r\n')
    expect(await drain()).toEqual(['bc'])
  })

  it('goes on from where it stood', async () => {
    write('a', 'b')
    expect(await drain()).toEqual(['a', 'b'])
    write('c')
    await restart()
    expect(await drain()).toEqual(['c'])
  })

  it('follows a rename to its end and then the new file, running or started later', async () => {
    write('a')
    await drain()
    write('b')
    rename()
    write('c')
    expect(await drain()).toEqual(['b', 'c'])
    write('d')
    rename()
    write('e')
    rename()
    write('f')
    await restart()
    expect(await drain()).toEqual(['d', 'e', 'f'])
  })

  it('takes a last line without an end when rotation put its file away', async () => {
    write('a')
    await drain()
    appendFileSync(path, 'unfinished')
    rename()
    write('b')
    expect(await drain()).toEqual(['unfinished', 'b'])
  })

  it('finds what was not read yet in the copy when the file is cut, running or started later', async () => {
    write('a')
    await drain()
    write('b')
    copyAndCut()
    write('c')
    expect(await drain()).toEqual(['b', 'c'])
    write('d')
    copyAndCut()
    write('e')
    copyAndCut()
    write('f')
    await restart()
    expect(await drain()).toEqual(['d', 'e', 'f'])
  })

  it('finds it even when nothing of the file had been read', async () => {
    write()
    await drain()
    expect(position?.offset).toBe(0)
    write('b')
    copyAndCut()
    write('c')
    await restart()
    expect(await drain()).toEqual(['b', 'c'])
  })

  it('stays in a file that was put away until the new one holds something: its writer may not have changed over yet', async () => {
    write('a')
    await drain()
    rename()
    write()
    expect(await drain()).toEqual([])
    appendFileSync(`${path}.1`, 'b\n')
    expect(await drain()).toEqual(['b'])
    write('c')
    expect(await drain()).toEqual(['c'])
  })

  it('says that lines may be missing when a cut file has no copy, and reads on', async () => {
    write('a', 'b')
    await drain()
    gaps = 0
    writeFileSync(path, 'x\n')
    expect(await drain()).toEqual(['x'])
    expect(gaps).toBe(1)
  })

  it('notices a file written anew although it is longer', async () => {
    write('a', 'b')
    await drain()
    writeFileSync(path, 'other beginning\nand more\n')
    expect(await drain()).toEqual(['other beginning', 'and more'])
  })

  it('hands over a line without end in pieces, and goes on behind it', async () => {
    appendFileSync(path, 'x'.repeat(300_000))
    const pieces = await drain()
    expect(pieces.length).toBeGreaterThan(0)
    appendFileSync(path, '\nnext\n')
    expect((await drain()).at(-1)).toBe('next')
  })

  it('loses nothing and repeats nothing over a random life of writing, renaming, cutting and restarting', async () => {
    for (let seed = 1; seed <= 12; seed += 1) {
      const random = seeded(seed)
      const pick = (most: number) => random.int(0, most - 1)
      const written: string[] = []
      const read: string[] = []
      await tail.close()
      rmSync(dir, { recursive: true, force: true })
      dir = mkdtempSync(join(tmpdir(), 'fw-tail-'))
      path = join(dir, 'queue_log')
      position = null
      tail = openTail(path, null)
      // What was rotated away before anyone followed is not followed.
      write()
      await drain()
      for (let step = 0; step < 60; step += 1) {
        const act = pick(10)
        if (act < 5) {
          const lines = Array.from({ length: 1 + pick(3) }, (_, i) => `${seed} ${step} ${i}`)
          written.push(...lines)
          write(...lines)
        } else if (act === 5 && written.length > 0) {
          rename()
          write()
        } else if (act === 6 && written.length > 0) copyAndCut()
        else if (act === 7) await restart()
        else read.push(...(await drain()))
      }
      read.push(...(await drain()))
      expect({ seed, read }).toEqual({ seed, read: written })
    }
  })
})
