import type { Calendars } from '../contract/settings.ts'
import { instantOf, type Instant } from '../domain/time.ts'
import type { Keys } from './keys.ts'
import type { Notices } from './notices.ts'
import type { Redis } from './plain-client.ts'
import { openScript } from './script.ts'

/** Calendars above the sites, in one of their versions. */
export interface OrganisationCalendars {
  /** 0: none were ever saved. */
  readonly version: number
  readonly savedAt: Instant | null
  readonly calendars: Calendars
}

export interface Organisation {
  readonly current: () => Promise<OrganisationCalendars>
  /** An earlier version; null when it is not kept. */
  readonly version: (version: number) => Promise<OrganisationCalendars | null>
  /** The version that was saved, or null: another one was saved meanwhile. */
  readonly put: (calendars: Calendars, expected: number, at: Instant) => Promise<number | null>
  /** Called in every process after a save. */
  readonly onChange: (changed: () => void) => () => void
}

const TOPIC = 'organisation'
const none: OrganisationCalendars = { version: 0, savedAt: null, calendars: {} }
const parse = (version: number, row: string): OrganisationCalendars => {
  const { savedAt, calendars } = JSON.parse(row) as { readonly savedAt: number; readonly calendars: Calendars }
  return { version, savedAt: instantOf(savedAt), calendars }
}

export const openOrganisation = ({ redis, keys, notices }: { readonly redis: Redis; readonly keys: Keys; readonly notices: Notices }): Organisation => {
  const saveScript = openScript('save-organisation')
  const listeners = new Set<() => void>()
  let current: Promise<OrganisationCalendars> | null = null
  const forget = (): void => {
    current = null
    for (const listener of listeners) listener()
  }
  notices.on(TOPIC, forget)

  const load = async (): Promise<OrganisationCalendars> => {
    const { version, document } = await redis.hGetAll(keys.organisation)
    return version === undefined || document === undefined ? none : parse(Number(version), document)
  }
  return {
    current: async () => {
      const loading = current ?? load()
      current = loading
      try {
        return await loading
      } catch (error) {
        current = null
        throw error
      }
    },
    version: async (version) => {
      if (version === 0) return none
      const row = await redis.hGet(keys.organisation, `v:${version}`)
      return row === null || row === undefined ? null : parse(version, row)
    },
    put: async (calendars, expected, at) => {
      const reply = (await saveScript.run(redis, { keys: [keys.organisation], arguments: [String(expected), String(expected + 1), JSON.stringify({ savedAt: at, calendars })] })) as readonly [string, string]
      if (reply[0] !== 'saved') return null
      forget()
      await notices.publish(TOPIC, '')
      return expected + 1
    },
    onChange: (changed) => {
      listeners.add(changed)
      return () => void listeners.delete(changed)
    },
  }
}
