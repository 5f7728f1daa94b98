import type { Priority } from '../../server/domain/incident/incident.ts'

/** One tone: when it begins and how long it lasts, in ms of its pattern. */
export interface Pulse {
  readonly at: number
  readonly ms: number
  readonly hz: number
}

/** Shaped like the bursts of IEC 60601-1-8, which people know from wards: high five and five, medium three, low one soft. */
const burst = (from: number): readonly Pulse[] => [0, 260, 520, 900, 1_160].map((at) => ({ at: from + at, ms: 150, hz: 784 }))
const patterns: Readonly<Record<Priority, readonly Pulse[]>> = {
  P1: [...burst(0), ...burst(2_000)],
  P2: [0, 420, 840].map((at) => ({ at, ms: 200, hz: 587 })),
  P3: [{ at: 0, ms: 240, hz: 440 }],
  P4: [],
}
export const pulsesOf = (priority: Priority): readonly Pulse[] => patterns[priority]

/** Two rising tones that mean nothing but "you can hear me". */
export const chime: readonly Pulse[] = [{ at: 0, ms: 180, hz: 523 }, { at: 220, ms: 260, hz: 659 }]

export const lengthOf = (pulses: readonly Pulse[]): number => pulses.reduce((end, { at, ms }) => Math.max(end, at + ms), 0)
