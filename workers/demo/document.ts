import { demoQueues } from './queues.ts'
import { DEMO_SOURCE } from './simulation.ts'

/** A desktop that still says it is there, when nothing else happens. */
export const HEARTBEAT_MS = 120_000

/** Whom the ladder tells: roles with a simulated phone each, whose number is of the range reserved for drama. */
const people = {
  'supervisor-on-duty': { name: 'Supervisor on duty', role: 'supervisor', phone: '+44 1632 960101', verified: ['phone'], order: ['sms'] },
  'duty-manager': { name: 'Duty manager', role: 'duty-manager', phone: '+44 1632 960102', verified: ['phone'], order: ['sms'] },
  'service-manager': { name: 'Service manager', role: 'admin', phone: '+44 1632 960103', verified: ['phone'], order: ['sms'] },
}

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
  people,
  policies: { default: { ownership: { levels, repeat: 3 } } },
})
