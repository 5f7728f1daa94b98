import { randomBytes } from 'node:crypto'
import { later, type Instant } from '../server/domain/time.ts'
import { SEND_LEASE_MS, type ClaimedRow } from '../server/redis/incident-outbox.ts'
import { openRowSender, type DeliverRowDeps } from './deliver-row.ts'
import { openTurns } from './deliver-turns.ts'
import { openOwedWrites } from './owed-writes.ts'
import { openAlarm } from './ringer/alarm.ts'
import type { Wakes } from './ringer/wakes.ts'

export interface DeliverDeps extends Omit<DeliverRowDeps, 'owed'> {
  readonly wakes: Wakes
  readonly sites: () => readonly string[]
  readonly lookEveryMs?: number
}

export interface Deliveries {
  close(): Promise<void>
}

const LOOK_MS = 2_000
/** Messages on their way at once, and of these to one receiver: a receiver that hangs holds up nobody else. */
const MOST = 400
const MOST_A_TARGET = 64
/** These wait here for their turn; a receiver that takes 64 in a quarter of a second has had its 400 within two. */
const WAITING_A_TARGET = 400
const WAITING_IN_ALL = 2_000
/** With the longest sending it is less than a row's lease. */
const PATIENCE_MS = 8_000
const BUSY_TARGET_MS = 250

/** Paced rows of one person that were claimed together are one message, and so are their further tries; everything else goes alone. */
const grouped = (rows: readonly ClaimedRow[]): readonly (readonly ClaimedRow[])[] => {
  const groups = new Map<string, ClaimedRow[]>()
  for (const row of rows) {
    const together = row.paced && row.person !== null && row.accepted === undefined && row.receipt === undefined
    const key = together ? `${row.person}\n${row.channel}\n${row.attempts > 0 || row.follows === true}\n${row.unknown}` : row.id
    groups.set(key, [...(groups.get(key) ?? []), row])
  }
  return [...groups.values()]
}

/** Sends what lies in the outbox: rows are claimed with a lease, and every try begins with a claim that an acknowledgement can forestall. */
export const openDeliveries = (deps: DeliverDeps): Deliveries => {
  const { outbox, wakes, sites, log } = deps
  const owed = openOwedWrites()
  const send = openRowSender({ ...deps, owed })
  let open = true
  const claiming = new Set<string>()
  const turns = openTurns({
    atOnce: MOST_A_TARGET,
    waiting: WAITING_A_TARGET,
    waitingInAll: WAITING_IN_ALL,
    patienceMs: PATIENCE_MS,
    onSent: () => {
      if (turns.sending() === MOST - 1) look()
    },
  })

  const start = (site: string, rows: readonly ClaimedRow[], token: string, leasedUntil: Instant): void => {
    const [first] = rows
    if (first === undefined) return
    const surely = (work: () => Promise<unknown>) => async (): Promise<void> => {
      await work().catch((error: Error) => log.warn({ site, delivery: first.id, reason: error.message }, 'a delivery was interrupted; its lease brings it back'))
    }
    // Those behind many come back when it is likely their turn: coming back is a write each time.
    const goBack = (behind: number) => () => Promise.all(rows.map(({ unknown: _unknown, ...row }) => owed.write(() => outbox.putBack(site, row, token, open ? BUSY_TARGET_MS * (1 + Math.floor(behind / MOST_A_TARGET)) : 0))))
    turns.enter(`${site}\n${first.channel}\n${first.target}`, { send: surely(() => send(site, rows, token, leasedUntil)), giveBack: (behind) => surely(goBack(behind))() })
  }

  const alarm = openAlarm({ wake: (site) => void claimDue(site) })

  const claimDue = async (site: string): Promise<void> => {
    if (!open || claiming.has(site) || turns.sending() >= MOST) return
    claiming.add(site)
    try {
      while (open && turns.sending() < MOST) {
        await owed.none()
        const token = randomBytes(9).toString('base64url')
        alarm.asking(site)
        const claim = await outbox.claim(site, token, Math.min(100, MOST - turns.sending()))
        alarm.set(site, claim.lookAgainAt, claim.now)
        if (claim.rows.length === 0) return
        for (const rows of grouped(claim.rows)) start(site, rows, token, later(claim.now, SEND_LEASE_MS))
      }
    } catch (error) {
      log.warn({ site, reason: error instanceof Error ? error.message : String(error) }, 'the outbox could not be read')
    } finally {
      claiming.delete(site)
    }
  }

  const look = (): void => {
    turns.tidy()
    for (const site of sites()) void claimDue(site)
  }
  const beat = setInterval(look, deps.lookEveryMs ?? LOOK_MS)
  const unhear = wakes.onWake((site, at) => alarm.hear(site, at))
  const unconnect = wakes.onReconnect(look)
  look()

  return {
    close: async () => {
      open = false
      clearInterval(beat)
      unhear()
      unconnect()
      alarm.close()
      owed.close()
      await turns.close()
    },
  }
}
