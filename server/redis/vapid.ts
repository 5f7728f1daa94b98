import { createECDH } from 'node:crypto'
import type { Keys } from './keys.ts'
import type { Redis } from './plain-client.ts'
import { keyFor, sealerWith } from './seal.ts'

/** The key pair that tells push services who sends (RFC 8292): one for the whole installation, base64url. */
export interface VapidKeys {
  readonly publicKey: string
  readonly privateKey: string
}

const made = (): VapidKeys => {
  const curve = createECDH('prime256v1')
  curve.generateKeys()
  // A private key with leading zeros comes shorter than the 32 bytes that the standard asks for.
  const privateKey = Buffer.concat([Buffer.alloc(32), curve.getPrivateKey()]).subarray(-32)
  return { publicKey: curve.getPublicKey().toString('base64url'), privateKey: privateKey.toString('base64url') }
}

/** Made at the first question, sealed; of two processes that make one at once the first wins. */
export const openVapid = ({ redis, keys, dataKey }: { readonly redis: Redis; readonly keys: Keys; readonly dataKey: Uint8Array }): (() => Promise<VapidKeys>) => {
  const sealer = sealerWith(keyFor(dataKey, '', 'vapid'))
  let known: VapidKeys | null = null
  return async () => {
    if (known !== null) return known
    await redis.set(keys.vapid, sealer.seal(JSON.stringify(made()), 'vapid'), { condition: 'NX' })
    known = JSON.parse(sealer.open((await redis.get(keys.vapid)) ?? '', 'vapid').toString()) as VapidKeys
    return known
  }
}
