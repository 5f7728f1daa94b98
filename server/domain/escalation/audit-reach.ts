import { isoOf, later, DAY, type Instant } from '../time.ts'
import type { AuditFinding, AuditReading } from './audit.ts'
import { hasVerifiedUrgentChannel } from './contact-plan.ts'
import { resolvedTargets } from './directory.ts'
import { onDutyAt } from './duty.ts'
import { SCAN_DAYS } from './rota-gaps.ts'

type Levels = NonNullable<AuditReading['today']['settings']['policies'][string]>['ownership']['levels']

/** Somebody whom the levels tell at that instant has a verified push, text or call. */
const reachesAt = (levels: Levels, { directory }: AuditReading, at: Instant): boolean => {
  const people = onDutyAt(directory, at)
  return resolvedTargets(levels.flatMap(({ targets }) => targets), people).some((target) =>
    target.people.some((person) => {
      const plan = people.contacts?.[person]
      return plan !== undefined && hasVerifiedUrgentChannel(plan)
    }),
  )
}

/** Instants of the coming days at which somebody else comes on call: between them nothing changes. */
const turnsOf = ({ directory, now }: AuditReading): readonly Instant[] => {
  const end = later(now, SCAN_DAYS * DAY)
  const froms = [...(directory.rotas?.values() ?? [])].flatMap((rota) => rota.shifts(now, end).map(({ from }) => from))
  return [...new Set(froms)].filter((at) => at > now).sort((a, b) => a - b)
}

/** First instant of the coming 14 days at which a policy in use reaches nobody, by policy. */
const gapsAhead = (used: readonly string[], reading: AuditReading): ReadonlyMap<string, Instant> => {
  const turns = turnsOf(reading)
  return new Map(
    used.flatMap((id) => {
      const levels = reading.today.settings.policies[id]?.ownership.levels ?? []
      // Only who takes turns changes by itself.
      if (!levels.some(({ targets }) => targets.some((target) => 'rota' in target || 'role' in target))) return []
      const gap = turns.find((at) => !reachesAt(levels, reading, at))
      return gap === undefined ? [] : [[id, gap] as const]
    }),
  )
}

/** A policy that is in use must reach somebody who can be woken, now and for 14 days (INCIDENTS 2.14 h). */
export const reachFindings = (reading: AuditReading): readonly AuditFinding[] => {
  const { directory, today, now } = reading
  if (directory.contacts === undefined) return []
  const used = [...new Set(['default', ...today.settings.routes.map(({ policy }) => policy)])]
  const ahead = gapsAhead(used, reading)
  return used.flatMap((id): readonly AuditFinding[] => {
    if (!reachesAt(today.settings.policies[id]?.ownership.levels ?? [], reading, now)) return [{ check: 'nobody-reachable', about: `policy ${id}`, detail: 'nobody whom it tells now has a verified push, text or call' }]
    const gap = ahead.get(id)
    return gap === undefined ? [] : [{ check: 'nobody-reachable-ahead', about: `policy ${id}`, detail: `from ${isoOf(gap)} on nobody whom it tells has a verified push, text or call` }]
  })
}
