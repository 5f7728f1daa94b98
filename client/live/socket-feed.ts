import { shallowRef } from 'vue'
import { io } from 'socket.io-client'
import type { AtAnswer, ChangesFrame, Row, WatchAnswer } from '../../server/contract/messages.ts'
import { clockOffset } from './clock-offset.ts'
import type { CommandAnswer, CommandBody, DeskNotice, Feed, LinkState, LiveView } from './feed.ts'
import { postCommand } from './post-command.ts'
import type { ViewReader } from './poll-views.ts'
import { watchedView, type WatchedView } from './watched-view.ts'

export interface FeedOptions {
  /** '' or absent: the page's own server. */
  readonly origin?: string
  /** Absent: the session cookie. */
  readonly token?: string
  readonly fetch?: typeof globalThis.fetch
  /** Epoch ms of the local clock. */
  readonly now?: () => number
  readonly onSettingsChanged?: (site: string) => void
}

/** RELIABILITY M20: 200 ms to 2 s with half of it at random brings 300 clients back in 2 s. */
const reconnection = { reconnectionDelay: 200, reconnectionDelayMax: 2_000, randomizationFactor: 0.5, timeout: 5_000 }
const REPORT_EVERY_MS = 5_000
const POLL_EVERY_MS = 5_000
const ANSWER_WITHIN_MS = 10_000
/** Failed openings in a row after which the page asks by HTTP instead. */
const FAILURES_BEFORE_POLLING = 2

export const openFeed = ({ origin = '', token, fetch = (...args) => globalThis.fetch(...args), now = Date.now, onSettingsChanged }: FeedOptions = {}): Feed => {
  const link = shallowRef<LinkState>({ kind: 'connecting' })
  const offsetMs = shallowRef(0)
  const views = new Map<string, WatchedView>()
  const clock = clockOffset()
  const http = { fetch, origin, token: token ?? null }
  /** Seldom needed, so it is loaded when it is. */
  const openReader = async (): Promise<ViewReader> => (await import('./poll-views.ts')).viewReader(http)
  let poller: Promise<ViewReader> | null = null
  const socket = io(origin, { transports: ['websocket'], withCredentials: true, ...reconnection, ...(token === undefined ? {} : { auth: { token } }) })
  let failures = 0
  let pollTimer: ReturnType<typeof setInterval> | null = null
  let polling = false

  const watched = () => [...views.values()]
  const lost = () => {
    if (link.value.kind !== 'lost' && link.value.kind !== 'signed-out') link.value = { kind: 'lost', since: now() }
  }

  const poll = async (): Promise<void> => {
    if (polling || socket.connected) return
    polling = true
    try {
      for (const site of new Set(watched().map((view) => view.site))) {
        const ours = watched().filter((view) => view.site === site)
        poller ??= openReader().catch((error: unknown) => {
          poller = null
          throw error
        })
        const bodies = await (await poller).read(site, ours.map(({ view }) => view))
        if (socket.connected) return
        for (const view of ours) {
          const body = bodies.get(view.view)
          if (body) view.load(body.revision, body.asOf, body.snapshot)
        }
      }
      if (!socket.connected && link.value.kind !== 'signed-out') link.value = { kind: 'polling' }
    } catch {
      // Neither way is open now: the link says so, and both are tried again.
      lost()
    } finally {
      polling = false
    }
  }
  const startPolling = () => {
    if (pollTimer !== null) return
    pollTimer = setInterval(() => void poll(), POLL_EVERY_MS)
    void poll()
  }
  const stopPolling = () => {
    if (pollTimer !== null) clearInterval(pollTimer)
    pollTimer = null
  }

  /** The agents of a large site are over a megabyte: they come compressed and cached by HTTP, the socket goes on from there. */
  const preload = async (view: WatchedView): Promise<void> => {
    if (view.view !== 'agents' || view.revision() !== null) return
    const body = (await openReader().then((reader) => reader.read(view.site, [view.view])).catch(() => null))?.get(view.view)
    if (body) view.load(body.revision, body.asOf, body.snapshot)
  }

  const ask = async (view: WatchedView): Promise<void> => {
    if (view.asking || !socket.connected) return
    view.asking = true
    await preload(view)
    const since = view.revision()
    await new Promise<void>((asked) => {
      // Taken in at once and not by a promise: the next frame may come in the same breath.
      socket.timeout(ANSWER_WITHIN_MS).emit('watch', { site: view.site, view: view.view, ...(since === null ? {} : { since }) }, (failed: Error | null, answer: WatchAnswer) => {
        view.asking = false
        if (failed === null) take(view, answer)
        // A socket that does not answer in time is opened anew, and asks again then.
        else if (socket.connected) socket.disconnect().connect()
        asked()
      })
    })
  }
  const take = (view: WatchedView, answer: WatchAnswer): void => {
    if (!answer.ok) view.refuse(answer.refusal)
    else if ('snapshot' in answer) view.load(answer.revision, answer.asOf, answer.snapshot)
    else view.resume(answer.revision, answer.asOf, answer.changes)
  }

  const report = async (): Promise<void> => {
    for (const site of new Set(watched().map((view) => view.site))) {
      const revision = watched().find((view) => view.site === site && view.revision() !== null)?.revision()
      if (revision === undefined || revision === null || !socket.connected) continue
      const sentAt = now()
      const answer = (await socket.timeout(ANSWER_WITHIN_MS).emitWithAck('at', { site, revision }).catch(() => null)) as AtAnswer | null
      if (answer) offsetMs.value = clock.add({ sentAt, receivedAt: now(), serverAt: Date.parse(answer.now) })
    }
  }
  const reportTimer = setInterval(() => void report(), REPORT_EVERY_MS)

  socket.on('connect', () => {
    failures = 0
    stopPolling()
    link.value = { kind: 'open' }
    void Promise.all(watched().map((view) => ask(view))).then(report)
  })
  socket.on('disconnect', (reason) => {
    for (const view of views.values()) view.asking = false
    lost()
    // The server closed it (restart, too slow): coming back is up to us, spread over a second.
    if (reason === 'io server disconnect' && link.value.kind !== 'signed-out') setTimeout(() => socket.connect(), Math.random() * 1_000)
  })
  socket.on('connect_error', (error) => {
    failures += 1
    if (error.message === 'unauthorized') {
      stopPolling()
      link.value = { kind: 'signed-out', reason: 'no valid sign-in' }
      return
    }
    if (link.value.kind !== 'polling') lost()
    if (failures >= FAILURES_BEFORE_POLLING) startPolling()
  })
  socket.on('changes', (frame: ChangesFrame) => {
    for (const change of frame.views) {
      const view = views.get(`${frame.site}\n${change.view}`)
      if (view && !view.asking && !view.apply(change, frame.asOf)) void ask(view)
    }
  })
  socket.on('settings-changed', ({ site }: { readonly site: string }) => onSettingsChanged?.(site))
  const showers = new Set<(notice: DeskNotice) => boolean>()
  socket.on('notice', (notice: DeskNotice, shown: (answer: object) => void) => {
    if ([...showers].map((show) => show(notice)).some(Boolean)) shown({})
  })
  const reloaders = new Set<() => void>()
  socket.on('reload', () => { for (const reload of reloaders) reload() })
  socket.on('signed-out', ({ reason }: { readonly reason: string }) => {
    link.value = { kind: 'signed-out', reason }
    socket.disconnect()
  })

  const watch = (site: string, name: string): LiveView<Readonly<Record<string, Row>>> => {
    const key = `${site}\n${name}`
    const view = views.get(key) ?? watchedView(site, name)
    views.set(key, view)
    view.watchers += 1
    if (view.watchers === 1) void (pollTimer === null ? ask(view) : poll())
    let open = true
    return {
      ...view.refs,
      close: () => {
        if (!open) return
        open = false
        view.watchers -= 1
        if (view.watchers > 0) return
        views.delete(key)
        if (socket.connected) socket.emit('unwatch', { site, view: name })
      },
    }
  }

  return {
    link,
    offsetMs,
    // One implementation behind the overloads of `Feed`: which tables a view has is data (`tablesOfView`).
    watch: watch as Feed['watch'],
    command: async (site: string, ref: string, body: CommandBody, idempotencyKey: string): Promise<CommandAnswer> => {
      if (!socket.connected) return postCommand(http, site, ref, body, idempotencyKey)
      const answer = (await socket.timeout(ANSWER_WITHIN_MS).emitWithAck('command', { ...body, site, ref, idempotencyKey }).catch(() => null)) as CommandAnswer | null
      // Unknown outcome: the same key makes asking again safe.
      return answer ?? postCommand(http, site, ref, body, idempotencyKey)
    },
    onReload: (reload) => {
      reloaders.add(reload)
      return () => void reloaders.delete(reload)
    },
    onNotice: (show) => {
      showers.add(show)
      return () => void showers.delete(show)
    },
    close: () => {
      clearInterval(reportTimer)
      stopPolling()
      views.clear()
      socket.disconnect()
    },
  }
}
