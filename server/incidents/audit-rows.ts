import type { Iso } from '../contract/rows.ts'
import type { AuditLink } from '../redis/audit-links.ts'
import type { PeopleNames } from '../redis/incident-people.ts'
import type { Texts } from '../redis/sealed-texts.ts'
import { personIdsOfEvents, textIdsOfEvents, toTimelineRow } from './timeline-row.ts'

/** One act on an incident as an auditor reads it, with its place in the chain. */
export interface AuditRow {
  readonly seq: number
  readonly at: Iso | null
  readonly ref: string
  readonly version: number
  readonly type: string | null
  readonly actor: string | null
  readonly actorName: string | null
  readonly actorRole: string | null
  readonly text: string | null
  readonly data: Readonly<Record<string, unknown>> | null
  readonly hash: string
  readonly link: string
}

export type AuditRows = (site: string) => AsyncGenerator<AuditRow>

export const openAuditRows = ({ links, texts, names }: { readonly links: (site: string) => AsyncGenerator<readonly AuditLink[]>; readonly texts: Texts; readonly names: PeopleNames }): AuditRows =>
  async function* (site) {
    for await (const batch of links(site)) {
      const events = batch.flatMap(({ event, version }) => (event === null ? [] : [{ seq: version, event }]))
      const [resolved, people] = await Promise.all([texts.resolve(site, textIdsOfEvents(events)), names.resolve(site, personIdsOfEvents(events))])
      for (const { event, seq, ref, version, hash, link } of batch) {
        const row = event === null ? null : toTimelineRow({ seq: version, event }, resolved, people)
        const actor = row === null ? null : (row.actor ?? { id: 'system', name: 'Floorwatch', role: 'system' })
        yield { seq, at: row?.at ?? null, ref, version, type: row?.type ?? null, actor: actor?.id ?? null, actorName: actor?.name ?? null, actorRole: actor?.role ?? null, text: row?.text ?? null, data: row?.data ?? null, hash, link }
      }
    }
  }
