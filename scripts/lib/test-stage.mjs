import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { root } from './run.mjs'
import { say } from './say.mjs'

const running = new Set()

export const reportOf = (name, reports) => join(reports, `${name}.json`)

/** Jest colours nothing and asks nothing; everything it says gets the stage's name before it. */
const environment = () => {
  const inherited = Object.fromEntries(Object.entries(process.env).filter(([key]) => !/^(REDIS_URL|QUEUE_REDIS_URL|DATA_DIR|PORT|HOST|DEMO|ADMIN_TOKEN|PUBLIC_URL|DURABILITY|NODE_ENV|NODE_OPTIONS)(_FILE)?$/.test(key)))
  return { ...inherited, NODE_ENV: 'test', NO_COLOR: '1', FORCE_COLOR: undefined }
}

const prefixed = (stream, name) => {
  let rest = ''
  stream.setEncoding('utf8').on('data', (chunk) => {
    const lines = (rest + chunk).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) if (line.trim() !== '') say(`[${name}] ${line}`)
  })
  stream.on('end', () => rest.trim() !== '' && say(`[${name}] ${rest}`))
}

/** Runs one stage in a group of its own, so that nothing it starts outlives it. */
export const runStage = ({ name, kind, command, args }, reports) =>
  new Promise((settle) => {
    const more = kind === 'jest' ? ['--json', '--outputFile', reportOf(name, reports)] : []
    const child = spawn(command, [...args, ...more], { cwd: root, env: environment(), detached: true, stdio: ['ignore', 'pipe', 'pipe'] })
    running.add(child.pid)
    if (kind === 'check') prefixed(child.stdout, name)
    else child.stdout.resume() // Jest's JSON would go there too
    prefixed(child.stderr, name)
    child.on('error', (error) => {
      say(`[${name}] ${command}: ${error.message}`)
      settle({ code: 127 })
    })
    child.on('exit', () => killGroup(child.pid))
    child.on('close', (code) => {
      running.delete(child.pid)
      settle({ code: code ?? 1 })
    })
  })

const killGroup = (pid) => {
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // nothing was left
  }
}

export const stopStages = () => running.forEach(killGroup)
