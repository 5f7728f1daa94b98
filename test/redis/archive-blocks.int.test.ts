import { describe, expect, it } from '@jest/globals'
import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)
const PROCESS = join(import.meta.dirname, '../support/blocks-process.ts')

/** `blocks`: of 512 bytes, that a file of the process may have; the write that crosses this ends short without an error, as on a disk that is nearly full. */
const written = async (blocks: number | 'unlimited'): Promise<string> => {
  const root = await mkdtemp(join(tmpdir(), 'floorwatch-blocks-'))
  try {
    const { stdout } = await run('/bin/sh', ['-c', `ulimit -f ${blocks}; exec "$0" --import tsx "$1" "$2"`, process.execPath, PROCESS, root], { env: { ...process.env, TSX_DISABLE_CACHE: '1' } })
    return stdout
  } finally {
    await rm(root, { recursive: true, force: true })
  }
}

describe('blocks of the archive', () => {
  it('are written whole, or not at all', async () => {
    expect(await written('unlimited')).toBe('written')
    expect(await written(16)).toBe('EFBIG')
  })
})
