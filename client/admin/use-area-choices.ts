import { onMounted, shallowRef, type ShallowRef } from 'vue'
import { request, RequestFailed } from '../http/api.ts'
import { recordOf, textOf } from '../http/read.ts'
import { useSessionStore } from '../stores/session-store.ts'
import type { Choice } from './settings-document.ts'

/** The areas of the site that is looked at: groups of its settings. None when there are none, or while they cannot be read. */
export const useAreaChoices = (): Readonly<ShallowRef<readonly Choice[]>> => {
  const session = useSessionStore()
  const choices = shallowRef<readonly Choice[]>([])
  onMounted(async () => {
    if (session.site === null) return
    try {
      const groups = await request(`/sites/${encodeURIComponent(session.site.id)}/settings`, (body) => recordOf(recordOf(body).groups))
      choices.value = Object.entries(groups).map(([value, group]) => ({ value, label: textOf(recordOf(group).name) ?? value })).sort((a, b) => a.label.localeCompare(b.label))
    } catch (error) {
      // Without them a key is still made, for the whole site.
      if (!(error instanceof RequestFailed)) throw error
    }
  })
  return choices
}
