import { createHmac, timingSafeEqual } from 'node:crypto'

/** HMAC-SHA1 over the address and the sorted fields of the form, as the gateway signs its calls. */
export const gatewaySignature = (token: string, url: string, form: URLSearchParams): string => {
  const fields = [...form].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)).map(([name, value]) => `${name}${value}`)
  return createHmac('sha1', token).update(`${url}${fields.join('')}`).digest('base64')
}

export const gatewaySigned = (tokens: readonly string[], given: string | undefined, url: string, form: URLSearchParams): boolean =>
  given !== undefined &&
  tokens.some((token) => {
    const right = Buffer.from(gatewaySignature(token, url, form))
    const said = Buffer.from(given)
    return right.length === said.length && timingSafeEqual(right, said)
  })
