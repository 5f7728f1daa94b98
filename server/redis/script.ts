import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { MultiErrorReply } from 'redis'
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
  /**
   * Several calls that share one wait for the disk; each stands for itself. Their replies, in order; an error of one is an error of all,
   * and then it is not known which were carried out.
   */
  readonly runTogether: (redis: Redis, calls: readonly ScriptCall[]) => Promise<readonly unknown[]>
}

const isUnknownScript = (error: unknown): boolean => error instanceof Error && error.message.startsWith('NOSCRIPT')

/** Sends the digest; a Redis that forgot the script (restart, failover, SCRIPT FLUSH) is sent the text. */
export const openScript = (name: string): Script => {
  const text = scriptText(name)
  const digest = createHash('sha1').update(text).digest('hex')
  const mutable = ({ keys, arguments: args }: ScriptCall) => ({ keys: [...keys], arguments: [...args] })
  const run: Script['run'] = async (redis, call) => {
    try {
      return await redis.evalSha(digest, mutable(call))
    } catch (error) {
      if (!isUnknownScript(error)) throw error
      return redis.eval(text, mutable(call))
    }
  }
  return {
    run,
    runTogether: async (redis, calls) => {
      // A transaction would wait for a connection that is away; single calls are refused at once.
      if (calls.length < 2 || !redis.isReady) return Promise.all(calls.map((call) => run(redis, call)))
      const together = redis.multi()
      for (const call of calls) together.evalSha(digest, mutable(call))
      try {
        return await together.exec()
      } catch (error) {
        // Memory is full: a transaction is refused whole before anything of it is carried out, single calls of scripts that may go on are not.
        if (error instanceof Error && error.message.startsWith('OOM')) return Promise.all(calls.map((call) => run(redis, call)))
        if (!(error instanceof MultiErrorReply)) throw error
        const { replies, errorIndexes } = error
        const other = errorIndexes.map((index) => replies[index]).find((reply) => !isUnknownScript(reply))
        if (other !== undefined) throw other
        return Promise.all(replies.map((reply, index) => (isUnknownScript(reply) ? run(redis, calls[index] ?? { keys: [], arguments: [] }) : reply)))
      }
    },
  }
}
