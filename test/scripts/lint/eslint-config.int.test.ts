import { describe, expect, it } from '@jest/globals'
import { execFileSync } from 'node:child_process'
import { resolve } from 'node:path'

interface Sample {
  readonly path: string
  readonly text: string
}

const root = resolve(import.meta.dirname, '../../..')

/** ESLint under the project's own configuration, in a process of its own because Jest's module loader is not Node's. */
const rulesBroken = (samples: readonly Sample[]): readonly (readonly string[])[] => {
  const program = `
    import { ESLint } from 'eslint'
    const eslint = new ESLint()
    const broken = []
    for (const { path, text } of JSON.parse(process.argv[1])) {
      const [result] = await eslint.lintText(text, { filePath: path })
      broken.push(result.messages.filter((message) => message.severity === 2).map((message) => message.ruleId ?? message.message))
    }
    process.stdout.write(JSON.stringify(broken))`
  return JSON.parse(execFileSync(process.execPath, ['--input-type=module', '-e', program, JSON.stringify(samples)], { cwd: root, encoding: 'utf8' }))
}

const doorsKnockedAt = ['redis', 'socket.io', 'express', 'bullmq', 'socket.io-client', 'chart.js']
const everyLibrary = doorsKnockedAt.map((name, index) => `import * as door${index} from '${name}'`).join('\n') + `\nexport default [${doorsKnockedAt.map((_, index) => `door${index}`).join(', ')}]\n`

describe('the ESLint configuration', () => {
  it('holds all doors at once, not only the one configured last', () => {
    const at = (path: string) => ({ path, text: everyLibrary })
    const places = ['server/replica/sample.ts', 'server/redis/sample.ts', 'server/live/sample.ts', 'server/live/sample-routes.ts', 'workers/sample.ts', 'client/live/sample.ts', 'client/kpi/sample.ts']
    const broken = rulesBroken(places.map(at)).map((rules) => rules.filter((rule) => rule === 'house/imports').length)
    expect(Object.fromEntries(places.map((place, index) => [place, broken[index]]))).toEqual({
      'server/replica/sample.ts': 6,
      'server/redis/sample.ts': 5,
      'server/live/sample.ts': 5,
      'server/live/sample-routes.ts': 4,
      'workers/sample.ts': 5,
      'client/live/sample.ts': 5,
      'client/kpi/sample.ts': 5,
    })
  })

  it('sees forbidden imports in every form', () => {
    const forms = [
      `import { x } from '../live/sockets.ts'\nexport const y = x\n`,
      `import type { X } from '../live/sockets.ts'\nexport const y = (x: X) => x\n`,
      `export { x } from '../live/sockets.ts'\n`,
      `export * from '../live/sockets.ts'\n`,
      `export const x = () => import('../live/sockets.ts')\n`,
      `export type X = import('../live/sockets.ts').X\n`,
      `export const x = () => import('bullmq')\n`,
    ]
    for (const rules of rulesBroken(forms.map((text) => ({ path: 'server/ingest/sample.ts', text })))) expect(rules).toContain('house/imports')
  })

  it('lets bad habits through nowhere', () => {
    const samples: readonly (readonly [string, string, string])[] = [
      ['server/domain/sample.ts', 'export const x = () => Math.random()\n', 'no-restricted-properties'],
      ['server/domain/sample.ts', `import { readFileSync } from 'node:fs'\nexport const x = readFileSync\n`, 'house/imports'],
      ['server/redis/sample.ts', 'export const x = (y: any) => y\n', '@typescript-eslint/no-explicit-any'],
      ['server/redis/sample.ts', 'export const x = (y: string | null) => y!.length\n', '@typescript-eslint/no-non-null-assertion'],
      ['workers/sample.ts', `console.log('x')\n`, 'no-console'],
      ['server/redis/sample.ts', `import { keysUnder } from './keys'\nexport const x = keysUnder\n`, 'house/endings'],
      ['client/wall/Sample.vue', `<template><p v-html="text"></p></template>\n<script setup lang="ts">\nconst text = 'x'\n</script>\n`, 'vue/no-v-html'],
      ['client/wall/Sample.vue', `<template><p>{{ x }}</p></template>\n<script setup lang="ts">\nimport { keysUnder as x } from '../../server/redis/keys.ts'\n</script>\n`, 'house/imports'],
    ]
    const broken = rulesBroken(samples.map(([path, text]) => ({ path, text })))
    samples.forEach(([path, text, rule], index) => expect({ path, text, rules: broken[index] }).toEqual({ path, text, rules: expect.arrayContaining([rule]) }))
  })
})
