import type { z } from 'zod'
import type { commandSchemas } from '../../server/contract/incidents.ts'

/** Words of an update to stakeholders, in the order that an incident takes. */
export const stakeholderStates = ['investigating', 'identified', 'monitoring', 'resolved'] as const satisfies readonly z.output<(typeof commandSchemas)['update-stakeholders']>['state'][]
