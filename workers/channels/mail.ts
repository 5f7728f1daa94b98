import { PassThrough, Readable } from 'node:stream'
import { createTransport } from 'nodemailer'
import { MINUTE, SECOND } from '../../server/domain/time.ts'
import { RECEIPT_HEADER } from '../../server/incidents/bounce-mail.ts'
import type { CallbackTokens } from '../../server/redis/callback-tokens.ts'
import { addressOf, type ChannelSettings } from './channel-settings.ts'
import { waitsOf, type Channel, type Message, type SendOutcome, type StillDue } from './channel.ts'
import { mailHtml, mailText } from './mail-text.ts'

export interface MailDeps {
  readonly settings: ChannelSettings
  readonly smtpUrl: string
  readonly mailFrom: string
  readonly publicUrl: string
  /** Names the delivery in a header, so that a mail that comes back tells which it was; absent: nobody asks. */
  readonly callbacks?: CallbackTokens
  readonly timeoutMs?: number
  readonly random?: () => number
}

const TIMEOUT_MS = 30 * SECOND
/** Five tries over half an hour: a server that asks for patience (greylisting) takes the second or third. */
const waits: readonly number[] = [MINUTE, 4 * MINUTE, 10 * MINUTE, 15 * MINUTE]

interface SmtpFault {
  readonly responseCode: number | null
  readonly detail: string
}
const faultOf = (error: unknown): SmtpFault => {
  const given = typeof error === 'object' && error !== null ? error : {}
  const code = 'responseCode' in given && typeof given.responseCode === 'number' ? given.responseCode : null
  const name = 'code' in given && typeof given.code === 'string' ? given.code : 'failed'
  // Answers of servers quote addresses: only their number is kept.
  return { responseCode: code, detail: code === null ? `the mail server did not take it (${name})` : `the mail server answered ${code}` }
}

/** A 4xx may be tried again, a 5xx never; a break after the whole mail had left tells nothing. */
const outcomeOfFault = ({ responseCode, detail }: SmtpFault, handedOver: boolean): SendOutcome => {
  if (responseCode !== null && responseCode >= 500) return { kind: 'refused', detail }
  if (responseCode === null && handedOver) return { kind: 'unknown', detail }
  return { kind: 'failed', detail, afterMs: null }
}

/** The mail, which is asked for only once the server has said that it takes it: that may have taken half a minute. */
async function* whileDue(mail: Readable, stillDue: StillDue): AsyncGenerator<Buffer> {
  if (!(await stillDue())) throw new Error('no longer so')
  for await (const chunk of mail.pipe(new PassThrough())) yield chunk
}

const addressIn = (mailbox: string): string => /<([^>]+)>\s*$/.exec(mailbox)?.[1] ?? mailbox.trim()

export const openMailChannel = ({ settings, smtpUrl, mailFrom, publicUrl, callbacks, timeoutMs = TIMEOUT_MS, random = Math.random }: MailDeps): Channel => {
  const transport = createTransport(smtpUrl, { disableFileAccess: true, disableUrlAccess: true })
  const limits = { connectionTimeout: timeoutMs, greetingTimeout: timeoutMs, socketTimeout: timeoutMs }
  Object.assign(transport.options, limits)
  const host = new URL(publicUrl).hostname
  const handed = new Set<string>()
  const asked = new Map<string, StillDue>()
  transport.use('stream', (mail, done) => {
    const id = String(mail.data.messageId)
    const stillDue = asked.get(id) ?? (async () => true)
    // The outermost stream is read only after the server has said that it takes the mail: at its end the whole mail has left.
    mail.message.processFunc((input) => Readable.from(whileDue(input, stillDue), { objectMode: false }).on('end', () => handed.add(id)))
    done()
  })

  const mailOf = async (site: string, to: string, message: Message) => {
    const { from = mailFrom, replyTo } = (await settings.document(site)).channels.mail
    const { ref, urgent } = message.text
    const thread = ref === '' ? {} : { references: `<${ref.toLowerCase()}.${site}@${host}>`, inReplyTo: `<${ref.toLowerCase()}.${site}@${host}>` }
    return {
      from,
      to,
      ...(replyTo === undefined ? {} : { replyTo }),
      subject: message.text.subject,
      text: mailText(message),
      html: mailHtml(message),
      messageId: `<${message.id}@${host}>`,
      ...thread,
      ...(urgent ? { priority: 'high' as const } : {}),
      headers: { 'Auto-Submitted': 'auto-generated', 'List-Unsubscribe': `<mailto:${addressIn(replyTo ?? from)}?subject=unsubscribe>, <${publicUrl}/notifications>`, 'X-Floorwatch-Message': message.id, ...(callbacks === undefined ? {} : { [RECEIPT_HEADER]: callbacks.tokenOf(site, message.delivery) }) },
    }
  }

  return {
    send: async (site, target, message, stillDue) => {
      const to = await addressOf(settings, site, target, 'email')
      if (to === null) return { kind: 'refused', detail: `the settings have no e-mail address of "${target}" any more` }
      const mail = await mailOf(site, to, message)
      let withdrawn = false
      asked.set(mail.messageId, async () => {
        withdrawn = (await stillDue?.()) === false
        return !withdrawn
      })
      let late: NodeJS.Timeout | undefined
      try {
        const tooLate = new Promise<never>((_resolve, reject) => {
          late = setTimeout(() => reject(Object.assign(new Error('late'), { code: `no answer within ${timeoutMs} ms` })), timeoutMs)
        })
        await Promise.race([transport.sendMail(mail), tooLate])
        return { kind: 'accepted', detail: 'the mail server took it (250); it may come back' }
      } catch (error) {
        if (withdrawn) return { kind: 'withdrawn', detail: 'no longer so' }
        return outcomeOfFault(faultOf(error), handed.has(mail.messageId))
      } finally {
        clearTimeout(late)
        handed.delete(mail.messageId)
        asked.delete(mail.messageId)
      }
    },
    retryAfter: waitsOf(waits, random),
  }
}
