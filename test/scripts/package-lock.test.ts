import { describe, expect, it } from '@jest/globals'
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

const root = resolve(import.meta.dirname, '../..')
const read = (name: string) => JSON.parse(readFileSync(join(root, name), 'utf8'))
const locked: Record<string, { version?: string; resolved?: string; optionalDependencies?: Record<string, string> }> = read('package-lock.json').packages

const isLockedFor = (path: string, name: string) => {
  for (let folder = path; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('/node_modules/')))) {
    if (locked[`${folder === '' ? '' : `${folder}/`}node_modules/${name}`] !== undefined) return true
    if (!folder.includes('/node_modules/') && folder === '') return false
    if (!folder.includes('/node_modules/')) return locked[`node_modules/${name}`] !== undefined
  }
}

describe('the lock file', () => {
  it('names the build of every platform, without which npm ci refuses it', () => {
    const missing = Object.entries(locked).flatMap(([path, { optionalDependencies = {} }]) => Object.keys(optionalDependencies).filter((name) => !isLockedFor(path, name)))
    expect(missing).toEqual([])
  })

  it('gives every package a version and names no registry', () => {
    for (const [path, { version, resolved }] of Object.entries(locked)) expect({ path, version, resolved }).toEqual({ path, version: expect.any(String), resolved: undefined })
  })

  it('agrees with package.json about what is asked for', () => {
    const { dependencies, devDependencies } = read('package.json')
    expect(locked['']).toMatchObject({ dependencies, devDependencies })
  })
})
