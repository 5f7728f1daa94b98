import { computed, onMounted, shallowRef, type ComputedRef, type Ref } from 'vue'
import type { SettingsDocument } from '../../server/contract/settings.ts'
import { request } from '../http/api.ts'
import { userNames, type Choice } from './settings-document.ts'

/** People of the settings, and accounts that are none of them. */
export const usePeopleChoices = (saved: Readonly<Ref<SettingsDocument | null>>): ComputedRef<readonly Choice[]> => {
  const users = shallowRef<readonly Choice[]>([])
  onMounted(async () => { users.value = await request('/users?limit=1000', userNames).catch(() => []) })
  return computed(() => {
    const people = saved.value?.people ?? {}
    return [...Object.entries(people).map(([value, { name }]) => ({ value, label: name })), ...users.value.filter(({ value }) => !Object.hasOwn(people, value))]
  })
}
