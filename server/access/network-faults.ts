import { lookup } from 'node:dns/promises'
import { reachOf, type Cidrs } from '../contract/outbound.ts'
import type { SettingsDocument, SettingsFault } from '../contract/settings.ts'

/** A slow name server must not hold a save up: what cannot be resolved now is judged at connect. */
const withinMs = 2_000

export type Resolve = (host: string) => Promise<readonly string[]>
const resolveAll: Resolve = async (host) => (await lookup(host, { all: true, verbatim: true })).map(({ address }) => address)

const inTime = async (asked: Promise<readonly string[]>): Promise<readonly string[]> => {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<readonly string[]>((resolve) => {
    timer = setTimeout(() => resolve([]), withinMs)
  })
  try {
    return await Promise.race([asked.catch(() => []), late])
  } finally {
    clearTimeout(timer)
  }
}

/** Webhook names that resolve to an address out of bounds, found when they are saved (and again at every connect). */
export const networkFaults =
  (allow: Cidrs, resolve: Resolve = resolveAll) =>
  async (document: SettingsDocument): Promise<readonly SettingsFault[]> => {
    const named = Object.entries(document.channels.webhooks).map(([name, { url }]) => ({ path: `channels.webhooks.${name}.url`, host: new URL(url).hostname.replace(/^\[|\]$/g, '') }))
    const judged = await Promise.all(
      named.map(async ({ path, host }) => {
        const addresses = await inTime(resolve(host))
        const inward = addresses.find((address) => reachOf(address, allow) === 'refused')
        return inward === undefined ? [] : [{ path, code: 'url_refused', detail: `${host} resolves to ${inward}, which lies in a private or reserved network; the server's OUTBOUND_ALLOW must name that network` }]
      }),
    )
    return judged.flat()
  }
