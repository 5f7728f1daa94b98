import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { Redis } from './plain-client.ts'

const folder = import.meta.dirname.replace(/([\\/])dist([\\/])server([\\/])redis$/, '$1server$3redis')
const read = (name: string): string => readFileSync(`${folder}/${name}.lua`, 'utf8')

/**
 * Source of a Lua script that lies beside the modules; works from `server/` and from `dist/server/`.
 * A line `--@include name` is replaced by that file, so that scripts share functions (`append-entry`).
 */
export const scriptText = (name: string): string => read(name).replace(/^--@include (\S+)$/gm, (_line, included: string) => read(included))

export interface ScriptCall {
  readonly keys: readonly string[]
  readonly arguments: readonly (string | Buffer)[]
}

export interface Script {
  /** The reply as Redis gives it; the caller knows its shape. */
  readonly run: (redis: Redis, call: ScriptCall) => Promise<unknown>
}

/** Sends the digest; a Redis that forgot the script (restart, failover, SCRIPT FLUSH) is sent the text. */
export const openScript = (name: string): Script => {
  const text = scriptText(name)
  const digest = createHash('sha1').update(text).digest('hex')
  return {
    run: async (redis, { keys, arguments: args }) => {
      const call = { keys: [...keys], arguments: [...args] }
      try {
        return await redis.evalSha(digest, call)
      } catch (error) {
        if (!(error instanceof Error) || !error.message.startsWith('NOSCRIPT')) throw error
        return redis.eval(text, call)
      }
    },
  }
}
