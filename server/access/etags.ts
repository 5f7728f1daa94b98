/** Versions of documents as entity tags. */
export const versionTag = (version: number): string => `"v${version}"`

/** The version that `If-Match` names: undefined for none or any; null for one that never was. */
export const expectedVersion = (header: string | undefined): number | null | undefined => {
  if (header === undefined || header.trim() === '*') return undefined
  const match = /^\s*"v(\d{1,9})"\s*$/.exec(header)
  return match === null ? null : Number(match[1])
}
