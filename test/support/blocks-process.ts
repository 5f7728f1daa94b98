import { writeBlocks } from '../../server/redis/archive-blocks.ts'
import { seeded } from './seeded.ts'

/** Writes one block of some 40 kB in a process of its own, whose files the shell may have limited: `folder`. Prints the code of what went wrong, or `written`. */
const [root = ''] = process.argv.slice(2)
const { int } = seeded(7)
try {
  const blocks = await writeBlocks(root, 'a.gz')
  await blocks.write(Array.from({ length: 40_000 }, () => String.fromCharCode(int(32, 126))).join(''))
  await blocks.finish()
  process.stdout.write('written')
} catch (error) {
  process.stdout.write(String((error as NodeJS.ErrnoException).code))
}
