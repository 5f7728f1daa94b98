import { tablesOfView } from '../contract/messages.ts'
import { areaOf, may, type Area, type Credential, type Right } from '../contract/roles.ts'

/** Classes of fields (RELIABILITY S48): `staff` sees people and incidents, `display` a wall without personal data. */
export type FieldClass = 'staff' | 'display'

/** What a viewer may see of a site: everybody with the same scope gets the same bytes. */
export interface Scope {
  readonly key: string
  readonly fields: FieldClass
  /** null: the whole site. */
  readonly area: Area | null
  /** Whose inbox it is. */
  readonly person: string | null
}

export const scopeOf = (credential: Credential): Scope => {
  const fields = may(credential, 'agents:read') ? 'staff' : 'display'
  const area = areaOf(credential)
  const person = fields === 'staff' ? (credential.person?.id ?? null) : null
  return { key: JSON.stringify([fields, area?.id ?? null]), fields, area, person }
}

/** The right a view needs; null when there is no such view. */
export const rightOfView = (view: string): Right | null => {
  if (tablesOfView(view) === null) return null
  if (view === 'agents') return 'agents:read'
  if (view === 'status') return 'status:read'
  return view === 'floor' || view.startsWith('wall:') ? 'floor:read' : 'incidents:read'
}

/** Only the inbox differs from person to person; all other views are shared by everybody of a scope. */
export const scopeKeyFor = (scope: Scope, views: Iterable<string>): string => {
  for (const view of views) if (view === 'inbox') return `${scope.key} ${scope.person ?? ''}`
  return scope.key
}
