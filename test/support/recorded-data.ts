import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Public data sets lie beside the project, not in it; without them the tests that read them are skipped and say so. */
const folder = join(import.meta.dirname, '../../../shared/data')

export const dataSet = (name: string): { readonly present: boolean; readonly text: (file: string) => string; readonly bytes: (file: string) => Buffer; readonly json: (file: string) => unknown; readonly path: (file: string) => string } => {
  const present = existsSync(join(folder, name))
  if (!present) process.stderr.write(`data set ${name} is not here: its tests are skipped\n`)
  const path = (file: string) => join(folder, name, file)
  return {
    present,
    path,
    text: (file) => readFileSync(path(file), 'utf8'),
    bytes: (file) => readFileSync(path(file)),
    json: (file) => JSON.parse(readFileSync(path(file), 'utf8')) as unknown,
  }
}

/** The set that lies in the project: a floor run by a real Asterisk. */
export const sample = (file: string): string => readFileSync(join(import.meta.dirname, '../../server/ingest/samples', file), 'utf8')
