import type { SettingsFault } from '../server/contract/settings.ts'
import type { Logger } from '../server/log.ts'

export interface ReadinessDeps {
  readonly sites: () => readonly string[]
  readonly warnings: (site: string) => Promise<readonly SettingsFault[]>
  readonly log: Logger
  /** null: looked at by hand alone. */
  readonly everyMs?: number | null
}

const DAILY_MS = 86_400_000

/** Accounts leave and holidays run out without a save: what a save would warn of is said again at each start and every day (grafana/oncall#1326). */
export const openReadiness = ({ sites, warnings, log, everyMs = DAILY_MS }: ReadinessDeps): { readonly look: () => Promise<void>; readonly close: () => void } => {
  const look = async (): Promise<void> => {
    for (const site of sites()) for (const { path, code, detail } of await warnings(site)) log.warn({ site, path, code }, detail)
  }
  const tell = (): void => void look().catch((error: unknown) => log.warn({ reason: error instanceof Error ? error.message : String(error) }, 'the settings could not be looked at'))
  const beat = everyMs === null ? null : setInterval(tell, everyMs).unref()
  if (everyMs !== null) tell()
  return {
    look,
    close: () => {
      if (beat !== null) clearInterval(beat)
    },
  }
}
