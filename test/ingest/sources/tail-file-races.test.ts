import { appendFileSync, copyFileSync, mkdtempSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import type { FileHandle } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals'
import { type Files, nodeFiles } from '../../../server/ingest/sources/file-family.ts'
import type { FilePosition } from '../../../server/ingest/sources/file-position.ts'
import { openTail } from '../../../server/ingest/sources/tail-file.ts'

/** What a writer and a rotation do falls before any one call of the follower to the file system: every such moment is tried (at more paces with EVERY_RACE=1). */
jest.setTimeout(120_000)

let dir: string
let path: string

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'fw-races-'))
  path = join(dir, 'queue_log')
})
afterEach(() => rmSync(dir, { recursive: true, force: true }))

const write = (...lines: readonly string[]) => () => appendFileSync(path, lines.map((line) => `${line}\n`).join(''))
const shift = () => {
  for (let i = 8; i > 0; i -= 1) {
    try {
      renameSync(`${path}.${i}`, `${path}.${i + 1}`)
    } catch {
      // There is none of that age yet.
    }
  }
}
const rename = () => {
  shift()
  renameSync(path, `${path}.1`)
}
const create = () => writeFileSync(path, '')
/** As a rotation does that makes the new file before the writer has left the old one. */
const late = (line: string) => () => appendFileSync(`${path}.1`, `${line}\n`)
const copy = () => {
  shift()
  copyFileSync(path, `${path}.1`)
}
const cut = () => truncateSync(path)

/** Real files; before its n-th call the next acts happen, one every `every` calls, and after the last our clock has moved on by a second. */
const disturbed = (acts: readonly (() => void)[], from: number, every: number) => {
  let [calls, next, stalled] = [0, 0, 0]
  const before = () => {
    for (; next < acts.length && calls >= from + next * every; next += 1) {
      acts[next]?.()
      if (next === acts.length - 1) stalled = 1_000
    }
    calls += 1
  }
  const watched = (handle: FileHandle): FileHandle =>
    new Proxy(handle, {
      get: (target, name: 'read' | 'stat' | 'close') => {
        const value = target[name]
        if (typeof value !== 'function') return value
        return (...args: unknown[]) => {
          before()
          return (value as (...given: unknown[]) => unknown).apply(target, args)
        }
      },
    })
  const files: Files = {
    open: async (name) => {
      before()
      return watched(await nodeFiles.open(name))
    },
    readdir: async (name) => {
      before()
      return nodeFiles.readdir(name)
    },
    stat: async (name) => {
      before()
      return nodeFiles.stat(name)
    },
  }
  return {
    files,
    now: () => Date.now() + stalled,
    calls: () => calls,
    rest: () => {
      for (const act of acts.slice(next)) act()
      next = acts.length
    },
  }
}

const drain = async (tail: ReturnType<typeof openTail>, keep: (position: FilePosition) => void): Promise<string[]> => {
  const lines: string[] = []
  for (let quiet = 0; quiet < 2; ) {
    const piece = await tail.next()
    if (piece === null) return lines
    lines.push(...piece.lines)
    keep(piece.position)
    quiet = piece.atEnd && piece.lines.length === 0 ? quiet + 1 : 0
  }
  return lines
}

/** What happens once the follower has read the line `a`, before it reads on. */
const beginnings: Readonly<Record<string, () => void>> = {
  'in the middle of the file': write('b'),
  'behind a file that was put away': () => {
    write('b')()
    rename()
    create()
  },
  'behind a copy': () => {
    write('b')()
    copy()
    cut()
  },
}
const disturbances: Readonly<Record<string, { readonly acts: readonly (() => void)[]; readonly lines: number }>> = {
  'renamed and made anew': { acts: [write('1', '2'), rename, create, write('3')], lines: 3 },
  'renamed while the writer still writes to the old file': { acts: [write('1'), rename, create, late('2'), late('3'), write('4')], lines: 4 },
  'copied and cut': { acts: [write('1', '2'), copy, cut, write('3')], lines: 3 },
  'copied and cut, then longer than before': { acts: [write('1'), copy, cut, write('2', '3', '4', '5', '6', '7')], lines: 7 },
  'copied and cut twice': { acts: [write('1', '2'), copy, cut, write('3', '4'), copy, cut, write('5')], lines: 5 },
  'copied, cut and renamed': { acts: [write('1', '2'), copy, cut, write('3'), rename, create, write('4')], lines: 4 },
  'renamed twice': { acts: [write('1'), rename, create, write('2', '3'), rename, create, write('4')], lines: 4 },
}

describe.each([...Object.keys(beginnings), 'at the beginning of an empty file'])('a follower %s', (beginning) => {
  describe.each(Object.keys(disturbances))('whose file is %s', (name) => {
    it.each(['running', 'started again'] as const)('reads every line once: %s', async (how) => {
      const paces = process.env['EVERY_RACE'] === undefined ? [how === 'running' ? 0 : 3] : [0, 1, 2, 3, 5, 8]
      const { acts, lines } = disturbances[name] ?? { acts: [], lines: 0 }
      const expected = Array.from({ length: lines }, (_, i) => String(i + 1)).join()
      const faults: string[] = []
      for (const every of paces) {
        for (let from = 0, whole = false; !whole && from < 200; from += 1) {
          rmSync(dir, { recursive: true, force: true })
          dir = mkdtempSync(join(tmpdir(), 'fw-races-'))
          path = join(dir, 'queue_log')
          let position: FilePosition | null = null
          const keep = (reached: FilePosition) => (position = JSON.parse(JSON.stringify(reached)) as FilePosition)
          const before = openTail(path, null)
          create()
          await drain(before, keep)
          if (beginning !== 'at the beginning of an empty file') {
            write('a')()
            await drain(before, keep)
            beginnings[beginning]?.()
            await drain(before, keep)
          }
          await before.close()
          const story = disturbed(acts, from, every)
          const tail = openTail(path, position, story)
          const read = await drain(tail, keep)
          whole = story.calls() <= from
          story.rest()
          if (how === 'started again') {
            await tail.close()
            const again = openTail(path, position)
            read.push(...(await drain(again, keep)))
            await again.close()
          } else {
            read.push(...(await drain(tail, keep)))
            await tail.close()
          }
          if (read.join() !== expected) faults.push(`acts before call ${from}, then every ${every}: ${read.join()}`)
        }
      }
      expect(faults).toEqual([])
    })
  })
})
