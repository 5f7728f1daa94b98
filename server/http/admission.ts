import type { IncomingHttpHeaders } from 'node:http'
import ipaddr from 'ipaddr.js'
import { problem, type ProblemError } from './problem.ts'

/** Who may knock: Host and Origin of a request, and whose address it comes from. Decided before any route or body. */
export interface Admission {
  /** null: come in. */
  check(request: { readonly headers: IncomingHttpHeaders; readonly httpVersion: string; readonly path: string }): ProblemError | null
  originAccepted(origin: string): boolean
  /** The caller's address; forwarded headers are believed only from a configured proxy. */
  clientAddress(peer: string | undefined, headers: IncomingHttpHeaders): string
  /** True when a request came straight from this machine, by a loopback name, through no proxy. */
  fromThisMachine(peer: string | undefined, headers: IncomingHttpHeaders): boolean
  /** This machine or a configured proxy: many people may stand behind its connections. */
  speaksForMany(peer: string): boolean
}

/** Asked by machines that know only an address: probes and scrapers. */
const openToAnyHost = new Set(['/healthz', '/readyz', '/livez', '/metrics'])
const loopbackNames = ['localhost', '127.0.0.1', '[::1]']

const hostnameOf = (host: string): string | null => {
  if (!/^(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9._-]+)(:\d{1,5})?$/.test(host)) return null
  return host.replace(/:\d{1,5}$/, '').toLowerCase()
}

const inList = (address: string, list: readonly string[]): boolean => {
  if (!ipaddr.isValid(address)) return false
  const parsed = ipaddr.process(address)
  return list.some((entry) => {
    const [range, bits] = ipaddr.isValidCIDR(entry) ? ipaddr.parseCIDR(entry) : [ipaddr.process(entry), null]
    return range.kind() === parsed.kind() && (bits === null ? range.toNormalizedString() === parsed.toNormalizedString() : parsed.match(range, bits))
  })
}

const isLoopback = (address: string | undefined): boolean => address !== undefined && ipaddr.isValid(address) && ipaddr.process(address).range() === 'loopback'
const forwarded = ['x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto', 'forwarded', 'x-real-ip', 'via']

export const createAdmission = (options: { readonly host: string; readonly port: () => number; readonly publicUrl: string; readonly tls: boolean; readonly trustProxy: readonly string[]; /** The client is served by its own development server, on another port of this machine. */ readonly development?: boolean }): Admission => {
  const publicUrl = new URL(options.publicUrl)
  const ownHost = options.host.includes(':') ? `[${options.host}]` : options.host.toLowerCase()
  const names = new Set([...loopbackNames, ownHost, publicUrl.hostname])
  const origins = () => new Set([publicUrl.origin, ...[...loopbackNames, ownHost].map((name) => new URL(`${options.tls ? 'https' : 'http'}://${name}:${options.port()}`).origin)])
  const developing = (origin: string): boolean => options.development === true && URL.canParse(origin) && loopbackNames.includes(new URL(origin).hostname)
  /** Nearly all come with the same Host. */
  let lastAccepted = ''
  const originAccepted = (origin: string): boolean => origins().has(origin) || developing(origin)

  return {
    check: ({ headers, httpVersion, path }) => {
      if (headers.host === lastAccepted && headers.origin === undefined && httpVersion !== '1.0') return null
      if (openToAnyHost.has(path)) return null
      const host = headers.host === undefined ? null : hostnameOf(headers.host)
      if (httpVersion === '1.0' || headers.host === undefined) return problem(400, 'host_missing', 'HTTP/1.1 with a Host header is needed')
      if (host === null || !names.has(host)) return problem(421, 'host_refused', 'this server does not answer for that Host; set PUBLIC_URL to the address people use')
      if (headers.origin !== undefined && !originAccepted(headers.origin)) return problem(403, 'origin_refused', 'requests from pages of that Origin are not accepted; set PUBLIC_URL to the address people use')
      lastAccepted = headers.host
      return null
    },
    originAccepted,
    clientAddress: (peer, headers) => {
      const given = headers['x-forwarded-for']
      const hops = (Array.isArray(given) ? given.join(',') : (given ?? '')).split(',').map((hop) => hop.trim()).reverse().slice(0, 50)
      let address = peer ?? ''
      for (const hop of hops) {
        if (!inList(address, options.trustProxy) || !ipaddr.isValid(hop)) break
        address = ipaddr.process(hop).toString()
      }
      return address
    },
    speaksForMany: (peer) => isLoopback(peer) || inList(peer, options.trustProxy),
    fromThisMachine: (peer, headers) => isLoopback(peer) && loopbackNames.includes(hostnameOf(headers.host ?? '') ?? '') && forwarded.every((name) => headers[name] === undefined),
  }
}
