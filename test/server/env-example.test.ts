import { describe, expect, it } from '@jest/globals'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { readConfig, secretNames, settingNames } from '../../server/config.ts'

const text = readFileSync(resolve(import.meta.dirname, '../../.env.example'), 'utf8')
const lines = [...text.matchAll(/^#([A-Z_]+)=(.*)$/gm)].map(([, name = '', value = '']) => ({ name, value }))

describe('.env.example', () => {
  it('lists every setting once and no other', () => {
    expect(lines.map(({ name }) => name).sort()).toEqual([...settingNames].sort())
  })

  it('shows the defaults: taking all of its lines changes nothing', () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'fw-env-'))
    try {
      const shown = readConfig(Object.fromEntries(lines.map(({ name, value }) => [name, value])), dataDir)
      expect(shown).toEqual(readConfig({}, dataDir))
      expect(shown.ok).toBe(true)
    } finally {
      rmSync(dataDir, { recursive: true, force: true })
    }
  })

  it('names every secret that may come from a file', () => {
    for (const name of secretNames) expect(text).toContain(`${name}_FILE`)
  })
})
