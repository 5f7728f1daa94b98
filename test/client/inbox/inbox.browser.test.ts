import { afterAll, describe, expect, it } from '@jest/globals'
import { api, leaveBrowser, openPage } from '../../support/browser.ts'
import { logIncident } from '../pages.ts'

interface Seen {
  readonly state: string
  readonly owner: { readonly name: string } | null
  readonly snoozedUntil: string | null
}
const seen = (ref: string) => api<Seen>('GET', `/sites/demo/incidents/${ref}`)
const until = async (ref: string, holds: (incident: Seen) => boolean): Promise<Seen> => {
  for (;;) {
    const incident = await seen(ref)
    if (holds(incident)) return incident
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

describe('the inbox on a phone', () => {
  afterAll(leaveBrowser)

  it('takes an incident with one tap, and gives it back with the next', async () => {
    const ref = await logIncident({ title: 'Lift stuck with two people', impact: 1, urgency: 1 })
    const { page, close } = await openPage('/inbox', { size: 'phone', role: 'duty-manager' })
    const card = page.locator(`[data-card="${ref}"]`)
    const tap = card.getByRole('button', { name: 'Acknowledge' })
    await tap.waitFor()
    const box = await tap.boundingBox()
    expect({ high: (box?.height ?? 0) >= 56, wide: (box?.width ?? 0) > 300 }).toEqual({ high: true, wide: true })
    await tap.click()
    await page.getByText(`${ref} acknowledged`).first().waitFor()
    expect((await seen(ref)).owner?.name).toBe('Visitor (duty manager)')
    await page.getByRole('button', { name: 'Undo' }).click()
    await page.getByText(`Taken back: ${ref}`).first().waitFor()
    expect((await seen(ref)).state).toBe('open')
    await close()
  })

  it('keeps an acknowledgement that cannot be sent, says so, and sends it when the server is back', async () => {
    const ref = await logIncident({ title: 'Card terminals offline', impact: 2, urgency: 1 })
    const { page, context, close } = await openPage('/inbox', { size: 'phone', role: 'duty-manager' })
    const card = page.locator(`[data-card="${ref}"]`)
    await card.getByRole('button', { name: 'Acknowledge' }).waitFor()
    await context.setOffline(true)
    await card.getByRole('button', { name: 'Acknowledge' }).click()
    await card.getByText('Acknowledged here, not yet sent').waitFor()
    expect((await seen(ref)).state).toBe('open')
    await context.setOffline(false)
    expect((await until(ref, ({ state }) => state === 'acknowledged')).owner?.name).toBe('Visitor (duty manager)')
    await card.getByText('Acknowledged here, not yet sent').waitFor({ state: 'detached' })
    await close()
  })

  it('does not offer to take back what somebody else has taken', async () => {
    const ref = await logIncident({ title: 'Water in the server room', impact: 1, urgency: 2 })
    const { page, context, close } = await openPage('/inbox', { size: 'phone', role: 'duty-manager' })
    const card = page.locator(`[data-card="${ref}"]`)
    await card.getByRole('button', { name: 'Acknowledge' }).waitFor()
    await context.setOffline(true)
    await card.getByRole('button', { name: 'Acknowledge' }).click()
    await card.getByText('Acknowledged here, not yet sent').waitFor()
    await page.getByRole('button', { name: 'Dismiss' }).or(page.getByRole('button', { name: 'Undo' })).first().waitFor()
    await api('POST', `/sites/demo/incidents/${ref}/commands`, { type: 'acknowledge' })
    await context.setOffline(false)
    await page.getByText(`Administrator had taken ${ref} already`).first().waitFor()
    expect((await seen(ref)).owner?.name).toBe('Administrator')
    await close()
  })

  it('snoozes what is in hand, and escalates against the level that was seen', async () => {
    const ref = await logIncident({ title: 'Door will not lock', impact: 2, urgency: 2 })
    const { page, close } = await openPage('/inbox', { size: 'phone', role: 'duty-manager' })
    const card = page.locator(`[data-card="${ref}"]`)
    await card.getByRole('button', { name: 'Acknowledge' }).click()
    await card.getByRole('button', { name: 'Snooze' }).click()
    await page.getByRole('dialog').getByRole('button', { name: '30 min' }).click()
    await until(ref, ({ snoozedUntil }) => snoozedUntil !== null)
    await card.getByRole('button', { name: 'Escalate' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Needs more authority' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Escalate now' }).click()
    // Past the last level the ladder begins anew, so the level alone does not tell.
    await page.getByText(`${ref} escalated`).first().waitFor()
    const { items } = await api<{ readonly items: readonly { readonly type: string; readonly text: string | null }[] }>('GET', `/sites/demo/incidents/${ref}/timeline`)
    expect(items.find(({ type }) => type === 'escalated')?.text).toBe('Needs more authority')
    await close()
  })
})

describe('the inbox on a laptop', () => {
  it('shows a list and the chosen incident; j moves on, a takes it', async () => {
    const ref = await logIncident({ title: 'Printer of the post room', impact: 2, urgency: 1 })
    const { page, close } = await openPage(`/inbox?ref=${ref}`, { role: 'duty-manager' })
    await page.locator('.preview').getByText('Printer of the post room').waitFor()
    await page.keyboard.press('a')
    await page.getByText(`${ref} acknowledged`).first().waitFor()
    await page.locator('[data-row]').first().waitFor()
    await page.keyboard.press('j')
    await page.waitForFunction('document.activeElement?.hasAttribute("data-row")')
    await close()
  })
})
