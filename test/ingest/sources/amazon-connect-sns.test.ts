import { createSign, generateKeyPairSync } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { describe, expect, it } from '@jest/globals'
import type { Credential } from '../../../server/contract/roles.ts'
import { problemOf } from '../../../server/ingest/ingest.ts'
import { connectSnsBody } from '../../../server/ingest/sources/amazon-connect-sns.ts'
import { isAddressOfSns, isCertificateOfSns } from '../../../server/ingest/sources/sns-message.ts'

const pair = generateKeyPairSync('rsa', { modulusLength: 2048 })
const certificate = pair.publicKey.export({ type: 'spki', format: 'pem' })
const topicArn = 'arn:aws:sns:eu-west-2:123456789012:connect-events'
const certificateUrl = 'https://sns.eu-west-2.amazonaws.com/SimpleNotificationService-0123456789abcdef.pem'
const event = { version: '0', id: 'b8f7', 'detail-type': 'Amazon Connect Contact Event', source: 'aws.connect', time: '2026-11-20T09:00:00Z', detail: { contactId: 'c1', channel: 'VOICE', initiationMethod: 'INBOUND', eventType: 'QUEUED', queueInfo: { queueArn: 'arn:aws:connect:eu-west-2:123456789012:instance/i/queue/q1', queueType: 'STANDARD', enqueueTimestamp: '2026-11-20T09:00:00.000Z' } } }

type Fields = Readonly<Record<string, string>>
const order = { Notification: ['Message', 'MessageId', 'Subject', 'Timestamp', 'TopicArn', 'Type'], SubscriptionConfirmation: ['Message', 'MessageId', 'SubscribeURL', 'Timestamp', 'Token', 'TopicArn', 'Type'] }
const signed = (type: keyof typeof order, more: Fields = {}, version: '1' | '2' = '2'): Fields => {
  const fields: Fields = { Type: type, MessageId: 'm-1', TopicArn: topicArn, Message: JSON.stringify(event), Timestamp: '2026-11-20T09:00:01.000Z', ...more }
  const text = order[type].flatMap((name) => (fields[name] === undefined ? [] : [`${name}\n${fields[name]}\n`])).join('')
  return { ...fields, SignatureVersion: version, SigningCertURL: certificateUrl, Signature: createSign(version === '1' ? 'RSA-SHA1' : 'RSA-SHA256').update(text).sign(pair.privateKey, 'base64') }
}

const house = (topic: string = topicArn) => {
  const [fetched, accepted]: [string[], unknown[]] = [[], []]
  const take = connectSnsBody({
    pipeline: { acceptEvents: async (_site, items) => ({ accepted: accepted.push(...items), duplicates: 0, rejected: [], revision: 'r' }) },
    sourcesOf: async () => ({ connect: { platform: 'amazon-connect', topicArn: topic } }),
    siteExists: (site) => site === 'acme',
    textAt: async (url) => {
      fetched.push(url)
      return String(certificate)
    },
  })
  const credential: Credential = { kind: 'key', id: 'signed:acme:amazon-connect', person: null, role: 'source', sites: ['acme'] }
  const post = (body: unknown, site = 'acme') => take(Buffer.from(JSON.stringify(body)), {} as IncomingMessage, { site, credential }).then(({ accepted: count }) => count, (error: unknown) => problemOf(error)?.problem.status)
  return { post, fetched, accepted }
}

describe('events of Amazon Connect over SNS', () => {
  it('are taken for the signature of SNS and the topic of the settings; the certificate is fetched once', async () => {
    const { post, fetched, accepted } = house()
    expect([await post(signed('Notification')), await post(signed('Notification', { Subject: 'contact' }, '1'))]).toEqual([1, 2])
    expect(accepted[0]).toMatchObject({ type: 'contact.queued', contactId: 'c1', queueId: 'q1', source: 'connect' })
    expect(fetched).toEqual([certificateUrl])
  })

  it('are refused when a word was changed, the topic or site is another, or the certificate lies elsewhere, and strangers make us call nobody', async () => {
    const { post, fetched } = house()
    const good = signed('Notification')
    expect(await post({ ...good, SigningCertURL: 'https://sns.eu-west-2.amazonaws.com.evil.example/a.pem' })).toBe(401)
    expect(await post(signed('Notification', { TopicArn: `${topicArn}-other` }))).toBe(401)
    expect([await post(good, 'nowhere'), await post({ hello: 'world' }), await post('text')]).toEqual([401, 401, 401])
    expect(fetched).toEqual([])
    expect(await post({ ...good, Message: '{}' })).toBe(401)
    expect(await post({ ...good, Signature: 'AAAA' })).toBe(401)
  })

  it('a subscription is confirmed at SNS and nowhere else', async () => {
    const { post, fetched } = house()
    const url = 'https://sns.eu-west-2.amazonaws.com/?Action=ConfirmSubscription&Token=t'
    expect(await post(signed('SubscriptionConfirmation', { Message: 'You have chosen to subscribe', Token: 't', SubscribeURL: url }))).toBe(0)
    expect(await post(signed('SubscriptionConfirmation', { Message: 'You have chosen to subscribe', Token: 't', SubscribeURL: 'https://intranet.example/' }))).toBe(0)
    expect(fetched).toEqual([certificateUrl, url])
  })

  it.each(['http://sns.eu-west-2.amazonaws.com/a.pem', 'https://sns.eu-west-2.amazonaws.com:8443/a.pem', 'https://user@sns.eu-west-2.amazonaws.com/a.pem', 'https://sns.amazonaws.com/a.pem', 'https://s3.eu-west-2.amazonaws.com/a.pem', 'file:///a.pem', 'no address'])('%s is no address of SNS', (text) => expect([isAddressOfSns(text), isCertificateOfSns(text)]).toEqual([false, false]))
})
