import { createHash } from 'node:crypto'
import { describe, expect, it } from '@jest/globals'
import { type Form, isSignedByTwilio, twilioSignature } from '../../../server/ingest/sources/twilio-signature.ts'
import { dataSet } from '../../support/recorded-data.ts'

interface Vector {
  readonly scheme: string
  readonly secret: string
  readonly url: string
  readonly form?: Readonly<Record<string, string>>
  readonly body?: string
  readonly signature: string
}

describe('the signature of Twilio', () => {
  const vectors = dataSet('webhook_signatures')
  const itWithData = vectors.present ? it : it.skip
  itWithData('is that of the published vectors, form and JSON', () => {
    const published = (vectors.json('vectors.json') as readonly Vector[]).filter(({ scheme }) => scheme === 'twilio')
    expect(published).toHaveLength(2)
    for (const { secret, url, form, body, signature } of published) {
      const signed = { urls: [url], signature, body: Buffer.from(body ?? ''), form: form === undefined ? null : Object.entries(form) }
      expect(isSignedByTwilio(signed, [secret])).toBe(true)
      expect(isSignedByTwilio(signed, ['another'])).toBe(false)
      expect(isSignedByTwilio({ ...signed, body: Buffer.from(`${body} `), form: form === undefined ? null : [...Object.entries(form), ['x', '']] }, [secret])).toBe(false)
    }
  })

  const url = 'https://floor.example/api?source=tw'
  const form: Form = [['b', '2'], ['a', '2'], ['a', '1'], ['a', '2']]
  it('sorts names and values, and counts a repeated pair once', () => {
    expect(twilioSignature('t', url, form)).toBe(twilioSignature('t', url, [['a', '1'], ['a', '2'], ['b', '2']]))
  })

  it('holds with and without the port of the scheme, and for no other port', () => {
    const at = (port: string) => ({ urls: [url], signature: twilioSignature('t', `https://floor.example${port}/api?source=tw`, form), body: Buffer.alloc(0), form })
    expect([':443', '', ':80', ':8443'].map((port) => isSignedByTwilio(at(port), ['t']))).toEqual([true, true, false, false])
  })

  it('of a body that is no form needs its hash in the URL, once and in lower case', () => {
    const body = Buffer.from('[]')
    const hash = createHash('sha256').update(body).digest('hex')
    const with_ = (query: string) => ({ urls: [`https://x/y?${query}`], signature: twilioSignature('t', `https://x/y?${query}`, []), body, form: null })
    expect([`bodySHA256=${hash}`, `bodySHA256=${hash.toUpperCase()}`, `bodySHA256=${hash}&bodySHA256=${hash}`, 'a=1'].map((query) => isSignedByTwilio(with_(query), ['t']))).toEqual([true, false, false, false])
  })
})
