import { spawn } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import { buildFlags } from '../client/build-flags.ts'
import { resultOf, type BenchContext, type BenchResult } from './bench.ts'

/** First-route JavaScript against the five libraries it cannot do without, bundled alone with the same flags. */
const floorEntry = `
import { createApp, ref, computed, watch, h } from 'vue'
import { createPinia, defineStore } from 'pinia'
import { createRouter, createWebHistory, useRoute, useRouter } from 'vue-router'
import { createI18n, useI18n } from 'vue-i18n/dist/vue-i18n.runtime.mjs'
import { io } from 'socket.io-client'
globalThis.kept = [createApp, ref, computed, watch, h, createPinia, defineStore, createRouter, createWebHistory, useRoute, useRouter, createI18n, useI18n, io]
`
const gz = (bytes: Uint8Array | string): number => gzipSync(bytes, { level: 9 }).byteLength

const floorBytes = async (): Promise<number> => {
  const { outputFiles } = await build({
    stdin: { contents: floorEntry, resolveDir: process.cwd() }, bundle: true, minify: true, format: 'esm', target: 'es2022', write: false, logLevel: 'silent', define: { ...buildFlags, 'process.env.NODE_ENV': '"production"' },
  })
  return outputFiles.reduce((sum, { contents }) => sum + gz(contents), 0)
}

const run1 = (command: string, args: readonly string[]): Promise<void> =>
  new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: 'ignore', env: { ...process.env, NODE_ENV: 'production' } })
    child.once('error', reject).once('exit', (code) => (code === 0 ? resolve() : reject(new Error(`${command} ended with ${code}`))))
  })

interface Chunk {
  readonly file: string
  /** Of a chunk that several pages share. */
  readonly name?: string
  readonly imports?: readonly string[]
}

/** All scripts that a browser must have before the given page component runs: entry, page and what they import statically. */
const routeBytes = async (dir: string, manifest: Readonly<Record<string, Chunk>>, pages: readonly string[]): Promise<number> => {
  const wanted = new Set<string>()
  const take = (key: string): void => {
    const chunk = manifest[key] ?? Object.values(manifest).find(({ file, name }) => name === key && file.endsWith('.js'))
    if (!chunk) throw new Error(`the build has no chunk "${key}"`)
    if (wanted.has(chunk.file)) return
    wanted.add(chunk.file)
    chunk.imports?.forEach(take)
  }
  for (const key of ['index.html', ...pages]) take(key)
  const sizes = await Promise.all([...wanted].filter((file) => file.endsWith('.js')).map(async (file) => gz(await readFile(join(dir, file)))))
  return sizes.reduce((sum, size) => sum + size, 0)
}

const routes = { 'the wall': ['wall'], 'the queues with the desk frame': ['shell', 'queues/QueuesPage.vue'] } as const

export const run = async ({ rounds }: BenchContext): Promise<readonly BenchResult[]> => {
  const dir = await mkdtemp(join(tmpdir(), 'floorwatch-t20-'))
  try {
    await run1(process.execPath, ['node_modules/vite/bin/vite.js', 'build', '--manifest', '--outDir', dir, '--emptyOutDir', '--logLevel', 'silent'])
    const manifest = JSON.parse(await readFile(join(dir, '.vite/manifest.json'), 'utf8')) as Record<string, Chunk>
    const floor = await floorBytes()
    const files = (await readdir(join(dir, 'assets'))).filter((file) => file.endsWith('.js')).length
    return await Promise.all(
      Object.entries(routes).map(async ([name, pages]) => {
        const bytes = await routeBytes(dir, manifest, pages)
        const first = name === 'the wall'
        // A build has no noise: every round gives the same ratio.
        return resultOf({ id: first ? 'T20' : 'T20 desk', title: `first route, gzipped JavaScript: ${name}`, target: first ? '<= 1.25x' : 'measured only', baseline: 'vue + pinia + vue-router + vue-i18n + socket.io-client bundled alone', rounds: Array.from({ length: rounds }, () => bytes / floor), ...(first ? { atMost: 1.25 } : {}), figures: { 'kB product': Math.round(bytes / 100) / 10, 'kB floor': Math.round(floor / 100) / 10, scripts: files } })
      }),
    )
  } finally {
    await rm(dir, { recursive: true, force: true })
  }
}
