import { onMounted, onScopeDispose, shallowRef, type ShallowRef } from 'vue'
import type { z } from 'zod'
import type { escalationAudit } from '../../server/contract/forecast.ts'
import { request } from '../http/api.ts'
import { isRecord, listOf, recordOf, textOf } from '../http/read.ts'
import { useSessionStore } from '../stores/session-store.ts'

export type Finding = z.output<typeof escalationAudit>['findings'][number]

/** Whom nobody wakes: now, or at a change of the rotas to come. */
export const isReach = ({ check }: Finding): boolean => check === 'nobody-reachable' || check === 'nobody-reachable-ahead'
export const isAhead = ({ check }: Finding): boolean => check === 'nobody-reachable-ahead'

const findingOf = (value: unknown): Finding => {
  const given = recordOf(value)
  return { check: textOf(given.check) ?? '', about: textOf(given.about) ?? '', detail: textOf(given.detail) ?? '' }
}
/** The auditor itself looks twice in half a minute. */
const EVERY_MS = 30_000

/** What the auditor of the escalations sees, asked again while the page is open. */
export const useEscalationAudit = (): { readonly findings: Readonly<ShallowRef<readonly Finding[]>>; readonly lookedAt: Readonly<ShallowRef<string | null>> } => {
  const session = useSessionStore()
  const findings = shallowRef<readonly Finding[]>([])
  const lookedAt = shallowRef<string | null>(null)
  const look = async () => {
    const found = await request(session.place('escalation-audit'), recordOf).catch(() => null)
    if (found === null) return
    findings.value = listOf(found.findings).filter(isRecord).map(findingOf)
    lookedAt.value = textOf(found.lookedAt)
  }
  onMounted(look)
  const timer = setInterval(() => void look(), EVERY_MS)
  onScopeDispose(() => clearInterval(timer))
  return { findings, lookedAt }
}
