import { demoQueues } from './queues.ts'
import { DEMO_SOURCE } from './simulation.ts'

/** A desktop that still says it is there, when nothing else happens. */
export const HEARTBEAT_MS = 120_000

/** Short ladders, so that a visitor sees the second level come; nothing is addressed outside the house. */
const levels = [
  { targets: [{ role: 'supervisor' }], waitMs: 0 },
  { targets: [{ role: 'duty-manager' }], waitMs: 120_000 },
  { targets: [{ role: 'admin' }], waitMs: 180_000 },
]

/** The settings document of the demo site. */
export const demoDocument = () => ({
  queues: Object.fromEntries(demoQueues.map(({ id, name, channel, target }) => [id, { name, wallName: name, channel, target: { ...target, variant: 'V3' } }])),
  sources: {
    [DEMO_SOURCE]: { platform: 'events', name: 'Demo telephony', agentHeartbeatMs: HEARTBEAT_MS },
    recording: { platform: 'events', name: 'Recorded Asterisk', acw: 'none' },
  },
  goals: { ahtMs: 345_000, fcr: 0.85, csat: 0.78 },
  policies: { default: { ownership: { levels, repeat: 3 } } },
})
