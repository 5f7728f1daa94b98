import type { ClientServer } from './client-server.ts'
import { intervalRows } from './leeds-intervals.ts'
import { agentRows, floorRows, incidentRows, sourceRows, tallyRows, timelineRows, totalsRow } from './floor-rows.ts'

/** The site of the screen tests: five queues, two dozen people, four incidents, a supervisor signed in. */
export const feedLeeds = (server: ClientServer, at = Date.now()): void => {
  server.answer('GET', '/api/v1/session', 200, { kind: 'session', role: 'supervisor', person: { id: 'p1', name: 'Priya Kapoor' } })
  server.answer('GET', '/api/v1/sites', 200, { items: [{ id: 'leeds', name: 'Northern Utilities, Leeds', timeZone: 'Europe/London' }], next: null })
  server.answer('GET', '/api/v1/sites/leeds/intervals', 200, { rows: intervalRows('power-loss', at) })
  server.answer('GET', '/api/v1/sites/leeds/settings', 200, {})
  server.answer('GET', '/api/v1/sites/leeds/explain', 200, { metric: 'serviceLevel', queue: 'power-loss', window: 'R30', variant: 'V3', formula: 'A_T / (A + B - B_S)', basis: 'outcome', numerator: 35, denominator: 58, value: 0.603, threshold: 0.9, numeratorContacts: [], denominatorContacts: [] })
  const queues = floorRows(at)
  const agents = agentRows(at)
  const incidents = incidentRows(at)
  const floor = { queues, totals: [totalsRow(queues, at)], sources: sourceRows(at) }
  server.put('floor', floor)
  for (const layout of ['near', 'room', 'hall']) server.put(`wall:${layout}`, { ...floor, incidents, tallies: tallyRows(agents) })
  server.put('agents', { agents })
  server.put('incidents', { incidents })
  server.put('inbox', { incidents })
  for (const incident of incidents) server.put(`incident:${incident.ref}`, { incidents: [incident], timeline: incident.ref.endsWith('142') ? timelineRows(at) : [] })
}
