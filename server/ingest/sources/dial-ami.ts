import type { CanonicalEvent } from '../../contract/events.ts'
import { instantOf, type Instant } from '../../domain/time.ts'
import type { Logger } from '../../log.ts'
import type { Redis } from '../../redis/connect.ts'
import type { FloorLog } from '../../redis/floor-log.ts'
import type { Keys } from '../../redis/keys.ts'
import type { Pipeline } from '../pipeline.ts'
import type { AmiFrame } from './ami-frames.ts'
import { openAmiSession, PING_MS, type AmiAddress, type AmiSession } from './ami-session.ts'
import { openAmi, type AmiReader, type SavedAmi } from './asterisk-ami.ts'
import type { AcwRule } from './asterisk-members.ts'
import { openDeliver } from './deliver-events.ts'
import type { RunningSource } from './follow-queue-log.ts'
import { openStatus } from './source-status.ts'

/** Keeps a connection to a manager interface: dials, reads, delivers, dials again; what the calls were doing survives it all. */

export interface DialDeps {
  readonly redis: Redis
  readonly keys: Keys
  readonly pipeline: Pick<Pipeline, 'acceptEvents'>
  readonly floorLog: Pick<FloorLog, 'append'>
  readonly log: Logger
  readonly now: () => Instant
}

export interface DialOptions {
  readonly site: string
  readonly source: string
  readonly acw: AcwRule
  readonly address: AmiAddress
  /** Default 5 s. */
  readonly pingMs?: number
}

interface Saved {
  readonly address: string
  readonly reader: SavedAmi
  /** When it was last heard, ms. */
  readonly heardAt: number
}

const FIRST_WAIT_MS = 500
const LONGEST_WAIT_MS = 30_000
/** A session that stood this long begins the waits anew. */
const STEADY_MS = 10_000
const SAVE_EVERY_MS = 2_000
/** Events that may wait for the log before reading stops. */
const WAITING_MOST = 20_000
/** The clock of the telephone system may be this far off ours. */
const CLOCK_SLACK_MS = 5_000

export const dialAmi = (deps: DialDeps, { site, source, acw, address, pingMs = PING_MS }: DialOptions): RunningSource => {
  const { redis, keys, log, now } = deps
  const key = keys.site(site).follower(source)
  const place = `${address.host}:${address.port}`
  const status = openStatus(deps, { site, source, platform: 'asterisk-ami', beatMs: pingMs })
  let running = true
  let session: AmiSession | null = null
  let wake: () => void = () => undefined
  const deliver = openDeliver({ ...deps, running: () => running, refused: status.refused }, site, source)

  const waiting: CanonicalEvent[] = []
  let delivering: Promise<void> | null = null
  let savedAt = 0

  const save = async (reader: AmiReader) => {
    savedAt = performance.now()
    await redis.set(key, JSON.stringify({ address: place, reader: reader.save(), heardAt: session?.heardAt() ?? now() } satisfies Saved))
  }
  const drain = async (reader: AmiReader): Promise<void> => {
    while (waiting.length > 0) {
      const batch = waiting.slice(0, 1_000)
      await deliver(batch)
      waiting.splice(0, batch.length)
      session?.hold(waiting.length > WAITING_MOST)
    }
    if (performance.now() - savedAt > SAVE_EVERY_MS) await save(reader)
  }
  const push = (reader: AmiReader, events: readonly CanonicalEvent[]) => {
    waiting.push(...events)
    if (waiting.length > WAITING_MOST) session?.hold(true)
    if (waiting.length === 0 || delivering !== null) return
    delivering = drain(reader)
      .catch((error: unknown) => void (running && log.warn({ site, source, reason: error instanceof Error ? error.message : String(error) }, 'events of a source could not be delivered yet')))
      .finally(() => {
        delivering = null
        if (running && waiting.length > 0) push(reader, [])
      })
  }

  /** A start of the telephone system after we last heard it: what was live then is not any more. */
  const restarted = (reader: AmiReader, frame: AmiFrame, heardAt: number | null): readonly CanonicalEvent[] => {
    const uptime = Number(frame.get('Uptime'))
    if (frame.get('Event') !== 'FullyBooted' || frame.get('Uptime') === '' || !Number.isFinite(uptime) || heardAt === null) return []
    const bootedAt = now() - uptime * 1_000
    if (bootedAt < heardAt + CLOCK_SLACK_MS) return []
    return reader.restarted(bootedAt)
  }

  const talk = (reader: AmiReader, heardBefore: number | null): Promise<{ readonly stoodMs: number }> =>
    new Promise((resolve) => {
      let upAt: number | null = null
      let ticking: NodeJS.Timeout | undefined
      const schedule = () => {
        clearTimeout(ticking)
        const due = reader.nextTickAt()
        if (due === null) return
        ticking = setTimeout(() => {
          push(reader, reader.tick(now()))
          schedule()
        }, Math.max(1, due - now()))
      }
      reader.connected()
      session = openAmiSession(
        address,
        {
          up: () => {
            upAt = now()
            status.up()
          },
          frame: (frame) => {
            push(reader, [...restarted(reader, frame, heardBefore), ...reader.frame(frame, now())])
            schedule()
          },
          down: (detail) => {
            clearTimeout(ticking)
            if (running) status.down(detail, upAt === null ? undefined : instantOf(session?.heardAt() ?? now()))
            resolve({ stoodMs: upAt === null ? 0 : now() - upAt })
          },
        },
        { now, pingMs },
      )
      wake = () => {
        clearTimeout(ticking)
        session?.close()
        resolve({ stoodMs: 0 })
      }
    })

  const pause = (ms: number) =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms)
      wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })

  const load = async (): Promise<Saved | null> => {
    const stored = await redis.get(key)
    const saved = stored === null ? null : (JSON.parse(stored) as Saved)
    return saved?.address === place ? saved : null
  }

  const run = async () => {
    let saved: Saved | null = null
    for (let loaded = false; running && !loaded; ) {
      try {
        saved = await load()
        loaded = true
      } catch (error) {
        log.warn({ site, source, reason: error instanceof Error ? error.message : String(error) }, 'the saved state of a source could not be read yet')
        await pause(1_000)
      }
    }
    const reader = openAmi({ source, acw }, saved?.reader)
    let heardBefore = saved?.heardAt ?? null
    let wait = FIRST_WAIT_MS
    while (running) {
      const { stoodMs } = await talk(reader, heardBefore)
      if (stoodMs > 0) heardBefore = session?.heardAt() ?? heardBefore
      if (!running) break
      wait = stoodMs > STEADY_MS ? FIRST_WAIT_MS : Math.min(wait * 2, LONGEST_WAIT_MS)
      await pause(wait * (0.5 + Math.random() / 2))
    }
    await delivering
    await drain(reader).then(() => save(reader), () => undefined)
    await status.settled()
  }
  const done = run()

  return {
    close: async () => {
      running = false
      wake()
      await done
    },
  }
}
