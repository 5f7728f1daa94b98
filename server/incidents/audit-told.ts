import { isForeign } from '../contract/named-records.ts'
import type { Area } from '../contract/roles.ts'
import type { AuditFinding } from '../domain/escalation/audit.ts'
import { refsIn, type AuditState } from './auditor.ts'

/** What the auditor saw, to whoever is limited to an area or not. */
export interface AuditTold {
  /** Of the whole site, whoever asks; what nobody has looked at is not known to be well. */
  readonly ok: boolean
  readonly findings: readonly AuditFinding[]
  /** So many are about incidents outside the area of the reader. */
  readonly elsewhere?: number
}

export const auditTold = ({ at, findings, queues }: AuditState, area: Area | null): AuditTold => {
  const ok = at !== null && findings.length === 0
  if (area === null) return { ok, findings }
  const within = findings.filter((finding) => !refsIn(finding).some((ref) => isForeign(area, queues.get(ref))))
  return { ok, findings: within, elsewhere: findings.length - within.length }
}
