import { realpath } from 'node:fs/promises'
import { dirname, isAbsolute, relative } from 'node:path'
import type { SettingsDocument, SettingsFault } from '../../contract/settings.ts'

const inside = (folder: string, path: string): boolean => {
  const way = relative(folder, path)
  return way !== '' && !way.startsWith('..') && !isAbsolute(way)
}

/** Null when the file may be followed, else why not. Links are followed first: a name inside must not lead outside. */
export const fileRefused = async (file: string, sourceDirs: readonly string[]): Promise<string | null> => {
  if (sourceDirs.length === 0) return 'SOURCE_DIRS names no folder: no file may be followed'
  const real = await realpath(file).catch(() => file)
  const folders = await Promise.all(sourceDirs.map((folder) => realpath(folder).catch(() => folder)))
  return folders.some((folder) => inside(folder, real)) ? null : 'the file is not in a folder of SOURCE_DIRS'
}

/**
 * Files of sources that a worker set up like this server would not follow. Warnings and no faults: the worker that follows
 * them may run on another machine, with folders of its own.
 */
export const sourceFileWarnings =
  (sourceDirs: readonly string[]) =>
  async ({ sources }: Pick<SettingsDocument, 'sources'>): Promise<readonly SettingsFault[]> => {
    const named = Object.entries(sources).flatMap(([id, { file }]) => (file === undefined ? [] : [{ id, file }]))
    const judged = await Promise.all(
      named.map(async ({ id, file }) => {
        if ((await fileRefused(file, sourceDirs)) === null) return []
        const accepted = sourceDirs.length === 0 ? 'SOURCE_DIRS names no folder here' : `accepted are files in ${sourceDirs.join(', ')}`
        return [{ path: `sources.${id}.file`, code: 'outside_source_dirs', detail: `${file} will not be followed: it lies in no folder of SOURCE_DIRS (${accepted}); move it, or start with SOURCE_DIRS=${dirname(file)}` }]
      }),
    )
    return judged.flat()
  }
