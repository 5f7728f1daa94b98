import type { PersonId } from '../incident/incident.ts'
import type { Instant } from '../time.ts'
import type { Directory } from './directory.ts'

/** The people as they are at an instant: who is on call in which rota, who is on duty for their role, whose shift is over. */
export const onDutyAt = (directory: Directory, at: Instant): Directory => {
  const { rotas, people } = directory
  if (rotas === undefined || rotas.size === 0) return directory
  const byName = new Map<string, PersonId>(people.flatMap(({ id, aliases }) => [id, ...aliases].map((name) => [name, id] as const)))
  const idOf = (name: string | null): readonly PersonId[] => (name === null ? [] : [byName.get(name) ?? []].flat())
  const onCall = Object.fromEntries([...rotas].map(([name, rota]) => [name, idOf(rota.at(at).person)]))
  const now = new Set(Object.values(onCall).flat())
  const members = new Set([...rotas.values()].flatMap(({ settings }) => settings.layers.flatMap((layer) => layer.people.flatMap(idOf))))
  return {
    ...directory,
    onCall: { ...directory.onCall, ...onCall },
    offShift: [...members].filter((id) => !now.has(id)),
    people: people.map((person) => (now.has(person.id) ? { ...person, onDuty: true } : person)),
  }
}
