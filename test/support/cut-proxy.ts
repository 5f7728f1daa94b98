import { connect, createServer, type AddressInfo, type Socket } from 'node:net'

/** A wire to Redis that a test may cut and mend: connections end, and new ones are refused until then. */
export interface CutProxy {
  readonly url: string
  cut(): void
  mend(): void
  close(): Promise<void>
}

export const openCutProxy = async (target: string): Promise<CutProxy> => {
  const to = new URL(target)
  const sockets = new Set<Socket>()
  let whole = true
  const server = createServer((near) => {
    if (!whole) return void near.destroy()
    const far = connect(Number(to.port || 6379), to.hostname)
    for (const [from, into] of [[near, far], [far, near]] as const) {
      sockets.add(from)
      from.on('error', () => undefined)
      from.on('close', () => {
        sockets.delete(from)
        into.destroy()
      })
      from.pipe(into)
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `redis://127.0.0.1:${port}${to.pathname}`,
    cut: () => {
      whole = false
      for (const socket of sockets) socket.destroy()
    },
    mend: () => {
      whole = true
    },
    close: async () => {
      for (const socket of sockets) socket.destroy()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}
