import { onMounted, shallowRef, type ShallowRef } from 'vue'
import { request } from '../http/api.ts'
import { itemsOf, textOf } from '../http/read.ts'
import { useSessionStore } from '../stores/session-store.ts'

export interface SitePerson {
  readonly id: string
  readonly name: string
  readonly role: string
  /** Can have an incident, or a role of a major one. */
  readonly commands: boolean
}

/** Who can be asked at this site; nobody where that may not be known. */
export const useSitePeople = (): Readonly<ShallowRef<readonly SitePerson[]>> => {
  const session = useSessionStore()
  const people = shallowRef<readonly SitePerson[]>([])
  onMounted(async () => {
    if (!session.may('notifications:read')) return
    const read = (body: unknown): readonly SitePerson[] => itemsOf(body).map((row) => ({ id: textOf(row.person) ?? '', name: textOf(row.name) ?? textOf(row.person) ?? '', role: textOf(row.role) ?? '', commands: row.commands !== false }))
    people.value = await request(session.place('notifications/people'), read).catch(() => [])
  })
  return people
}
