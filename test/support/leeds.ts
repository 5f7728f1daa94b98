import type { ClientServer } from './client-server.ts'
import { agentRows, floorRows, incidentRows, sourceRows, tallyRows, timelineRows, totalsRow } from './floor-rows.ts'

/** The site of the screen tests: five queues, two dozen people, four incidents, a supervisor signed in. */
export const feedLeeds = (server: ClientServer, at = Date.now()): void => {
  server.answer('GET', '/api/v1/session', 200, { kind: 'session', role: 'supervisor', person: { id: 'p1', name: 'Priya Kapoor' } })
  server.answer('GET', '/api/v1/sites', 200, { items: [{ id: 'leeds', name: 'Northern Utilities, Leeds', timeZone: 'Europe/London' }], next: null })
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
