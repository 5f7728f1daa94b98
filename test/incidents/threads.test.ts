import { expect, it } from '@jest/globals'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { rows, threadsIn } from './threads.ts'

const folder = join(import.meta.dirname, '..')
const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.test.ts') && !name.endsWith('threads.test.ts'))
/** Titles of tests that name a thread before what they say. */
const titles = files.flatMap((file) => [...readFileSync(join(folder, file), 'utf8').matchAll(/^\s*it(?:\.each\(.*?\))?\((['"`])(.+?)\1, /gm)].map(([, , title = '']) => title))
const named = new Set(titles.flatMap((title) => threadsIn(title.split(': ')[0] ?? '')))

it.each(rows)('%s has a test of its own name', (row) => {
  expect(threadsIn(row).filter((thread) => !named.has(thread))).toEqual([])
})

it('every row names a thread, and none twice', () => {
  const threads = rows.flatMap(threadsIn)
  expect([rows.length, new Set(threads).size]).toEqual([43, threads.length])
})
