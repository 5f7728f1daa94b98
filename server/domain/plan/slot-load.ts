import type { Channel } from '../platform-events.ts'

/** One queue that an agent serves: its channel, and how many of its contacts one agent may hold at once. */
export interface ServedQueue {
  readonly channel: Channel
  readonly slots: number | null
}

export interface SlotLoad {
  readonly active: number
  readonly capacity: number | null
  /** active / capacity; null where no digital queue says how many an agent may hold. */
  readonly slotLoad: number | null
}

/** Of the digital channels alone: a telephone call leaves no room beside it. Queues of one channel share their slots. */
export const slotLoadOf = (queues: readonly ServedQueue[], activeByChannel: Readonly<Partial<Record<Channel, number>>>): SlotLoad => {
  const capacities = new Map<Channel, number>()
  for (const { channel, slots } of queues) if (channel !== 'voice' && slots !== null) capacities.set(channel, Math.max(capacities.get(channel) ?? 0, slots))
  const active = [...capacities.keys()].reduce((sum, channel) => sum + (activeByChannel[channel] ?? 0), 0)
  const capacity = [...capacities.values()].reduce((sum, slots) => sum + slots, 0)
  return { active, capacity: capacity === 0 ? null : capacity, slotLoad: capacity === 0 ? null : active / capacity }
}
