import { existsSync, readFileSync } from 'node:fs'
import http from 'node:http'
import https from 'node:https'
import { Hindrance, say } from './say.mjs'
import { tailOf } from './run.mjs'

const ASK_EVERY_MS = 50
const TELL_EVERY_MS = 10_000

const pause = () => new Promise((resolve) => setTimeout(resolve, ASK_EVERY_MS))

const addressOf = (host) => (host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host)

/** Status and body of one of our own paths, or null while nobody listens. Its certificate is our own matter. */
const ask = ({ host, port, tls }, path) =>
  new Promise((settle) => {
    const request = (tls === null ? http : https).get({ host: addressOf(host), port, path, timeout: 2_000, rejectUnauthorized: false, agent: false }, (response) => {
      let body = ''
      response.setEncoding('utf8').on('data', (chunk) => (body += chunk))
      response.on('end', () => settle({ status: response.statusCode, body: body.slice(0, 500) }))
    })
    request.on('error', () => settle(null)).on('timeout', () => request.destroy(new Error('timeout')))
  })

const ofWeb = async (config) => {
  for (let toldAt = Date.now(); ; ) {
    const answer = await ask(config, '/readyz')
    if (answer?.status === 200) return
    if (Date.now() - toldAt > TELL_EVERY_MS) {
      toldAt = Date.now()
      say(`  Still starting: ${answer === null ? 'the server does not listen yet' : `/readyz says ${answer.status} ${answer.body}`}`)
    }
    await pause()
  }
}

const DEMO_WITHIN_MS = 90_000

/** The first picture of the demo is a floor that has had a morning: at the first start that takes some seconds. */
const ofDemo = async (config) => {
  const end = Date.now() + DEMO_WITHIN_MS
  for (let told = false; Date.now() < end; told = true) {
    const answer = await ask(config, '/api/v1/sites/demo/demo')
    // 404: the site is being made. Anything else but an answer means that this machine may not look: nothing to wait for.
    if (answer !== null && answer.status !== 404 && (answer.status !== 200 || !answer.body.includes('"preparing"'))) return
    if (!told) say('  Preparing the demo floor: its morning and its last week ...')
    await pause()
  }
  say('  The demo floor is still being prepared; it will appear by itself')
}

/** Redis reads its whole log before it answers: long, but not stuck. */
const ofRedis = async ({ ask: askRedis, logFile, stopped }) => {
  let done = false
  const answering = async () => {
    for (let toldAt = Date.now(); !done; ) {
      const answer = await askRedis()
      if (answer === '+PONG') return
      if (Date.now() - toldAt > TELL_EVERY_MS) {
        toldAt = Date.now()
        say(`  Redis is starting: ${answer ?? 'not listening yet'}`)
      }
      await pause()
    }
  }
  try {
    await Promise.race([answering(), stopped])
  } catch (error) {
    const tail = existsSync(logFile) ? `\nThe end of ${logFile}:\n${tailOf(readFileSync(logFile, 'utf8'), 12)}` : ''
    throw new Hindrance(`${error.message}${tail}`)
  } finally {
    done = true
  }
}

export const readiness = { ofWeb, ofRedis, ofDemo }
