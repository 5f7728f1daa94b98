import type { RecomputeRow } from '../contract/recompute.ts'
import { isoOf } from '../domain/time.ts'
import type { Recompute } from '../redis/recompute-rows.ts'
import type { Texts } from '../redis/sealed-texts.ts'

/** As readers see them; the reason stands with every figure that is shown by it. */
export const toldRecomputes = async (texts: Pick<Texts, 'resolve'>, site: string, rows: readonly Recompute[]): Promise<readonly RecomputeRow[]> => {
  const reasons = rows.length === 0 ? new Map<string, string | null>() : await texts.resolve(site, rows.map(({ reason }) => reason))
  return rows.map(({ id, from, to, reason, by, createdAt, state, days, doneDays, error }) => ({ id, from: isoOf(from), to: isoOf(to), reason: reasons.get(reason) ?? null, by, createdAt: isoOf(createdAt), state, progress: days === 0 ? 1 : doneDays / days, days, doneDays, error }))
}
