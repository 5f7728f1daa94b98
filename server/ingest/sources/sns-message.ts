import { createPublicKey, createVerify } from 'node:crypto'

/** Messages of Amazon SNS to an HTTP endpoint: what is signed, and how it is checked. */

export interface SnsMessage {
  readonly type: 'Notification' | 'SubscriptionConfirmation' | 'UnsubscribeConfirmation'
  readonly topicArn: string
  /** What was published, for people where the topic asks for confirmation. */
  readonly message: string
  /** To be called once, so that the topic sends. */
  readonly subscribeUrl: string | null
  readonly certificateUrl: string
  readonly signature: string
  readonly algorithm: 'RSA-SHA1' | 'RSA-SHA256'
  readonly signed: string
}

const algorithms: Readonly<Record<string, SnsMessage['algorithm']>> = { 1: 'RSA-SHA1', 2: 'RSA-SHA256' }
const ofNotification = ['Message', 'MessageId', 'Subject', 'Timestamp', 'TopicArn', 'Type']
const ofConfirmation = ['Message', 'MessageId', 'SubscribeURL', 'Timestamp', 'Token', 'TopicArn', 'Type']

/** The fields that are signed in their order, each name and value on a line of its own; those that are not there are left out. */
const signedText = (fields: ReadonlyMap<string, string>, type: SnsMessage['type']): string =>
  (type === 'Notification' ? ofNotification : ofConfirmation).flatMap((name) => (fields.has(name) ? [`${name}\n${fields.get(name) ?? ''}\n`] : [])).join('')

const typeOf = (text: string | undefined): SnsMessage['type'] | null => (text === 'Notification' || text === 'SubscriptionConfirmation' || text === 'UnsubscribeConfirmation' ? text : null)

/** Null: not a message of SNS, or without what is needed to believe it. */
export const readSns = (body: unknown): SnsMessage | null => {
  if (typeof body !== 'object' || body === null) return null
  const fields = new Map(Object.entries(body).flatMap(([name, value]): readonly (readonly [string, string])[] => (typeof value === 'string' ? [[name, value]] : [])))
  const type = typeOf(fields.get('Type'))
  const algorithm = algorithms[fields.get('SignatureVersion') ?? '']
  const [topicArn, message, certificateUrl, signature] = ['TopicArn', 'Message', 'SigningCertURL', 'Signature'].map((name) => fields.get(name))
  if (type === null || algorithm === undefined || topicArn === undefined || message === undefined || certificateUrl === undefined || signature === undefined) return null
  return { type, topicArn, message, subscribeUrl: fields.get('SubscribeURL') ?? null, certificateUrl, signature, algorithm, signed: signedText(fields, type) }
}

/** Addresses of SNS itself and no others: a certificate from anywhere else proves nothing, and nobody may have us call elsewhere. */
export const isAddressOfSns = (text: string): boolean => {
  const url = URL.canParse(text) ? new URL(text) : null
  return url !== null && url.protocol === 'https:' && url.port === '' && url.username === '' && url.password === '' && /^sns\.[a-z0-9-]{3,40}\.amazonaws\.com(\.cn)?$/.test(url.hostname)
}
export const isCertificateOfSns = (text: string): boolean => isAddressOfSns(text) && new URL(text).pathname.endsWith('.pem')

/** `certificate`: as PEM. */
export const isSignedBy = ({ signed, signature, algorithm }: SnsMessage, certificate: string): boolean => {
  try {
    return createVerify(algorithm).update(signed, 'utf8').verify(createPublicKey(certificate), signature, 'base64')
  } catch {
    // No certificate, or no signature that could be one.
    return false
  }
}
