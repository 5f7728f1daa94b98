import { randomBytes } from 'node:crypto'
import { defaultSettings, incidentSettingsOf } from '../../server/contract/settings.ts'
import type { Directory } from '../../server/domain/escalation/directory.ts'
import type { IncidentSettings, Policy } from '../../server/domain/incident-settings.ts'
import { openIncidents, type Incidents } from '../../server/incidents/incidents.ts'
import type { Caller } from '../../server/incidents/handle-command.ts'
import { openCommitments } from '../../server/redis/commitments.ts'
import { connect, type Redis } from '../../server/redis/connect.ts'
import { keysUnder, type Keys } from '../../server/redis/keys.ts'
import { openSealed, type Sealed } from '../../server/redis/sealed.ts'
import { recordingLog, type Line } from './quiet-log.ts'
import type { Logger } from '../../server/log.ts'

/** A site with settings and people set by hand, on the suite's Redis under a prefix of its own. */
export interface IncidentHouse {
  readonly site: string
  readonly url: string
  readonly redis: Redis
  readonly keys: Keys
  readonly sealed: Sealed
  readonly incidents: Incidents
  readonly log: Logger & { readonly lines: readonly Line[] }
  readonly settings: { incidentSettings(site: string, version?: number): Promise<IncidentSettings>; secret(site: string, path: readonly string[]): Promise<string | null> }
  directory(site: string): Promise<Directory>
  /** Changes the settings as a new version. */
  change(more: Partial<IncidentSettings>): void
  people(directory: Partial<Directory>): void
  close(): Promise<void>
}

export const webhookSecret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'

export const ladder = (levels: readonly { readonly waitMs: number; readonly targets: Policy['ownership']['levels'][number]['targets'] }[], repeat: number | null = 0): Policy => ({ id: 'default', ownership: { levels, repeat }, deadline: { on: [] } })

export const sam: Caller = { credentialId: 'key-sam', person: { id: 'sam', name: 'Sam Okafor' }, role: 'supervisor' }
export const ada: Caller = { credentialId: 'key-ada', person: { id: 'ada', name: 'Ada Lindqvist' }, role: 'duty-manager' }

export const report = {
  type: 'incident',
  title: 'Card payments fail',
  nature: 'Every card is declined since nine',
  channel: 'voice',
  location: 'Leeds, second floor',
  service: 'Payments',
  reporter: 'Jo of team Blue',
  callerId: '+44 113 496 0000',
  callerSafe: null,
  category: 'technology',
  impact: 1,
  urgency: 1,
} as const

export const openIncidentHouse = async (options: { readonly policy?: Policy; readonly webhooks?: IncidentSettings['webhooks']; readonly url?: string; readonly prefix?: string } = {}): Promise<IncidentHouse> => {
  const url = options.url ?? process.env['TEST_REDIS_URL'] ?? ''
  const log = recordingLog()
  const redis = await connect({ url, name: 'test', log })
  const keys = keysUnder(options.prefix ?? `t-${randomBytes(5).toString('hex')}`)
  const sealed = openSealed({ redis, keys, dataKey: Buffer.alloc(32, 7) })
  const site = 'north'
  const base = incidentSettingsOf(defaultSettings, { id: site, name: 'North', timeZone: 'Europe/London' }, 1)
  let settingsNow: IncidentSettings = { ...base, ...(options.policy === undefined ? {} : { policies: { default: options.policy } }), webhooks: options.webhooks ?? {} }
  const versions = new Map([[settingsNow.version, settingsNow]])
  let told: Directory = {
    people: [
      { id: 'sam', aliases: [], role: 'supervisor', teams: [], onDuty: true },
      { id: 'ada', aliases: [], role: 'duty-manager', teams: [], onDuty: true },
      { id: 'administrator', aliases: [], role: 'admin', teams: [], onDuty: false },
    ],
    webhooks: Object.keys(settingsNow.webhooks),
    onCall: {},
    resources: { ivr: { name: 'Message to callers', type: 'ivr-message', phone: null, account: null, instructions: null, hours: null, responseMs: null, alert: [] } },
  }
  const settings = { incidentSettings: async (_site: string, version?: number) => (version === undefined ? settingsNow : (versions.get(version) ?? settingsNow)), secret: async (_site: string, path: readonly string[]) => (path.at(-1) === 'secret' ? webhookSecret : null) }
  const commitments = openCommitments({ redis, keys })
  const directory = async (): Promise<Directory> => {
    const { all, version } = await commitments.of(site)
    return { commitments: all, commitmentsVersion: version, ...told }
  }
  const incidents = openIncidents({ redis, keys, sealed, settings, people: { directory, names: async () => new Map(), keyOf: async (_site, id) => id } })
  return {
    site,
    url,
    redis,
    keys,
    sealed,
    incidents,
    log,
    settings,
    directory,
    change: (more) => {
      settingsNow = { ...settingsNow, ...more, version: settingsNow.version + 1 }
      versions.set(settingsNow.version, settingsNow)
      told = { ...told, webhooks: Object.keys(settingsNow.webhooks) }
    },
    people: (more) => {
      told = { ...told, ...more }
    },
    close: async () => {
      if (redis.isOpen) redis.destroy()
    },
  }
}
