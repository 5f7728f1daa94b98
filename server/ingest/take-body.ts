import type { IncomingMessage } from 'node:http'
import { problem } from '../http/problem.ts'

/** A body that came with its headers lies in the request already, and is small: nothing to listen for. */
const arrived = (request: IncomingMessage): Buffer | null => {
  const bytes: unknown = request.complete ? request.read() : null
  return Buffer.isBuffer(bytes) ? bytes : null
}

/** The whole body, never more than the limit in memory: a longer one is refused as soon as it says or shows so. */
export const takeBody = (request: IncomingMessage, limit: number): Promise<Buffer> => {
  const tooLarge = () => problem(413, 'too_large', `the body is larger than ${limit} bytes; send several requests`)
  if (Number(request.headers['content-length'] ?? 0) > limit) return Promise.reject(tooLarge())
  // Gone while its credential was looked up: no event will tell.
  if (request.destroyed) return Promise.reject(problem(400, 'body_invalid', 'the body ended before its end'))
  const whole = arrived(request)
  if (whole !== null) return whole.length > limit ? Promise.reject(tooLarge()) : Promise.resolve(whole)
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let length = 0
    const done = (settle: () => void) => {
      request.off('data', onData).off('end', onEnd).off('error', onError).off('close', onClose)
      settle()
    }
    const onData = (chunk: Buffer) => {
      length += chunk.length
      if (length > limit) {
        request.pause()
        done(() => reject(tooLarge()))
      } else chunks.push(chunk)
    }
    const onEnd = () => done(() => resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks, length)))
    const onError = (error: Error) => done(() => reject(error))
    const onClose = () => done(() => reject(problem(400, 'body_invalid', 'the body ended before its end')))
    request.on('data', onData).on('end', onEnd).on('error', onError).on('close', onClose)
  })
}
