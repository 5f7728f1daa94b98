import { roles, type Role } from '../../server/contract/roles.ts'
import { listOf, textOf } from '../http/read.ts'

type Item = Readonly<Record<string, unknown>>
const roleOf = (value: unknown): Role => roles.find((role) => role === value) ?? 'stakeholder'
const areasOf = (item: Item): readonly string[] | null => (Array.isArray(item['areas']) ? item['areas'].map(String) : null)
const id = (item: Item): string => textOf(item['id']) ?? ''

export interface Account {
  readonly id: string
  readonly username: string
  readonly name: string
  readonly role: Role
  /** null: every site. */
  readonly sites: readonly string[] | null
  /** null: all of its sites. */
  readonly areas: readonly string[] | null
  readonly disabled: boolean
}
export const accountOf = (item: Item): Account => ({ id: id(item), username: textOf(item['username']) ?? '', name: textOf(item['name']) ?? '', role: roleOf(item['role']), sites: item['sites'] === null ? null : listOf(item['sites']).map(String), areas: areasOf(item), disabled: item['disabled'] === true })

export interface KeyRow {
  readonly id: string
  readonly name: string
  readonly role: Role
  readonly site: string | null
  readonly areas: readonly string[] | null
  readonly lastUsedAt: string | null
  readonly revokedAt: string | null
}
export const keyRowOf = (item: Item): KeyRow => ({ id: id(item), name: textOf(item['name']) ?? '', role: roleOf(item['role']), site: textOf(item['site']), areas: areasOf(item), lastUsedAt: textOf(item['lastUsedAt']), revokedAt: textOf(item['revokedAt']) })

export interface ScreenRow {
  readonly id: string
  readonly name: string
  readonly site: string
  readonly board: string
  readonly lastSeenAt: string | null
  readonly revokedAt: string | null
  readonly ended: string | null
}
export const screenRowOf = (item: Item): ScreenRow => ({ id: id(item), name: textOf(item['name']) ?? '', site: textOf(item['site']) ?? '', board: textOf(item['board']) ?? '', lastSeenAt: textOf(item['lastSeenAt']), revokedAt: textOf(item['revokedAt']), ended: textOf(item['ended']) })

/** Roles of people; machines and screens have keys and codes. */
export const peopleRoles: readonly Role[] = roles.filter((role) => role !== 'source' && role !== 'display')
