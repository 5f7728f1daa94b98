/* Shows pages that a push service brings, and answers them: one tap acknowledges, the other opens the incident. */

const read = (event) => {
  try {
    return event.data.json()
  } catch {
    return null
  }
}

const show = async ({ notification, floorwatch }) => {
  const { title, body, tag, lang, require_interaction: requireInteraction } = notification
  const actions = floorwatch.canAcknowledge ? [{ action: 'acknowledge', title: 'Acknowledge' }, { action: 'open', title: 'Open' }] : [{ action: 'open', title: 'Open' }]
  await self.registration.showNotification(title, { body, tag, lang, renotify: true, requireInteraction, icon: '/favicon.svg', data: { link: floorwatch.link, ref: floorwatch.ref }, actions })
  // The receipt: nothing but that it was shown. Without it the log claims no more than that the push service took it.
  await fetch(floorwatch.receipt, { method: 'POST', credentials: 'omit' }).catch(() => undefined)
}

const open = async (link) => {
  const windows = await self.clients.matchAll({ type: 'window', includeUncontrolled: true })
  const here = windows.find((window) => window.url === link)
  return here === undefined ? self.clients.openWindow(link) : here.focus()
}

/** Taken, and said so in place of the page, which stands until then: a close that comes late takes what has its tag by then. A refusal is read on the page itself. */
const acknowledge = async (notification) => {
  const { tag, data: { link, ref } } = notification
  const answer = await fetch(link, { method: 'POST', credentials: 'omit', headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: 'action=acknowledge' }).catch(() => null)
  if (answer === null || !answer.ok) {
    notification.close()
    return open(link)
  }
  return self.registration.showNotification(`${ref} is yours`, { tag, silent: true, icon: '/favicon.svg', data: { link, ref }, actions: [{ action: 'open', title: 'Open' }] })
}

self.addEventListener('install', () => self.skipWaiting())
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()))
self.addEventListener('push', (event) => {
  const told = read(event)
  if (told !== null) event.waitUntil(show(told))
})
self.addEventListener('notificationclick', (event) => {
  const { notification, action } = event
  if (action === 'acknowledge') return event.waitUntil(acknowledge(notification))
  notification.close()
  event.waitUntil(open(notification.data.link))
})
