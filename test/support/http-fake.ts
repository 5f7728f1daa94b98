import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { until } from './until.ts'

export interface FakeRequest {
  readonly at: number
  readonly method: string
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
}
export type FakeAnswer = (response: ServerResponse, request: FakeRequest) => void

/** A provider on this machine. What a test did not expect is a fault: `expect(fake.extra()).toEqual([])`. */
export interface HttpFake {
  readonly url: string
  readonly requests: readonly FakeRequest[]
  /** How every request is answered from now on. */
  answer(answer: FakeAnswer): void
  /** So many were right so far; what comes beyond is extra. */
  expected(count: number): void
  extra(): readonly string[]
  /** Called at each connection. */
  connected(heard: () => void): void
  request(index: number): Promise<FakeRequest>
  close(): Promise<void>
}

export const openHttpFake = async (usual: FakeAnswer): Promise<HttpFake> => {
  const requests: FakeRequest[] = []
  let [answer, right] = [usual, 0]
  const server = createServer((incoming, response) => {
    const chunks: Buffer[] = []
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
    incoming.on('end', () => {
      const request = { at: Date.now(), method: incoming.method ?? '', path: incoming.url ?? '', headers: incoming.headers, body: Buffer.concat(chunks) }
      requests.push(request)
      answer(response, request)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    answer: (given) => {
      answer = given
    },
    expected: (count) => {
      right = count
    },
    extra: () => requests.slice(right).map(({ method, path }) => `${method} ${path}`),
    connected: (heard) => void server.on('connection', heard),
    request: (index) => until(`request ${index}`, () => requests[index], 20_000),
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}
