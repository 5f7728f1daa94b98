import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'

/**
 * Who can read `DATA_DIR/keys` administers the installation: the command line signs a token with the session secret that
 * a running server believes for two minutes. Form: `fwl_EXPIRY_NONCE_SIGNATURE`.
 */
const livesMs = 120_000

const signed = (sessionSecret: string, text: string): string => createHmac('sha256', sessionSecret).update(`local token\0${text}`).digest('base64url')

export const localToken = (sessionSecret: string, now: number): string => {
  const text = `${now + livesMs}_${randomBytes(12).toString('hex')}`
  return `fwl_${text}_${signed(sessionSecret, text)}`
}

export const isLocalToken = (token: string, sessionSecret: string, now: number): boolean => {
  const match = /^fwl_((\d{13,15})_[0-9a-f]{24})_([A-Za-z0-9_-]{43})$/.exec(token)
  if (match === null) return false
  const [, text = '', expiry = '', signature = ''] = match
  const right = timingSafeEqual(Buffer.from(signature), Buffer.from(signed(sessionSecret, text)))
  return right && Number(expiry) >= now && Number(expiry) <= now + livesMs * 2
}
