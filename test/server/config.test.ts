import { afterAll, describe, expect, it } from '@jest/globals'
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { faultLines, readConfig, type Config } from '../../server/config.ts'

const dir = mkdtempSync(join(tmpdir(), 'floorwatch-config-'))
afterAll(() => rmSync(dir, { recursive: true }))

const file = (name: string, text: string): string => {
  writeFileSync(join(dir, name), text)
  return join(dir, name)
}
const read = (environment: Record<string, string>): Config => {
  const answer = readConfig({ DATA_DIR: join(dir, 'data'), ...environment })
  if (!answer.ok) throw new Error(faultLines(answer.faults))
  return answer.config
}
const faulty = (environment: Record<string, string>) => {
  const answer = readConfig({ DATA_DIR: join(dir, 'data'), ...environment })
  return answer.ok ? [] : answer.faults.map(({ name }) => name)
}

describe('the environment', () => {
  it('has defaults for everything', () => {
    expect(read({})).toMatchObject({ port: 8080, host: '127.0.0.1', publicUrl: 'http://127.0.0.1:8080', archiveDir: join(dir, 'data', 'archive'), redisUrl: null, durability: 'disk', demo: true, adminToken: null, trustProxy: [], outboundAllow: [], sourceDirs: [], tls: null })
  })

  it('counts an empty value as unset', () => {
    expect(read({ PORT: '', ADMIN_TOKEN: '', DEMO: '' })).toMatchObject({ port: 8080, adminToken: null, demo: true })
  })

  it('makes two keys once, which only their owner can read', () => {
    const [first, second] = [read({}), read({})]
    expect(first.dataKey.length).toBe(32)
    expect([second.sessionSecret, second.dataKey]).toEqual([first.sessionSecret, first.dataKey])
    for (const name of ['session-secret', 'data-key']) expect(statSync(join(dir, 'data', 'keys', name)).mode & 0o777).toBe(0o600)
    expect(readFileSync(join(dir, 'data', 'keys', 'data-key'), 'utf8').trim()).toBe(first.dataKey.toString('base64'))
  })

  it('takes known secrets from files, and no others', () => {
    expect(read({ ADMIN_TOKEN_FILE: file('token', 'a-token-of-24-characters-or-more\n') }).adminToken).toBe('a-token-of-24-characters-or-more')
    expect(read({ PORT_FILE: file('port', '9999') }).port).toBe(8080)
    expect(faulty({ ADMIN_TOKEN_FILE: join(dir, 'absent') })).toEqual(['ADMIN_TOKEN_FILE'])
    expect(faulty({ ADMIN_TOKEN_FILE: file('empty', '') })).toEqual(['ADMIN_TOKEN_FILE'])
  })

  it('takes lists', () => {
    expect(read({ OUTBOUND_ALLOW: '10.0.0.0/8, ::1', TRUST_PROXY: '192.168.1.7', SOURCE_DIRS: '/var/log/asterisk, /srv' })).toMatchObject({ outboundAllow: ['10.0.0.0/8', '::1'], trustProxy: ['192.168.1.7'], sourceDirs: ['/var/log/asterisk', '/srv'] })
  })

  it.each<readonly [string, string]>([
    ['PORT', '0'], ['PORT', 'abc'], ['PORT', 'NaN'], ['PORT', '65536'], ['PORT', '80 80'], ['PUBLIC_URL', 'ftp://x'], ['PUBLIC_URL', 'https://x/path'], ['REDIS_URL', 'redis://a b:1'], ['REDIS_URL', 'http://x'], ['REDIS_URL', 'localhost:6379'],
    ['QUEUE_REDIS_URL', 'redis-cluster://a:1'], ['DURABILITY', 'fast'], ['DEMO', 'yes'], ['DEMO_DAYS', '36'], ['DEMO_DAYS', 'all'], ['ADMIN_TOKEN', 'short'], ['ADMIN_TOKEN', 'with a space in its twenty-four'], ['SESSION_SECRET', 'short'], ['DATA_KEY', 'short'], ['TRUST_PROXY', 'true'], ['TRUST_PROXY', '10.0.0.0/99'], ['LOG_LEVEL', 'loud'],
    ['OIDC_ISSUER', 'http://idp.example'], ['SMTP_URL', 'http://mail'], ['MAIL_FROM', 'nobody'], ['OUTBOUND_ALLOW', 'everything'], ['HOST', 'a b'], ['OTEL_EXPORTER_OTLP_ENDPOINT', 'x'],
  ])('refuses %s=%s', (name, value) => {
    expect(faulty({ [name]: value })).toContain(name)
  })

  it('refuses settings that contradict each other', () => {
    expect(faulty({ TLS_CERT_FILE: 'x' })).toEqual(['TLS_KEY_FILE'])
    expect(faulty({ REDIS_URL: 'redis-cluster://a:1' })).toEqual(['QUEUE_REDIS_URL'])
    expect(faulty({ OIDC_ISSUER: 'https://idp.example' })).toEqual(['OIDC_ISSUER'])
    expect(faulty({ SMTP_URL: 'smtp://mail' })).toEqual(['MAIL_FROM'])
    expect(faulty({ ADMIN_TOKEN: 'a-token-of-24-characters-or-more', ADMIN_TOKEN_FILE: file('token2', 'b-token-of-24-characters-or-more') })).toEqual(['ADMIN_TOKEN'])
  })

  it('tells every fault at once and never a value', () => {
    const answer = readConfig({ PORT: 'geheim1', ADMIN_TOKEN: 'geheim2', REDIS_URL: 'redis://user:geheim3@a b', SMTP_URL: 'geheim4' })
    if (answer.ok) throw new Error('accepted')
    expect(answer.faults.map(({ name }) => name)).toEqual(['PORT', 'REDIS_URL', 'ADMIN_TOKEN', 'SMTP_URL'])
    expect(faultLines(answer.faults)).not.toContain('geheim')
  })

  it('says where a data folder cannot be written', () => {
    const blocked = file('blocked', 'a file, no folder')
    const answer = readConfig({ DATA_DIR: blocked })
    expect(answer.ok ? [] : answer.faults.map(({ name }) => name)).toEqual(['SESSION_SECRET', 'DATA_KEY'])
  })

  it('refuses a damaged data key instead of making another', () => {
    const data = join(dir, 'damaged')
    read({ DATA_DIR: data })
    writeFileSync(join(data, 'keys', 'data-key'), 'xx\n')
    expect(faulty({ DATA_DIR: data })).toEqual(['DATA_KEY'])
  })
})
