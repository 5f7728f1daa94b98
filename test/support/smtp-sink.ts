import { createServer, type AddressInfo, type Socket } from 'node:net'
import { until } from './until.ts'

export interface SunkMail {
  readonly from: string
  readonly to: readonly string[]
  /** The mail as it came over the wire, dots undone. */
  readonly raw: string
  header(name: string): string | null
  /** One part of a multipart mail, decoded. */
  part(type: 'text/plain' | 'text/html'): string
}

type Stage = 'greeting' | 'MAIL' | 'RCPT' | 'DATA' | 'message'
/** What the server says at a stage instead of yes; null: nothing at all, for ever. */
type Answer = string | null

export interface SmtpSink {
  readonly url: string
  readonly mails: readonly SunkMail[]
  /** Orders that a right client does not send. */
  readonly faults: readonly string[]
  /** The next time a stage is reached, it is answered so. */
  answerOnce(stage: Stage, answer: Answer): void
  mail(index: number): Promise<SunkMail>
  close(): Promise<void>
}

const unfolded = (raw: string): string => raw.split('\r\n\r\n', 1)[0]?.replace(/\r\n[ \t]+/g, ' ') ?? ''
const word = (text: string): string => text.replace(/=\?utf-8\?(q|b)\?([^?]*)\?=\s*/gi, (_all, how: string, given: string) => (how.toLowerCase() === 'b' ? Buffer.from(given, 'base64').toString() : Buffer.from(given.replaceAll('_', ' ').replace(/=([0-9A-F]{2})/g, (_hex, byte: string) => String.fromCharCode(Number.parseInt(byte, 16))), 'latin1').toString()))

const partOf = (raw: string, type: string): string => {
  const boundary = /boundary="?([^";\r\n]+)"?/i.exec(raw)?.[1] ?? ''
  const found = raw.split(`--${boundary}`).find((piece) => new RegExp(`content-type: ${type}`, 'i').test(piece)) ?? ''
  const [head = '', ...body] = found.split('\r\n\r\n')
  const text = body.join('\r\n\r\n').replace(/\r\n$/, '')
  if (/base64/i.test(head)) return Buffer.from(text, 'base64').toString()
  if (!/quoted-printable/i.test(head)) return text
  return Buffer.from(text.replace(/=\r\n/g, '').replace(/=([0-9A-F]{2})/g, (_all, byte: string) => String.fromCharCode(Number.parseInt(byte, 16))), 'latin1').toString()
}

/** A small strict mail server on this machine: it takes what RFC 5321 allows, in its order, and keeps it. */
export const openSmtpSink = async (): Promise<SmtpSink> => {
  const mails: SunkMail[] = []
  const faults: string[] = []
  const answers: { readonly stage: Stage; readonly answer: Answer }[] = []
  const sockets = new Set<Socket>()

  const answerAt = (stage: Stage, usual: string): Answer => {
    const index = answers.findIndex((one) => one.stage === stage)
    return index < 0 ? usual : (answers.splice(index, 1)[0]?.answer ?? null)
  }
  const serve = (socket: Socket): void => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket)).on('error', () => undefined)
    let [from, to, inData, pending]: [string | null, string[], boolean, string] = [null, [], false, '']
    const say = (answer: Answer): void => {
      if (answer !== null && !socket.destroyed) socket.write(`${answer}\r\n`)
    }
    const order = (line: string): void => {
      const verb = line.split(' ', 1)[0]?.toUpperCase() ?? ''
      if (verb === 'EHLO' || verb === 'HELO') return say('250-sink\r\n250-SIZE 1000000\r\n250 8BITMIME')
      if (verb === 'QUIT') return void socket.end('221 bye\r\n')
      if (verb === 'RSET') return say('250 ok')
      if (verb === 'MAIL') {
        const answer = answerAt('MAIL', '250 ok')
        if (answer?.startsWith('250') === true) [from, to] = [/<([^>]*)>/.exec(line)?.[1] ?? '', []]
        return say(answer)
      }
      if (verb === 'RCPT' && from !== null) {
        const answer = answerAt('RCPT', '250 ok')
        if (answer?.startsWith('250') === true) to.push(/<([^>]*)>/.exec(line)?.[1] ?? '')
        return say(answer)
      }
      if (verb === 'DATA' && to.length > 0) {
        const answer = answerAt('DATA', '354 go on')
        inData = answer?.startsWith('354') === true
        return say(answer)
      }
      faults.push(line)
      say('503 bad sequence of commands')
    }
    const message = (text: string): void => {
      const answer = answerAt('message', '250 taken')
      const raw = text.replace(/^\.\./gm, '.')
      const envelope = { from: from ?? '', to }
      ;[inData, from, to] = [false, null, []]
      if (answer?.startsWith('250') === true)
        mails.push({ ...envelope, raw, header: (name) => { const value = new RegExp(`^${name}: (.*)$`, 'im').exec(unfolded(raw))?.[1]; return value === undefined ? null : word(value.trim()) }, part: (type) => partOf(raw, type) })
      say(answer)
    }
    socket.on('data', (chunk) => {
      pending += chunk.toString('latin1')
      for (;;) {
        const end = inData ? pending.indexOf('\r\n.\r\n') : pending.indexOf('\r\n')
        if (end < 0) return
        const [text, length] = [pending.slice(0, end), inData ? 5 : 2]
        pending = pending.slice(end + length)
        if (inData) message(Buffer.from(text, 'latin1').toString())
        else order(text)
      }
    })
    say(answerAt('greeting', '220 sink'))
  }
  const server = createServer(serve)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `smtp://127.0.0.1:${port}`,
    mails,
    faults,
    answerOnce: (stage, answer) => void answers.push({ stage, answer }),
    mail: (index) => until(`mail ${index}`, () => mails[index], 20_000),
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy()
        server.close(() => resolve())
      }),
  }
}
