import { onMounted, shallowRef, type ShallowRef } from 'vue'
import { nothing, request } from '../http/api.ts'
import { itemsOf, recordOf, textOf } from '../http/read.ts'
import { useSessionStore } from '../stores/session-store.ts'

/** `unable`: this browser, connection or role cannot be woken; iPhones can once the page is on the home screen. */
export type PushState = 'unknown' | 'unable' | 'blocked' | 'off' | 'asking' | 'on'

const bytesOf = (base64url: string): Uint8Array<ArrayBuffer> => {
  const text = atob(base64url.replaceAll('-', '+').replaceAll('_', '/'))
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0))
}

/** The name under which the person finds this browser among their devices. */
const deviceName = (): string => (/iPhone|iPad|Android/.exec(navigator.userAgent)?.[0] ?? /Windows|Mac|Linux/.exec(navigator.userAgent)?.[0] ?? 'Browser')

const able = (): boolean => window.isSecureContext && 'serviceWorker' in navigator && 'PushManager' in window && 'Notification' in window

/** Lets this browser be woken by pages, and tells whether it is. */
export const usePush = (): { readonly state: ShallowRef<PushState>; readonly turnOn: () => Promise<void>; readonly turnOff: () => Promise<void> } => {
  const session = useSessionStore()
  const state = shallowRef<PushState>('unknown')
  const worker = (): Promise<ServiceWorkerRegistration> => navigator.serviceWorker.register('/push-worker.js')

  const look = async (): Promise<void> => {
    if (!able() || session.me === null || session.me.kind === 'demo') state.value = 'unable'
    else if (Notification.permission === 'denied') state.value = 'blocked'
    else state.value = (await (await worker()).pushManager.getSubscription()) === null ? 'off' : 'on'
  }
  const turnOn = async (): Promise<void> => {
    state.value = 'asking'
    try {
      if ((await Notification.requestPermission()) !== 'granted') return await look()
      const publicKey = await request('/push/key', (body) => textOf(recordOf(body).publicKey) ?? '')
      const subscription = await (await worker()).pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: bytesOf(publicKey) })
      await request('/push/subscriptions', nothing, { method: 'POST', body: { ...subscription.toJSON(), device: deviceName() } })
      state.value = 'on'
    } catch {
      await look()
    }
  }
  const turnOff = async (): Promise<void> => {
    const subscription = await (await worker()).pushManager.getSubscription()
    await subscription?.unsubscribe()
    // The push service answers "gone" from now on, so what the server still keeps is dropped at its next message; dropped here it is at once.
    const own = await request('/push/subscriptions', (body) => itemsOf(body).map(({ id }) => textOf(id) ?? ''))
    if (own.length === 1) await request(`/push/subscriptions/${own[0] ?? ''}`, nothing, { method: 'DELETE' })
    state.value = 'off'
  }
  onMounted(() => void look())
  return { state, turnOn, turnOff }
}
