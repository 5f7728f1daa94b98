import type { z } from 'zod'
import type { WatchAnswer } from '../contract/messages.ts'
import type { Refusal } from '../contract/problems.ts'
import { may, reaches, type Area, type Credential } from '../contract/roles.ts'
import type { Incident } from '../contract/rows.ts'
import { atMessage, clientMessages, commandMessage, unwatchMessage, watchMessage, type ClientMessage } from '../contract/socket-messages.ts'
import { isoOf, type Instant } from '../domain/time.ts'
import type { Logger } from '../log.ts'
import type { LiveSites } from './live-sites.ts'
import type { Line, Seat } from './rooms.ts'
import { rightOfView, scopeOf, type Scope } from './scope.ts'
import { planOf, snapshotOf } from './to-views.ts'
import { tokenBucket } from './token-bucket.ts'

export type CommandAnswer = { readonly ok: true; readonly incident: Incident } | { readonly ok: false; readonly refusal: Refusal }

export interface ViewerDeps {
  readonly sites: LiveSites
  readonly siteExists: (site: string) => boolean | Promise<boolean>
  /** What the areas of a credential are on a site. */
  readonly narrow: (credential: Credential, site: string) => Promise<Credential>
  /** Answered like the HTTP route; refusals are values. */
  readonly command: (site: string, ref: string, command: Readonly<Record<string, unknown>>, credential: Credential, idempotencyKey: string | null) => Promise<CommandAnswer>
  readonly now: () => Instant
  readonly log: Logger
}

/** One connection: what its person may see and say. */
export interface Viewer {
  /** Takes one event; false when the connection has to be closed. */
  readonly hear: (event: string, args: readonly unknown[]) => boolean
  readonly sites: () => Iterable<string>
  /** What they are limited to on a site that they watch; null: all of it; undefined: they do not watch it. */
  readonly areaAt: (site: string) => Area | null | undefined
  readonly leave: () => void
}

const MOST_VIEWS = 50
const MOST_PENDING = 32
/** An unknown event is a mistake, ten are an attack (RELIABILITY B46). */
const MOST_UNKNOWN = 10
const allowance = { burst: 150, perSecond: 20 }

const refusal = (code: string, detail: string): { readonly ok: false; readonly refusal: Refusal } => ({ ok: false, refusal: { code, detail, state: null, revision: null, allowed: [] } })
const noSite = (site: string) => refusal('not_found', `site "${site}" does not exist`)
const noView = (view: string) => refusal('not_found', `view "${view}" does not exist; there are floor, agents, incidents, incident:{ref}, inbox and wall:{layout}`)
const noIncident = (ref: string) => refusal('not_found', `incident "${ref}" does not exist`)

type Answer = (answer: unknown) => void

/** The message, or null after the sender was told what is wrong with it. */
const read = <S extends z.ZodType>(schema: S, event: string, body: unknown, answer: Answer | null): z.output<S> | null => {
  const parsed = schema.safeParse(body)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  answer?.(refusal('message_invalid', `${event}: ${issue === undefined ? 'not understood' : `${issue.path.join('.') || 'message'}: ${issue.message}`}`))
  return null
}

export const openViewer = (credential: Credential, line: Line, { sites, siteExists, narrow, command, now, log }: ViewerDeps): Viewer => {
  const seats = new Map<string, { readonly seat: Seat; readonly scope: Scope }>()
  const bucket = tokenBucket(allowance)
  let pending = 0
  let unknown = 0
  let gone = false

  /** Who asks on that site; null: for them there is no such site. */
  const within = async (site: string): Promise<Credential | null> => (reaches(credential, site) && (await siteExists(site)) ? narrow(credential, site) : null)
  const seatAt = async (site: string, scope: Scope): Promise<Seat> => {
    const { rooms } = await sites.get(site)
    const taken = seats.get(site) ?? { seat: rooms.seat(line, scope), scope }
    if (gone) taken.seat.leave()
    else seats.set(site, taken)
    return taken.seat
  }
  const viewsWatched = () => [...seats.values()].reduce((sum, { seat }) => sum + seat.views().size, 0)

  const incidentSeen = async (site: string, scope: Scope, ref: string): Promise<boolean> => {
    const { feed } = await sites.get(site)
    await feed.current()
    return (snapshotOf(planOf(`incident:${ref}`, scope), feed.read).incidents ?? []).length > 0
  }

  const watch = async ({ site, view, since }: { readonly site: string; readonly view: string; readonly since?: string | null }, answer: Answer): Promise<void> => {
    const right = rightOfView(view)
    const here = await within(site)
    if (here === null) return answer(noSite(site))
    const scope = scopeOf(here)
    if (right === null || (credential.board !== undefined && view !== `wall:${credential.board}`)) return answer(noView(view))
    if (!may(credential, right)) {
      log.warn({ credential: credential.id, site, view, role: credential.role }, 'a view was refused')
      return answer(refusal('forbidden', `the role ${credential.role} may not watch ${view} (right ${right})`))
    }
    if (viewsWatched() >= MOST_VIEWS && !seats.get(site)?.seat.views().has(view)) return answer(refusal('too_many_views', `one connection may watch ${MOST_VIEWS} views`))
    if (view.startsWith('incident:') && !(await incidentSeen(site, scope, view.slice('incident:'.length)))) return answer(noIncident(view.slice('incident:'.length)))
    const seat = await seatAt(site, scope)
    await seat.watch(view, since ?? null, (reply: WatchAnswer) => answer(reply))
  }

  const unwatch = (site: string, view: string, answer: Answer | null): void => {
    const seat = seats.get(site)?.seat
    seat?.unwatch(view)
    if (seat !== undefined && seat.views().size === 0) {
      seat.leave()
      seats.delete(site)
    }
    answer?.({ ok: true })
  }

  const carryOut = async ({ site, ref, idempotencyKey, ...order }: { readonly site: string; readonly ref: string; readonly idempotencyKey?: string | null }, answer: Answer): Promise<void> => {
    const here = await within(site)
    if (here === null) return answer(noSite(site))
    const scope = scopeOf(here)
    if (!may(credential, 'incidents:command')) return answer(refusal('forbidden', `the role ${credential.role} may not command incidents (right incidents:command)`))
    if (scope.area !== null && !(await incidentSeen(site, scope, ref))) return answer(noIncident(ref))
    answer(await command(site, ref, order, here, idempotencyKey ?? null))
  }

  /** Runs what may wait; a fault is the server's and told as one, the connection lives on. */
  const run = (event: string, work: (answer: Answer) => Promise<void>, answer: Answer): void => {
    if (pending >= MOST_PENDING) return answer(refusal('too_many_pending', `${MOST_PENDING} questions of this connection are not answered yet`))
    pending += 1
    work(answer)
      .catch((error: unknown) => {
        log.error({ event, reason: error instanceof Error ? (error.stack ?? error.message) : String(error) }, 'a socket message failed')
        answer(refusal('unavailable', 'the server could not answer now; ask again'))
      })
      .finally(() => (pending -= 1))
  }

  const say = (event: ClientMessage, body: unknown, answer: Answer | null): void => {
    switch (event) {
      case 'watch': {
        const message = read(watchMessage, event, body, answer)
        if (message !== null && answer !== null) run(event, (reply) => watch(message, reply), answer)
        return
      }
      case 'unwatch': {
        const message = read(unwatchMessage, event, body, answer)
        if (message !== null) unwatch(message.site, message.view, answer)
        return
      }
      case 'at':
        if (read(atMessage, event, body, answer) !== null) answer?.({ now: isoOf(now()) })
        return
      case 'command': {
        const message = read(commandMessage, event, body, answer)
        if (message !== null && answer !== null) run(event, (reply) => carryOut(message, reply), answer)
        return
      }
      default:
        return event satisfies never
    }
  }

  return {
    hear: (event, args) => {
      if (!bucket.take(performance.now())) return false
      if (!Object.hasOwn(clientMessages, event)) {
        unknown += 1
        return unknown < MOST_UNKNOWN
      }
      const last = args.at(-1)
      say(event as ClientMessage, args[0], typeof last === 'function' ? (reply) => void last(reply) : null)
      return true
    },
    sites: () => seats.keys(),
    areaAt: (site) => seats.get(site)?.scope.area,
    leave: () => {
      gone = true
      for (const { seat } of seats.values()) seat.leave()
      seats.clear()
    },
  }
}
