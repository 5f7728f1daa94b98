import { unauthorized } from '../../access/guard.ts'
import { readJson } from '../../contract/json.ts'
import { problem } from '../../http/problem.ts'
import { UnreadableItem } from '../check-event.ts'
import type { TakeBody } from '../ingest.ts'
import { bodyText } from '../read-items.ts'
import { acceptConnect, type ConnectBodyDeps } from './amazon-connect-body.ts'
import { isAddressOfSns, isCertificateOfSns, isSignedBy, readSns, type SnsMessage } from './sns-message.ts'

export interface ConnectSnsDeps extends ConnectBodyDeps {
  readonly siteExists: (site: string) => boolean | Promise<boolean>
  /** The text at an address of SNS: a certificate, or the answer to a confirmation. */
  readonly textAt: (url: string) => Promise<string>
}

const WITHIN_MS = 3_000
const MOST_CHARACTERS = 20_000
/** SNS has one certificate a region, and changes it now and then. */
const MOST_CERTIFICATES = 20

/** Only ever asked for addresses of SNS. */
export const textAtSns = async (url: string): Promise<string> => {
  const answer = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(WITHIN_MS) })
  if (!answer.ok) throw new Error(`${new URL(url).hostname} answered ${answer.status}`)
  return (await answer.text()).slice(0, MOST_CHARACTERS)
}

/** Events of Amazon Connect that a rule hands to an SNS topic. The topic of the settings and SNS' signature stand for a token of ours. */
export const connectSnsBody = (deps: ConnectSnsDeps): TakeBody => {
  const certificates = new Map<string, string>()

  const reached = async (url: string, what: string): Promise<string> => {
    try {
      return await deps.textAt(url)
    } catch (error) {
      // SNS tries again for an hour and longer.
      throw problem(503, 'sns_unreachable', `${what} could not be fetched from SNS: ${error instanceof Error ? error.message : String(error)}`).with({ 'retry-after': '20' })
    }
  }
  /** Only what has proved a signature is kept. */
  const isSigned = async (message: SnsMessage): Promise<boolean> => {
    const url = message.certificateUrl
    const certificate = certificates.get(url) ?? (await reached(url, 'the certificate that signed this message'))
    if (!isSignedBy(message, certificate)) return false
    if (certificates.size >= MOST_CERTIFICATES && !certificates.has(url)) certificates.clear()
    certificates.set(url, certificate)
    return true
  }
  /** The source whose topic sent it. Asked before anything is fetched: a stranger makes us call nobody. */
  const sender = async (site: string, message: SnsMessage | null) => {
    if (message === null || !isCertificateOfSns(message.certificateUrl) || !(await deps.siteExists(site))) return null
    const own = Object.entries(await deps.sourcesOf(site)).find(([, { platform, topicArn }]) => platform === 'amazon-connect' && topicArn === message.topicArn)
    return own !== undefined && (await isSigned(message)) ? { id: own[0], section: own[1] } : null
  }

  return async (bytes, _request, { site, credential }) => {
    const text = bodyText(bytes)
    const read = text === null ? null : readJson(text)
    const message = read?.ok === true ? readSns(read.value) : null
    const source = await sender(site, message)
    // A site that is not there, a topic that the settings do not name and a wrong signature sound alike.
    if (message === null || source === null) throw unauthorized()
    if (message.type !== 'Notification') {
      if (message.type === 'SubscriptionConfirmation' && message.subscribeUrl !== null && isAddressOfSns(message.subscribeUrl)) await reached(message.subscribeUrl, 'the confirmation of the subscription')
      return deps.pipeline.acceptEvents(site, [], { credentialId: credential.id })
    }
    const event = readJson(message.message)
    return acceptConnect(deps.pipeline, [event.ok ? event.value : new UnreadableItem(event.detail)], { site, credentialId: credential.id, source })
  }
}
