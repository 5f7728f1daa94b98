import type { LogEntry } from '../../server/domain/log-entry.ts'
import { DAY, type Instant } from '../../server/domain/time.ts'
import type { Logger } from '../../server/log.ts'
import type { LateAnswers } from '../../server/redis/late-answers.ts'
import type { Kept, KeeperPart } from './keeper.ts'

const FLUSH_MS = 200
const RETRY_MS = 2_000

const answeredIn = (entries: readonly LogEntry[]): readonly string[] => entries.flatMap((entry) => (entry.kind === 'facts' ? entry.facts.flatMap((fact) => (fact.type === 'survey.received' ? [fact.contactId] : [])) : []))

/** Writes down answers whose contact was history when they came; at a take-over all that the floor has of the last 50 hours. */
export const keepLateAnswers = ({ lateAnswers, log }: { readonly lateAnswers: LateAnswers; readonly log: Logger }): KeeperPart => async (kept: Kept) => {
  const { site, replica } = kept
  let asked = new Set<string>()
  let all = true
  let timer: NodeJS.Timeout | undefined
  let writing: Promise<void> = Promise.resolve()
  let droppedAt: Instant | null = null

  const write = async () => {
    const [contacts, whole] = [asked, all]
    asked = new Set()
    all = false
    try {
      if (!kept.holds()) return
      await lateAnswers.record(site, replica.floor.lateAnswers(whole ? undefined : [...contacts]))
      const { asOf } = replica.floor
      if (droppedAt !== null && asOf - droppedAt < DAY) return
      droppedAt = asOf
      await lateAnswers.dropOlder(site, asOf)
    } catch (error) {
      log.warn({ site, reason: error instanceof Error ? error.message : String(error) }, 'late answers could not be written; tried again')
      for (const contact of contacts) asked.add(contact)
      all ||= whole
      plan(RETRY_MS)
    }
  }
  const plan = (ms: number) => {
    timer ??= setTimeout(() => {
      timer = undefined
      writing = writing.then(write)
    }, ms)
  }
  const quiet = replica.onChange((_changes, _revision, _entry, entries) => {
    for (const contact of answeredIn(entries)) asked.add(contact)
    if (asked.size > 0) plan(FLUSH_MS)
  })
  plan(FLUSH_MS)

  return {
    close: async () => {
      quiet()
      clearTimeout(timer)
      await writing
      await write()
      clearTimeout(timer)
    },
  }
}
