import { readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import { parse } from 'vue/compiler-sfc'
import { compileMessage } from '../../../client/locales/compile-message.ts'
import { pseudoLocale, type Catalogue } from '../../../client/locales/pseudo.ts'
import { clientFiles } from '../../support/client-files.ts'

const read = (name: string): Catalogue => JSON.parse(readFileSync(`client/locales/${name}.json`, 'utf8')) as Catalogue
const common = read('en')
const parts = [common, read('en-desk'), read('en-office')]
const merged = (a: Catalogue, b: Catalogue): Catalogue => Object.fromEntries([...new Set([...Object.keys(a), ...Object.keys(b)])].map((key) => { const [left, right] = [a[key], b[key]]; return [key, typeof left === 'object' && typeof right === 'object' ? merged(left, right) : (right ?? left ?? '')] }))
/** As merged at run time; every file may add to a group. */
const en: Catalogue = parts.reduce(merged)
const at = (key: string): string | Catalogue | undefined => key.split('.').reduce<string | Catalogue | undefined>((node, part) => (typeof node === 'object' ? node[part] : undefined), en)
const sources = clientFiles('.vue', '.ts')

interface Node {
  readonly type: number
  readonly content?: unknown
  readonly children?: readonly Node[]
  readonly props?: readonly { readonly type: number; readonly name: string; readonly value?: { readonly content: string } }[]
  readonly branches?: readonly Node[]
}
const TEXT = 2
const ATTRIBUTE = 6
const spoken = new Set(['aria-label', 'title', 'placeholder', 'alt', 'label', 'aria-description'])
/** Letters of any language; marks such as a dash or an arrow are no words. */
const hasWords = (text: string): boolean => /\p{L}{2,}/u.test(text)

const hardCoded = (node: Node): readonly string[] => [
  ...(node.type === TEXT && typeof node.content === 'string' && hasWords(node.content) ? [node.content.trim()] : []),
  ...(node.props ?? []).filter((prop) => prop.type === ATTRIBUTE && spoken.has(prop.name) && hasWords(prop.value?.content ?? '')).map((prop) => `${prop.name}="${prop.value?.content ?? ''}"`),
  ...[...(node.children ?? []), ...(node.branches ?? [])].flatMap((child) => hardCoded(child)),
]

describe('texts of the screens', () => {
  it('all come from the catalogue', () => {
    const found = clientFiles('.vue').flatMap(({ path, text }) => {
      const ast = parse(text, { filename: path }).descriptor.template?.ast
      return ast ? hardCoded(ast as unknown as Node).map((words) => `${path}: ${words}`) : []
    })
    expect(found).toEqual([])
  })
  it('name only keys that the catalogue has', () => {
    const missing = sources.flatMap(({ path, text }) => [...text.matchAll(/\bt\(\s*'([\w.-]+)'/g)].filter(([, key]) => typeof at(key ?? '') !== 'string').map(([, key]) => `${path}: ${key}`))
    expect(missing).toEqual([])
  })
  it('build keys only on groups that the catalogue has', () => {
    const missing = sources.flatMap(({ path, text }) => [...text.matchAll(/\bt\(\s*`([\w.-]+)\.\$\{/g)].filter(([, group]) => typeof at(group ?? '') !== 'object').map(([, group]) => `${path}: ${group}`))
    expect(missing).toEqual([])
  })
  it('have a word for every event of an incident', () => {
    const types = [...readFileSync('server/domain/incident/events.ts', 'utf8').matchAll(/readonly type: ((?:'[a-z-]+'(?: \| )?)+)/g)].flatMap(([, union]) => [...(union ?? '').matchAll(/'([a-z-]+)'/g)].map(([, type]) => type ?? ''))
    expect(types.length).toBeGreaterThan(40)
    expect(types.filter((type) => typeof at(`event.${type}`) !== 'string')).toEqual([])
  })
  it('leave no text of the catalogue unused', () => {
    const all = sources.map(({ text }) => text).join('\n')
    const groups = new Set([...all.matchAll(/`([\w.-]+)\.\$\{/g)].map(([, group]) => group))
    const built = [...all.matchAll(/named\('([\w-]+)'/g)].map(([, group]) => group)
    const leaves = (node: Catalogue, path: string): readonly string[] => Object.entries(node).flatMap(([key, value]) => (typeof value === 'string' ? [`${path}${key}`] : leaves(value, `${path}${key}.`)))
    const unused = leaves(en, '').filter((key) => !all.includes(`'${key}'`) && ![...groups, ...built].some((group) => key.startsWith(`${group ?? ''}.`)))
    expect(unused).toEqual([])
  })
})

describe('the words of a wall', () => {
  it('are all in the part that a wall loads', () => {
    const wall = sources.filter(({ path }) => /client\/(?:wall|App|base\/(?:TrendMark|CountDown|FreshnessDot|StatusMark|MissingValue|BulletGraph|LiveRegions)|composables\/use-words)/.test(path))
    const keys = wall.flatMap(({ text }) => [...text.matchAll(/\bt\(\s*'([\w.-]+)'/g), ...text.matchAll(/\bt\(\s*`([\w.-]+)\.\$\{/g)].map(([, key]) => key ?? ''))
    const has = (key: string): boolean => key.split('.').reduce<string | Catalogue | undefined>((node, part) => (typeof node === 'object' ? node[part] : undefined), common) !== undefined
    expect(keys.length).toBeGreaterThan(30)
    expect(keys.filter((key) => !has(key))).toEqual([])
  })
})

describe('a message', () => {
  const values = (named: Readonly<Record<string, unknown>>, count = 1) => ({ named: (name: string) => named[name], plural: (forms: string[]) => forms[count === 1 ? 0 : forms.length - 1] })
  it('is filled with named values', () => {
    expect(compileMessage('{n} of {of}')(values({ n: 3, of: 5 }))).toBe('3 of 5')
  })
  it('chooses its plural form before it is filled', () => {
    expect(compileMessage('{n} queue | {n} queues')(values({ n: 4 }, 4))).toBe('4 queues')
  })
  it('shows nothing, and never "undefined", for a value that was not given', () => {
    expect(compileMessage('a {b} c')(values({}))).toBe('a  c')
  })
  it('cannot smuggle a placeholder in through a value', () => {
    expect(compileMessage('{title}')(values({ title: '{secret}', secret: 'x' }))).toBe('{secret}')
  })
})

describe('the pseudo-locale', () => {
  it('has every key, keeps placeholders and plural forms, and is longer', () => {
    const pseudo = pseudoLocale({ a: { b: '{n} queue | {n} queues' } })
    expect(pseudo).toEqual({ a: { b: '⟦{n} qüëüë···⟧ | ⟦{n} qüëüës···⟧' } })
  })
})
