import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'

/** Names and attributes of our cookies. `__Host-` binds them to this host where the connection is https. */
export interface Cookies {
  readonly session: string
  readonly device: string
  /** The token of a paired wall. */
  readonly screen: string
  set(name: string, value: string, maxAgeS: number): string
  clear(name: string): string
}

/** As long as browsers keep one; a wall that is looked at gets a new one every day. */
export const screenKeptS = 400 * 86_400
export const demoRoleCookie = 'floorwatch-demo-role'

export const cookiesFor = (secure: boolean): Cookies => {
  const prefix = secure ? '__Host-' : ''
  const attributes = `Path=/; HttpOnly; SameSite=Strict${secure ? '; Secure' : ''}`
  return {
    session: `${prefix}floorwatch`,
    device: `${prefix}floorwatch-device`,
    screen: `${prefix}floorwatch-screen`,
    set: (name, value, maxAgeS) => `${name}=${value}; Max-Age=${maxAgeS}; ${attributes}`,
    clear: (name) => `${name}=; Max-Age=0; ${attributes}`,
  }
}

/** The first value of a cookie; later ones of the same name may be planted by a sibling host. */
export const cookieOf = (header: string | readonly string[] | undefined, name: string): string | null => {
  const text = typeof header === 'string' ? header : (header ?? []).join('; ')
  for (const part of text.split(';')) {
    const at = part.indexOf('=')
    if (at > 0 && part.slice(0, at).trim() === name) return part.slice(at + 1).trim()
  }
  return null
}

const tag = (secret: string, purpose: string, text: string): string => createHmac('sha256', secret).update(`${purpose}\0${text}`).digest('base64url')
const same = (a: string, b: string): boolean => a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b))

/** Belongs to one session; sent back in a header with every change, where a foreign page cannot put it. */
export const csrfTokenOf = (secret: string, sessionHash: string): string => tag(secret, 'csrf', sessionHash)
export const csrfRight = (secret: string, sessionHash: string, given: unknown): boolean => typeof given === 'string' && same(given, csrfTokenOf(secret, sessionHash))

/** A browser that signed in before keeps this: strangers who try its account's password cannot lock it out. */
export const deviceToken = (secret: string, user: string): string => {
  const text = `${user}.${randomBytes(12).toString('base64url')}`
  return `${text}.${tag(secret, 'device', text)}`
}
export const deviceOf = (secret: string, token: string | null, user: string): string | null => {
  const at = token?.lastIndexOf('.') ?? -1
  if (token === null || at < 0) return null
  const text = token.slice(0, at)
  return text.startsWith(`${user}.`) && same(token.slice(at + 1), tag(secret, 'device', text)) ? text : null
}
