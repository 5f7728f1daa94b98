import { createHmac, timingSafeEqual } from 'node:crypto'

/** Names one delivery in an address that a provider or a browser calls back: signed, so that nobody makes receipts up. */
export interface CallbackTokens {
  tokenOf(site: string, delivery: string): string
  /** null: not ours. */
  read(token: string): { readonly site: string; readonly delivery: string } | null
}

const MAC_BYTES = 16

export const openCallbackTokens = (sessionSecret: string): CallbackTokens => {
  const macOf = (text: string): Buffer => createHmac('sha256', sessionSecret).update(`delivery callback\0${text}`).digest().subarray(0, MAC_BYTES)
  return {
    tokenOf: (site, delivery) => {
      const text = Buffer.from(JSON.stringify([site, delivery])).toString('base64url')
      return `${text}.${macOf(text).toString('base64url')}`
    },
    read: (token) => {
      const [, text = '', mac = ''] = /^([A-Za-z0-9_-]{4,1000})\.([A-Za-z0-9_-]{22})$/.exec(token) ?? []
      const given = Buffer.from(mac, 'base64url')
      if (given.length !== MAC_BYTES || !timingSafeEqual(given, macOf(text))) return null
      const [site, delivery] = JSON.parse(Buffer.from(text, 'base64url').toString()) as [string, string]
      return { site, delivery }
    },
  }
}
