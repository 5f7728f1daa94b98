import { createDecipheriv, createPublicKey, hkdfSync, verify, type ECDH } from 'node:crypto'

/** What a browser reads of an encrypted push (RFC 8188 and 8291), from the keys it made. */
export const readPush = (body: Buffer, curve: ECDH, auth: Buffer): string => {
  const [salt, keyLength] = [body.subarray(0, 16), body[20] ?? 0]
  const sender = body.subarray(21, 21 + keyLength)
  const sealed = body.subarray(21 + keyLength)
  const info = Buffer.concat([Buffer.from('WebPush: info\0'), curve.getPublicKey(), sender])
  const secret = Buffer.from(hkdfSync('sha256', curve.computeSecret(sender), auth, info, 32))
  const key = Buffer.from(hkdfSync('sha256', secret, salt, 'Content-Encoding: aes128gcm\0', 16))
  const nonce = Buffer.from(hkdfSync('sha256', secret, salt, 'Content-Encoding: nonce\0', 12))
  const opener = createDecipheriv('aes-128-gcm', key, nonce).setAuthTag(sealed.subarray(-16))
  const clear = Buffer.concat([opener.update(sealed.subarray(0, -16)), opener.final()])
  // One record: the text, then 2 and any padding.
  return clear.subarray(0, clear.lastIndexOf(2)).toString()
}

export interface Vapid {
  readonly publicKey: string
  /** The signature is that of the key. */
  readonly right: boolean
  readonly claims: { readonly aud: string; readonly exp: number; readonly sub: string }
}

/** The sender's voucher (RFC 8292). */
export const readVapid = (authorization: string): Vapid => {
  const [, token = '', publicKey = ''] = /^vapid t=([^,]+), ?k=([\w-]+)$/.exec(authorization) ?? []
  const [head = '', claims = '', signature = ''] = token.split('.')
  const raw = Buffer.from(publicKey, 'base64url')
  const key = createPublicKey({ format: 'jwk', key: { kty: 'EC', crv: 'P-256', x: raw.subarray(1, 33).toString('base64url'), y: raw.subarray(33).toString('base64url') } })
  const right = verify('sha256', Buffer.from(`${head}.${claims}`), { key, dsaEncoding: 'ieee-p1363' }, Buffer.from(signature, 'base64url'))
  return { publicKey, right, claims: JSON.parse(Buffer.from(claims, 'base64url').toString()) as Vapid['claims'] }
}
