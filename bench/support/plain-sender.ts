import { connect, type Socket } from 'node:net'

/** A sender that costs next to nothing: one kept connection, requests written as they lie on the wire, of answers only the status is read. */
export interface PlainSender {
  /** Resolves with the status. One request at a time. */
  readonly post: (path: string, body: string) => Promise<number>
  readonly close: () => void
}

export const plainSender = async (port: number, token: string): Promise<PlainSender> => {
  let socket: Socket | null = null
  let answered: ((status: number) => void) | null = null
  // An idle connection is closed by the server after a while: the next request opens it again.
  const opened = (): Promise<Socket> =>
    new Promise((resolve, reject) => {
      const opening = connect(port, '127.0.0.1', () => {
        opening.off('error', reject).on('error', () => undefined)
        resolve((socket = opening.setNoDelay(true)))
      })
      opening.once('error', reject)
      opening.on('close', () => socket === opening && (socket = null))
      // Answers are small and come in one piece.
      opening.on('data', (bytes) => answered?.(Number(bytes.toString('latin1', 9, 12))))
    })
  await opened()
  return {
    post: async (path, body) => {
      const open = socket ?? (await opened())
      return new Promise((resolve) => {
        answered = resolve
        open.write(`POST ${path} HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\nauthorization: Bearer ${token}\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`)
      })
    },
    close: () => socket?.destroy(),
  }
}
