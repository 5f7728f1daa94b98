import type { SettingsDocument } from '../../server/contract/settings.ts'
import type { Cidrs } from '../../server/contract/outbound.ts'
import type { Resolve } from './outbound-request.ts'

/** What channels ask of the settings, each time anew: an address that was changed counts from the next message on. */
export interface ChannelSettings {
  document(site: string): Promise<SettingsDocument>
  /** The clear value of a secret of the settings document, by its path. */
  secret(site: string, path: readonly string[]): Promise<string | null>
  /** The name under which the settings know a person; null: they say nothing of them. */
  keyOf(site: string, person: string): Promise<string | null>
}

export interface ChannelDeps {
  readonly settings: ChannelSettings
  readonly allow: Cidrs
  readonly publicUrl: string
  readonly now: () => number
  readonly timeoutMs?: number
  readonly random?: () => number
  readonly resolve?: Resolve
}

/** An address of a person as they gave it; null: none any more. */
export const addressOf = async ({ keyOf, secret }: ChannelSettings, site: string, person: string, field: 'email' | 'phone' | 'slack' | 'teams'): Promise<string | null> => {
  const key = await keyOf(site, person)
  return key === null ? null : secret(site, ['people', key, field])
}
