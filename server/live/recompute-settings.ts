import type { z } from 'zod'
import type { RecomputeSettings } from '../contract/recompute.ts'
import { floorSettingsOf, type SettingsDocument } from '../contract/settings.ts'
import type { queue } from '../contract/settings/floor-schema.ts'
import type { FloorSettings } from '../domain/settings.ts'
import type { Instant } from '../domain/time.ts'

type QueueSection = z.infer<typeof queue>

const laidOver = (own: QueueSection | undefined, given: QueueSection | undefined): QueueSection => ({ ...own, ...given, ...(own?.target || given?.target ? { target: { ...own?.target, ...given?.target } } : {}) })

export const settingsOfRecompute = (document: SettingsDocument, given: RecomputeSettings, site: { readonly id: string; readonly name: string; readonly timeZone: string }, version: number, validFrom: Instant): FloorSettings => {
  const queues = Object.fromEntries([...new Set([...Object.keys(document.queues), ...Object.keys(given.queues ?? {})])].map((id) => [id, laidOver(document.queues[id], given.queues?.[id])]))
  return floorSettingsOf({ ...document, defaults: { ...document.defaults, queue: laidOver(document.defaults.queue, given.defaults) }, queues }, site, version, validFrom)
}
