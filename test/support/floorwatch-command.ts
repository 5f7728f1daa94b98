import { spawn } from 'node:child_process'

export interface Said {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

/** The command line as its users have it, in a process of its own. */
export const floorwatchCommand = (env: NodeJS.ProcessEnv) => (...args: readonly string[]): Promise<Said> =>
  new Promise((resolve) => {
    const child = spawn(process.execPath, ['--import', 'tsx', 'server/cli/main.ts', ...args], { env })
    let [out, err] = ['', '']
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()))
    child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()))
    child.on('close', (code) => resolve({ code, out, err }))
  })
