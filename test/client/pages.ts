import type { Page } from 'playwright-core'
import { api } from '../support/browser.ts'

/** Every page of the client: add a line for a new one, and the tests of all pages look at it. */
export interface PageCase {
  readonly name: string
  readonly path: string
  /** Seen when the page shows its own figures. */
  readonly ready: string
  /** Only an administrator gets there. */
  readonly admin?: boolean
  /** Opens what lies on the page. */
  readonly then?: (page: Page) => Promise<void>
}

export const pages: readonly PageCase[] = [
  { name: 'wall', path: '/wall', ready: '.tile' },
  { name: 'queues', path: '/queues', ready: '[role="row"][data-index]' },
  { name: 'queue drawer', path: '/queues/support', ready: '.drawer canvas' },
  { name: 'explained figure', path: '/queues/support', ready: '.drawer canvas', then: async (page) => { await page.locator('.drawer .level .link').click(); await page.locator('dialog .sum').waitFor() } },
  { name: 'people', path: '/people', ready: '[role="row"][data-index]' },
  { name: 'incidents', path: '/incidents', ready: '[role="row"][data-index]' },
  { name: 'incident', path: '/incidents/:logged', ready: 'h1' },
  { name: 'new incident', path: '/incidents/new', ready: 'form' },
  { name: 'drills', path: '/drills', ready: '.scenarios li' },
  { name: 'inbox', path: '/inbox', ready: 'h1' },
  { name: 'settings overview', path: '/admin', ready: '.part', admin: true },
  { name: 'planned work', path: '/admin/maintenance', ready: '.empty', admin: true, then: async (page) => { await page.locator('.empty button').click(); await page.locator('.form .kinds .chip').last().click(); await page.locator('.form .week').waitFor() } },
  { name: 'services', path: '/admin/services', ready: '.new', admin: true },
  { name: 'resources', path: '/admin/resources', ready: '.things', admin: true, then: async (page) => { await page.locator('.acts button').first().click(); await page.locator('.form').waitFor() } },
  { name: 'stakeholders', path: '/admin/stakeholders', ready: '.empty', admin: true, then: async (page) => { await page.locator('.empty button').click(); await page.locator('.form').waitFor() } },
  { name: 'escalation policies', path: '/admin/policies', ready: '.rung', admin: true },
  { name: 'calendars', path: '/admin/calendars/service', ready: '.week', admin: true },
  { name: 'rotas', path: '/admin/rotas', ready: '.tabs', admin: true },
  { name: 'notifications', path: '/admin/notifications', ready: '.filters', admin: true },
  { name: 'queues and targets', path: '/admin/queues', ready: '.queue', admin: true },
  { name: 'sources', path: '/admin/sources', ready: '.source', admin: true },
  { name: 'accounts and keys', path: '/admin/access', ready: '.new', admin: true },
  { name: 'walls and screens', path: '/admin/screens', ready: '.new', admin: true },
  { name: 'pairing', path: '/pair', ready: '.code' },
  { name: 'interval report', path: '/reports/intervals?range=week&queue=support&compare=week', ready: 'tbody tr' },
  { name: 'service level map', path: '/reports/levels?range=week&queue=support', ready: 'td' },
  { name: 'trends', path: '/reports/trends?range=week&queue=support&step=1h', ready: 'canvas' },
  { name: 'people and teams', path: '/reports/agents?range=week', ready: '[role="row"][data-index]', then: async (page) => { await page.locator('[role="row"][data-index]').first().click(); await page.locator('dialog .facts').waitFor() } },
  { name: 'abandon reasons', path: '/reports/lost?range=week', ready: 'tbody tr' },
  { name: 'lost callers', path: '/reports/callers?range=week', ready: 'li button' },
  { name: 'transfers report', path: '/reports/transfers?range=week', ready: 'tbody tr' },
  { name: 'written answers report', path: '/reports/written?range=week', ready: 'tbody tr' },
  { name: 'survey answers report', path: '/reports/surveys?range=week', ready: '.score' },
  { name: 'roll-call report', path: '/reports/roll', ready: 'li strong' },
  { name: 'incident trends report', path: '/reports/incidents', ready: '.chart' },
  { name: 'time to mobilise', path: '/reports/mobilisation?range=week', ready: 'h1' },
  { name: 'break board', path: '/reports/breaks', ready: 'h1' },
  { name: 'sign-in', path: '/sign-in', ready: 'form' },
  { name: 'first run', path: '/setup', ready: 'form' },
  { name: 'status', path: '/status/demo', ready: '.banner' },
  { name: 'gallery', path: '/gallery', ready: '[data-sample]' },
]

/** An incident of the demo floor; the first of this file's run stands for `:logged` in a path. */
export const logIncident = async (more: Readonly<Record<string, unknown>> = {}): Promise<string> => {
  const given = { type: 'incident', title: 'Card payments fail on the web shop', nature: 'Callers report an error after the bank’s page', channel: 'voice', location: 'Leeds', service: 'payments', reporter: 'Maya Pillai', callerId: 'withheld', callerSafe: true, category: 'operational', impact: 3, urgency: 3, ...more }
  return (await api<{ readonly ref: string }>('POST', '/sites/demo/incidents', given)).ref
}
