import type { LogEntry } from '../../server/domain/log-entry.ts'
import type { SubjectToken } from '../../server/domain/platform-events.ts'
import { HOUR, type Instant, instantOf, MINUTE } from '../../server/domain/time.ts'
import type { Logger } from '../../server/log.ts'
import type { Ends } from '../../server/redis/ends.ts'
import { compareEntries } from '../../server/redis/epoch.ts'
import type { FloorLog } from '../../server/redis/floor-log.ts'
import type { Kept, KeeperPart } from './keeper.ts'

/** Contacts that began longer ago than this are not waited for any more. */
const OPEN_MS = 24 * HOUR
/** After a take-over the subjects of contacts still open are read again from this much of the log. */
const LOOK_BACK_MS = 6 * HOUR
const FLUSH_MS = 500
const PAGE = 200

interface Begun {
  readonly subject: SubjectToken
  readonly at: Instant
}

/** Who contacts belong to, and what ended since the last take. */
export const endsTally = () => {
  const open = new Map<string, Begun>()
  let ended = new Map<SubjectToken, Instant>()

  const read = (entry: LogEntry) => {
    if (entry.kind !== 'facts') return
    for (const fact of entry.facts) {
      if ((fact.type === 'contact.created' || fact.type === 'contact.queued') && fact.subject !== null) open.set(fact.contactId, { subject: fact.subject, at: entry.at })
      if (fact.type !== 'contact.ended' && fact.type !== 'contact.wrapped') continue
      const begun = open.get(fact.contactId)
      if (begun && fact.occurredAt > (ended.get(begun.subject) ?? 0)) ended.set(begun.subject, fact.occurredAt)
    }
  }
  const forget = (before: number) => {
    for (const [contact, { at }] of open) {
      if (at >= before) return
      open.delete(contact)
    }
  }
  return {
    read,
    forget,
    pending: () => ended.size,
    take: () => {
      const taken = ended
      ended = new Map()
      return taken
    },
  }
}

/** Writes when each customer's last contact ended, so that the door can say `previousEndAt` of the next one. Later ends win, so an old keeper's write harms nothing. */
export const keepEnds = ({ ends, log, floorLog }: { readonly ends: Ends; readonly log: Logger; readonly floorLog: FloorLog }): KeeperPart => async (kept: Kept) => {
  const { site, replica } = kept
  const tally = endsTally()
  let writing: Promise<void> | null = null
  let timer: NodeJS.Timeout | undefined
  let droppedAt = 0

  const write = async () => {
    const taken = tally.take()
    try {
      if (!kept.holds()) return
      await ends.record(site, taken)
      if (replica.floor.asOf - droppedAt > 30 * MINUTE) {
        droppedAt = replica.floor.asOf
        await ends.dropOlder(site, replica.floor.asOf)
        tally.forget(replica.floor.asOf - OPEN_MS)
      }
    } catch (error) {
      log.warn({ site, reason: error instanceof Error ? error.message : String(error) }, 'ends of contacts could not be written')
    }
  }
  const plan = () => {
    timer ??= setTimeout(() => {
      timer = undefined
      writing = write().finally(() => (writing = null))
    }, FLUSH_MS)
  }
  const quiet = replica.onChange((_changes, _revision, _entry, entries) => {
    for (const entry of entries) tally.read(entry)
    if (tally.pending() > 0) plan()
  })
  // From here on the replica tells; what came before is read once. Ends found twice are written twice, which changes nothing.
  const until = replica.position().entry
  const from = instantOf(replica.floor.asOf - LOOK_BACK_MS)
  for (let after = `${Math.max(0, from)}-0`; ; ) {
    const page = await floorLog.read(site, after, PAGE)
    for (const { entry } of page) if (entry) tally.read(entry)
    after = page.at(-1)?.id ?? after
    if (page.length < PAGE || compareEntries(after, until) >= 0 || !kept.holds()) break
  }
  if (tally.pending() > 0) plan()

  return {
    close: async () => {
      quiet()
      clearTimeout(timer)
      await writing
      await write()
    },
  }
}
