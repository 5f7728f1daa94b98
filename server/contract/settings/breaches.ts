import type { Bound, BreachRule } from '../../domain/breach/rule.ts'
import type { SettingsDocument } from './defaults.ts'

type Written = SettingsDocument['breaches'][number]

const windows: Readonly<Record<string, BreachRule['window']>> = { now: 'now', today: 'D', D: 'D', R15: 'R15', R30: 'R30', R60: 'R60' }

const boundOf = (rule: Written): Bound | null => {
  if (rule.below !== undefined) return { side: 'below', at: rule.below }
  if (rule.above !== undefined) return { side: 'above', at: rule.above }
  if (rule.belowTarget === true) return { side: 'below', of: 'target' }
  if (rule.aboveTargetTimes !== undefined) return { side: 'above', targetTimes: rule.aboveTargetTimes }
  // Expected but absent is judged against the normal range, which is no bound of the document.
  return rule.metric === 'expectedButAbsent' ? { side: 'below', at: 0 } : null
}

/** The document's breach rules as the domain needs them; a rule without an id is named by its place. */
export const breachRulesOf = ({ breaches }: Pick<SettingsDocument, 'breaches'>): readonly BreachRule[] =>
  breaches.flatMap((rule, index) => {
    const bound = boundOf(rule)
    if (!bound) return []
    return [
      {
        id: rule.id ?? `rule-${index + 1}`,
        metric: rule.metric,
        queue: rule.queue,
        window: windows[rule.window] ?? 'R30',
        bound,
        forMs: rule.forMs,
        clearAt: (bound.side === 'below' ? rule.clearAbove : rule.clearBelow) ?? null,
        minimum: rule.minimum,
        raise: rule.raise === undefined ? null : { category: rule.raise.category, impact: rule.raise.impact, urgency: rule.raise.urgency },
        ...(rule.raise?.major === true ? { collapse: true } : {}),
      },
    ]
  })
