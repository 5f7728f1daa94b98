import { onMounted, shallowRef, type ShallowRef } from 'vue'
import type { UpdateTemplates } from '../../server/contract/forecast.ts'
import { request } from '../http/api.ts'
import { isRecord, listOf, recordOf, textOf } from '../http/read.ts'
import { useSessionStore } from '../stores/session-store.ts'

export type UpdateTemplate = UpdateTemplates['items'][number]

const templateOf = (item: Readonly<Record<string, unknown>>): UpdateTemplate => ({ id: textOf(item.id) ?? '', name: textOf(item.name) ?? '', audience: textOf(item.audience) ?? 'all', state: textOf(item.state) ?? 'investigating', text: textOf(item.text) ?? '', toFill: listOf(item.toFill).map(String), nextUpdateAt: textOf(item.nextUpdateAt), noChange: item.noChange === true })

/** Words that are ready for an incident, whom they may go to, and whether somebody else has to read them first. */
export const useUpdateTemplates = (ref: string): { readonly templates: Readonly<ShallowRef<readonly UpdateTemplate[]>>; readonly audiences: Readonly<ShallowRef<readonly string[]>>; readonly approval: Readonly<ShallowRef<boolean>>; readonly called: Readonly<ShallowRef<Readonly<Record<string, unknown>>>>; readonly updateMs: Readonly<ShallowRef<Readonly<Record<string, unknown>>>>; readonly latestMs: Readonly<ShallowRef<Readonly<Record<string, unknown>>>> } => {
  const session = useSessionStore()
  const templates = shallowRef<readonly UpdateTemplate[]>([])
  const audiences = shallowRef<readonly string[]>(['all', 'public'])
  const approval = shallowRef(false)
  /** What people call groups, and how often those are told something that have a clock of their own. */
  const called = shallowRef<Readonly<Record<string, unknown>>>({})
  const updateMs = shallowRef<Readonly<Record<string, unknown>>>({})
  /** How far ahead each audience may be promised its next word. */
  const latestMs = shallowRef<Readonly<Record<string, unknown>>>({})
  onMounted(async () => {
    // Without them one writes one's own words, and the server decides who has to read them.
    const found = await request(session.place(`incidents/${ref}/update-templates`), recordOf).catch(() => null)
    if (found === null) return
    templates.value = listOf(found.items).filter(isRecord).map(templateOf)
    if (Array.isArray(found.audiences)) audiences.value = found.audiences.map(String)
    approval.value = found.approval === true
    if (isRecord(found.called)) called.value = found.called
    if (isRecord(found.updateMs)) updateMs.value = found.updateMs
    if (isRecord(found.latestMs)) latestMs.value = found.latestMs
  })
  return { templates, audiences, approval, called, updateMs, latestMs }
}
