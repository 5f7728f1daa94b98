import type { intakeChannels as accepted } from '../../server/contract/incidents.ts'

/** How a report can reach the floor, in the order that a form offers. */
export const intakeChannels = ['voice', 'email', 'chat', 'web', 'in-person', 'radio', 'monitoring'] as const satisfies readonly (typeof accepted)[number][]
