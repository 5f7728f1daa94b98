import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { build } from 'esbuild'
import type { Told } from './fold-laws.ts'

export interface FailedLaw {
  readonly law: string
  readonly seed: number
  readonly failed: string
}

type Said = FailedLaw | { readonly told: Readonly<Record<string, number>> }

/** Laws 2 and 3 for the seeds from `first` on. In processes of their own, bundled: there a story costs half of what loaders or a test's context make of it. */
export const runLaws = async ({ first, runs, processes }: { readonly first: number; readonly runs: number; readonly processes: number }): Promise<{ readonly told: Told; readonly failures: readonly FailedLaw[] }> => {
  const folder = mkdtempSync(join(tmpdir(), 'floorwatch-laws-'))
  const program = join(folder, 'laws.mjs')
  const told: Told = new Map()
  const failures: FailedLaw[] = []
  const heard = (said: Said): void => {
    if ('failed' in said) failures.push(said)
    else for (const [name, count] of Object.entries(said.told)) told.set(name, (told.get(name) ?? 0) + count)
  }
  const share = Math.ceil(runs / processes)
  try {
    await build({ entryPoints: [join(import.meta.dirname, 'laws-process.ts')], bundle: true, platform: 'node', format: 'esm', outfile: program, logLevel: 'error' })
    await Promise.all(Array.from({ length: processes }, (_, index) => tell(program, { from: first + index * share, count: Math.min(share, runs - index * share), heard })))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
  return { told, failures }
}

const tell = (program: string, { from, count, heard }: { readonly from: number; readonly count: number; readonly heard: (said: Said) => void }): Promise<void> =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [program, String(from), String(count)], { stdio: ['ignore', 'pipe', 'inherit'] })
    const end = () => void child.kill()
    process.once('exit', end)
    createInterface({ input: child.stdout }).on('line', (line) => heard(JSON.parse(line) as Said))
    child.once('error', reject)
    child.once('close', (code) => {
      process.off('exit', end)
      if (code === 0) resolve()
      else reject(new Error(`the process that told the seeds from ${from} on ended with ${code}`))
    })
  })
