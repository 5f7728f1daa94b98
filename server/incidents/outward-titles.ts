import type { IncidentRecord } from '../domain/incident/incident.ts'
import { outwardTitle } from '../domain/incident/title.ts'
import type { Texts } from '../redis/sealed-texts.ts'

/** What messages call these incidents, by reference: they reach telephones, chats and other systems, where nobody's reading rights are asked. */
export const outwardTitles = async (texts: Pick<Texts, 'resolve'>, site: string, records: readonly IncidentRecord[]): Promise<ReadonlyMap<string, string>> => {
  const told = await texts.resolve(site, records.flatMap(({ discreet, texts: { title, nature } }) => (discreet ? [] : [title ?? [], nature ?? []].flat())))
  const wordsOf = (id: string | undefined): string | null => (id === undefined ? null : (told.get(id) ?? null))
  return new Map(records.map((record) => [record.ref, outwardTitle(record, { title: wordsOf(record.texts.title), nature: wordsOf(record.texts.nature) })]))
}
