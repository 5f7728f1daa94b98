import { seats } from './seats.ts'
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

/** Engineers of the network sit on the floor: they can be sent, and the floor says whether they are free. */
const engineers = Object.fromEntries(seats.filter(({ team }) => team === 'Network').map(({ id, name }, index) => [id, { name, role: 'agent', agent: id, phone: `+44 1632 9602${String(index + 1).padStart(2, '0')}`, verified: ['phone'], order: ['sms'] }]))

/** What can be switched on or called, without anything leaving the house. */
const resources = {
  'power-message': { name: 'Power cut message', type: 'ivr-message', instructions: 'Telephony console, announcements, 4: "We know of the power cut".' },
  'callback-pool': { name: 'Callback pool', type: 'callback-pool', instructions: 'Offers a call back to whoever waits longer than four minutes.' },
  carrier: { name: 'Trunk carrier', type: 'supplier', phone: '+44 1632 960104', account: 'FW-20817', responseMs: 1_800_000 },
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
  people: { ...people, ...engineers },
  resources,
  policies: { default: { ownership: { levels, repeat: 3 } } },
})
