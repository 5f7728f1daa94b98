import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { root } from './run.mjs'

/** A folder's sources, or the one that is named. */
const sourcesIn = (place) => place.endsWith('.ts') ? [place] : readdirSync(join(root, place), { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile() && entry.name.endsWith('.ts')).map((entry) => relative(root, join(entry.parentPath, entry.name)))

/** Folders, or single files, as JavaScript in `dist`, file by file. Types are the business of `npm run types`: leaving them out here makes a first start 20 times quicker. */
export const compile = async (places) => {
  const { transformFile } = await import('@swc/core')
  await Promise.all(
    places.flatMap(sourcesIn).map(async (source) => {
      const target = join(root, 'dist', source.replace(/\.ts$/, '.js'))
      const { code, map } = await transformFile(join(root, source), {
        swcrc: false,
        sourceMaps: true,
        module: { type: 'es6' },
        jsc: { target: 'es2022', parser: { syntax: 'typescript' }, rewriteRelativeImportExtensions: true, transform: { verbatimModuleSyntax: true } },
      })
      mkdirSync(dirname(target), { recursive: true })
      writeFileSync(target, `${code}\n//# sourceMappingURL=${source.split(/[\\/]/).pop()?.replace(/\.ts$/, '.js.map')}\n`)
      writeFileSync(`${target}.map`, map ?? '')
    }),
  )
}

export const compileServer = () => compile(['server', 'workers'])
