import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Webhook } from 'standardwebhooks'

export interface Received {
  readonly at: number
  readonly path: string
  readonly id: string
  readonly headers: IncomingHttpHeaders
  readonly body: { readonly type: string; readonly timestamp: string; readonly data: Readonly<Record<string, unknown>> }
}

/** A strict receiver: every message must be signed rightly, and what nobody expected is a failure at the end of the test. */
export interface WebhookReceiver {
  readonly url: string
  readonly received: readonly Received[]
  /** How the next requests are answered, in turn; then 204. */
  answerWith(...answers: readonly ((response: ServerResponse) => void)[]): void
  /** Resolves with the message at this index as soon as it is there. */
  message(index: number, withinMs?: number): Promise<Received>
  /** Signatures that did not verify. */
  readonly forged: readonly string[]
  close(): Promise<void>
}

export const openWebhookReceiver = async (secret: string, host = '127.0.0.1'): Promise<WebhookReceiver> => {
  const received: Received[] = []
  const forged: string[] = []
  const answers: ((response: ServerResponse) => void)[] = []
  const waiting = new Set<() => void>()
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const text = Buffer.concat(chunks).toString()
      const id = String(request.headers['webhook-id'])
      try {
        new Webhook(secret).verify(text, { 'webhook-id': id, 'webhook-timestamp': String(request.headers['webhook-timestamp']), 'webhook-signature': String(request.headers['webhook-signature']) })
      } catch (error) {
        forged.push(`${id}: ${String(error)}`)
      }
      received.push({ at: Date.now(), path: request.url ?? '', id, headers: request.headers, body: JSON.parse(text) as Received['body'] })
      const answer = answers.shift()
      if (answer === undefined) response.writeHead(204).end()
      else answer(response)
      for (const look of waiting) look()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, host, resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://${host}:${port}/hook`,
    received,
    forged,
    answerWith: (...given) => void answers.push(...given),
    message: (index, withinMs = 10_000) =>
      new Promise((resolve, reject) => {
        const timer = setTimeout(() => {
          waiting.delete(look)
          reject(new Error(`message ${index} did not come within ${withinMs} ms; there are ${received.length}: ${received.map(({ body }) => body.type).join(', ')}`))
        }, withinMs)
        const look = () => {
          const message = received[index]
          if (message === undefined) return
          clearTimeout(timer)
          waiting.delete(look)
          resolve(message)
        }
        waiting.add(look)
        look()
      }),
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}
