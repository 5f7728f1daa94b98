import type { Incident } from '../../server/contract/rows.ts'

/** In the order in which they are told apart; a problem is studied, the others are answered. */
export const recordTypes = ['incident', 'complaint', 'service-request', 'enquiry', 'problem'] as const satisfies readonly Incident['type'][]

/** A record can be of another type before work on it begins, as it can be cancelled. */
export const canBeRetyped = ({ state }: Pick<Incident, 'state'>): boolean => state === 'open' || state === 'acknowledged'
