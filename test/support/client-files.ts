import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

export interface ClientFile {
  readonly path: string
  readonly text: string
}

/** Sources of the client with one of the endings. */
export const clientFiles = (...endings: readonly string[]): readonly ClientFile[] =>
  readdirSync('client', { recursive: true, encoding: 'utf8' })
    .filter((path) => endings.some((ending) => path.endsWith(ending)))
    .map((path) => ({ path: join('client', path), text: readFileSync(join('client', path), 'utf8') }))
