import ipaddr from 'ipaddr.js'

/**
 * Which addresses outgoing calls may reach (RELIABILITY B58, S43). The same rule holds when a setting is saved and again at
 * connect, on the address that the name resolved to.
 */
export type Cidrs = readonly string[]

/** Ports that never serve a webhook but would do harm when spoken to. */
const refusedPorts = new Set([0, 7, 9, 11, 13, 19, 20, 21, 22, 23, 25, 53, 110, 111, 119, 135, 137, 139, 143, 389, 445, 465, 514, 587, 636, 873, 993, 995, 1433, 1521, 2049, 2375, 2376, 2379, 3306, 3389, 5432, 5900, 5984, 6379, 6380, 9042, 9092, 9200, 11211, 26379, 27017])

const allowedBy = (address: string, allow: Cidrs): boolean => {
  const parsed = ipaddr.process(address)
  return allow.some((entry) => {
    const [range, bits] = ipaddr.isValidCIDR(entry) ? ipaddr.parseCIDR(entry) : [ipaddr.process(entry), ipaddr.process(entry).kind() === 'ipv4' ? 32 : 128]
    return range.kind() === parsed.kind() && parsed.match(range, bits)
  })
}

export type Reach = 'public' | 'allowed' | 'refused'

/** What an address is to us: on the internet, private but allowed, or out of bounds. */
export const reachOf = (address: string, allow: Cidrs): Reach => {
  if (!ipaddr.isValid(address)) return 'refused'
  if (allowedBy(address, allow)) return 'allowed'
  return ipaddr.process(address).range() === 'unicast' ? 'public' : 'refused'
}

const bare = (hostname: string): string => hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '').toLowerCase()
const inward = /(^|\.)(localhost|localdomain|local|internal|intranet|home\.arpa|lan)$/

/**
 * Why an address may not be called, in words that say what would be accepted; null: as far as the text can tell it may.
 * Names are judged again by the address they resolve to. http is for allowed private networks only.
 */
export const outboundFault = (text: string, allow: Cidrs): string | null => {
  if (!URL.canParse(text)) return 'must be an https:// address'
  const url = new URL(text)
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return 'must be an https:// address'
  if (url.username !== '' || url.password !== '') return 'must not hold a user name or password'
  const host = bare(url.hostname)
  if (host === '') return 'must name a host'
  const isAddress = ipaddr.isValid(host)
  // localhost is what it says; other inward names may stand for anything and are judged at connect.
  const reach: Reach | 'name' = isAddress ? reachOf(host, allow) : host === 'localhost' ? (reachOf('127.0.0.1', allow) === 'allowed' || reachOf('::1', allow) === 'allowed' ? 'allowed' : 'refused') : inward.test(host) && allow.length === 0 ? 'refused' : 'name'
  if (reach === 'refused') return `${host} lies in a private or reserved network; the server's OUTBOUND_ALLOW must name that network`
  const port = url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port)
  if (refusedPorts.has(port) && reach !== 'allowed') return `port ${port} is not a port of web servers`
  if (url.protocol === 'http:' && reach === 'public') return 'must be https://: plain http is accepted only for addresses inside OUTBOUND_ALLOW'
  if (url.protocol === 'http:' && reach === 'name' && allow.length === 0) return 'must be https://: plain http is accepted only for addresses inside OUTBOUND_ALLOW'
  return null
}
