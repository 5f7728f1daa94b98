import { createHash } from 'node:crypto'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { Command } from 'commander'
import { openTail } from '../ingest/sources/tail-file.ts'
import type { FilePosition } from '../ingest/sources/file-position.ts'
import { HOT_MS } from '../domain/hot-hours.ts'
import {  } from '../domain/time.ts'
import { CommandFailed, textField, type Api, type Answer } from './api.ts'
import { contextOf, segment } from './context.ts'
import { plain } from './output.ts'

const POLL_MS = 500
const LONGEST_WAIT_MS = 10_000
/** The server takes as many lines in one request. */
const LINES = 5_000

const isYoung = (line: string): boolean => {
  const epoch = Number(line.slice(0, line.indexOf('|')))
  return !Number.isFinite(epoch) || epoch * 1_000 > Date.now() - HOT_MS
}

/** Where a file was left, so that a command that is started again goes on there. */
const placeIn = (path: string) => ({
  read: async (): Promise<FilePosition | null> => {
    const text = await readFile(path, 'utf8').catch(() => null)
    return text === null ? null : (JSON.parse(text) as FilePosition)
  },
  keep: async (position: FilePosition): Promise<void> => {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 })
    await writeFile(`${path}.new`, JSON.stringify(position), { mode: 0o600 })
    await rename(`${path}.new`, path)
  },
})

/** Until the server has taken them: ids make a repetition harmless. A refusal that no repetition mends ends the command. */
const deliver = async (api: Api, path: string, text: string, note: (text: string) => void, signal: AbortSignal): Promise<Answer | null> => {
  for (let wait = POLL_MS, told = ''; !signal.aborted; wait = Math.min(wait * 2, LONGEST_WAIT_MS)) {
    const answer = await api.raw('POST', path, { text, contentType: 'text/plain' }).catch((error: unknown) => (error instanceof Error ? error.message : String(error)))
    if (typeof answer !== 'string' && answer.status === 202) return answer
    const why = typeof answer === 'string' ? answer : textField(answer.body, 'detail') || `the server answered ${answer.status}`
    if (typeof answer !== 'string' && answer.status < 500 && answer.status !== 429) throw new CommandFailed(plain(why))
    if (why !== told) note((told = why))
    await pause(wait, undefined, { signal }).catch(() => undefined)
  }
  return null
}

/** `follow`: a queue_log on this machine, sent to a server that may be elsewhere, for as long as the command runs. */
export const followCommand = (program: Command): void => {
  program
    .command('follow')
    .description('send what is written to a file, line by line, until Ctrl-C; rotation is followed, and a second start goes on where the first ended')
    .argument('<platform>', 'asterisk-queue-log')
    .argument('<file>', 'the file')
    .requiredOption('--site <site>', 'the site')
    .option('--source <source>', 'the source of the settings that the lines belong to')
    .option('--place <file>', 'where the place in the file is kept; default: DATA_DIR/follow')
    .action(async (platform: string, file: string, options: { readonly site: string; readonly source?: string; readonly place?: string }, command: Command) => {
      const { api, out } = contextOf(command)
      if (platform !== 'asterisk-queue-log') throw new CommandFailed(`"${platform}" cannot be followed; known: asterisk-queue-log`, 2)
      const path = `/api/v1/sites/${segment(options.site)}/sources/asterisk-queue-log${options.source === undefined ? '' : `?source=${segment(options.source)}`}`
      const full = resolve(file)
      const place = placeIn(options.place ?? join(process.env['DATA_DIR'] || 'data', 'follow', `${createHash('sha256').update(`${options.site}\n${options.source ?? ''}\n${full}`).digest('base64url').slice(0, 22)}.json`))
      const stop = new AbortController()
      for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort())
      const tail = openTail(full, await place.read())
      try {
        for (let missing = false; !stop.signal.aborted; ) {
          const piece = await tail.next()
          if (piece === null && !missing) out.note(`${file} is not there yet`)
          missing = piece === null
          const lines = (piece?.lines ?? []).filter((line) => line.trim() !== '' && isYoung(line))
          for (let from = 0; from < lines.length; from += LINES) {
            const some = lines.slice(from, from + LINES)
            const answer = await deliver(api, path, `${some.join('\n')}\n`, out.note, stop.signal)
            if (answer === null) return
            const told = answer.body
            out.result({ lines: some.length, accepted: Number(textField(told, 'accepted')), duplicates: Number(textField(told, 'duplicates')) }, () => [`${some.length} lines: ${textField(told, 'accepted')} events accepted, ${textField(told, 'duplicates')} known already.`])
          }
          if (piece !== null && piece.lines.length > 0) await place.keep(piece.position)
          if (piece === null || piece.atEnd) await pause(POLL_MS, undefined, { signal: stop.signal }).catch(() => undefined)
        }
      } finally {
        await tail.close()
      }
    })
}
