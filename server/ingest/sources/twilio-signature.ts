import { createHash, createHmac, timingSafeEqual } from 'node:crypto'

/** X-Twilio-Signature: base64(HMAC-SHA1(auth token, URL + form)), the URL as Twilio called it. */

/** Names and values in the order they came; repeated values of a name count once. */
export type Form = readonly (readonly [name: string, value: string])[]

const ascending = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

export const twilioSignature = (token: string, url: string, form: Form): string => {
  const values = new Map<string, Set<string>>()
  for (const [name, value] of form) values.set(name, (values.get(name) ?? new Set()).add(value))
  const text = [...values].sort(([a], [b]) => ascending(a, b)).map(([name, given]) => [...given].sort(ascending).map((value) => name + value).join(''))
  return createHmac('sha1', token).update(url + text.join('')).digest('base64')
}

const sameText = (a: string, b: string): boolean => {
  const [left, right] = [Buffer.from(a), Buffer.from(b)]
  return left.length === right.length && timingSafeEqual(left, right)
}

/** The address with and without its scheme's own port: proxies add and drop it. */
const withAndWithoutPort = (url: string): readonly string[] => {
  const [, scheme = '', host = '', rest = ''] = /^(https?):\/\/([^/?#]*)(.*)$/.exec(url) ?? []
  const own = scheme === 'https' ? ':443' : ':80'
  const bare = host.endsWith(own) ? host.slice(0, -own.length) : host
  return /:\d+$/.test(bare) ? [url] : [`${scheme}://${bare}${rest}`, `${scheme}://${bare}${own}${rest}`]
}

export interface SignedRequest {
  /** Every address under which this request may have been sent. */
  readonly urls: readonly string[]
  readonly signature: string
  readonly body: Buffer
  /** Null: the body is no form and its hash stands in the URL. */
  readonly form: Form | null
}

const bodyHashRight = (url: string, body: Buffer): boolean => {
  const [hash, ...others] = new URL(url).searchParams.getAll('bodySHA256')
  return hash !== undefined && others.length === 0 && sameText(hash, createHash('sha256').update(body).digest('hex'))
}

/** True when one of the tokens signed it: two while one takes the other's place. */
export const isSignedByTwilio = ({ urls, signature, body, form }: SignedRequest, tokens: readonly string[]): boolean => {
  const signed = urls.flatMap(withAndWithoutPort).filter((url) => form !== null || bodyHashRight(url, body))
  // Every pair is tried: the time says nothing about which was right.
  return signed.flatMap((url) => tokens.map((token) => sameText(twilioSignature(token, url, form ?? []), signature))).some(Boolean)
}
