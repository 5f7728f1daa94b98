import { connect, createServer, type AddressInfo, type Socket } from 'node:net'

/** A place in the talk between a process and Redis, told by what goes over the wire. */
export interface Mark {
  /** In what is asked. */
  readonly asked: string
  /** In the answer; absent: the mark is the asking itself, which then never reaches Redis. */
  readonly answered?: string
}

/** A wire to Redis that can stop at a mark: what is asked there does not arrive, or was carried out and its answer does not. */
export interface WatchedWire {
  readonly url: string
  /** Resolves when a connection has come to the mark; that one says nothing more in that direction. */
  reach(mark: Mark): Promise<void>
  close(): Promise<void>
}

interface Watch {
  readonly mark: Mark
  readonly reached: () => void
}

/** `target`: a Redis on a unix socket. */
export const openWatchedWire = async (target: string): Promise<WatchedWire> => {
  const path = target.replace('unix://', '')
  const sockets = new Set<Socket>()
  let watch: Watch | null = null

  const server = createServer((near) => {
    const far = connect(path)
    let askedHere: Watch | null = null
    let held = false
    for (const [from, into] of [[near, far], [far, near]] as const) {
      sockets.add(from)
      from.on('error', () => undefined)
      from.on('close', () => {
        sockets.delete(from)
        into.destroy()
      })
    }
    const hold = (reached: () => void): void => {
      held = true
      watch = null
      reached()
    }
    near.on('data', (chunk) => {
      if (held) return
      if (watch !== null && chunk.includes(watch.mark.asked)) {
        if (watch.mark.answered === undefined) return hold(watch.reached)
        askedHere = watch
      }
      far.write(chunk)
    })
    far.on('data', (chunk) => {
      if (held) return
      if (watch !== null && askedHere === watch && chunk.includes(watch.mark.answered ?? '')) return hold(watch.reached)
      near.write(chunk)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `redis://127.0.0.1:${port}`,
    reach: (mark) =>
      new Promise((resolve) => {
        watch = { mark, reached: resolve }
      }),
    close: async () => {
      for (const socket of sockets) socket.destroy()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}
