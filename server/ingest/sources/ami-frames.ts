import { StringDecoder } from 'node:string_decoder'

/** Frames of the Asterisk Manager Interface: `Key: Value` lines, an empty line ends a frame. */

export interface AmiFrame {
  /** First value of a key, '' when absent; keys are compared without case, since dialects differ in it. */
  readonly get: (...keys: readonly string[]) => string
  readonly all: (key: string) => readonly string[]
}

export interface AmiFrames {
  /** Frames completed by these bytes, in order. */
  readonly push: (bytes: Uint8Array) => readonly AmiFrame[]
  /** Frames thrown away for being longer than the cap. */
  readonly oversized: () => number
  /** Bytes of an unfinished frame; with a silent peer they are half a frame. */
  readonly pending: () => number
}

/** Far above any real frame; a peer that sends more is not Asterisk, or not well (RELIABILITY B32). */
export const LONGEST_FRAME = 65_536

/** Asterisk writes one of these for "not known". */
const unset = new Set(['<unknown>', 'unknown', '<none>', '(null)'])

export const frameOf = (lines: readonly string[]): AmiFrame => {
  const fields = new Map<string, string[]>()
  for (const line of lines) {
    const colon = line.indexOf(':')
    if (colon <= 0) continue
    const key = line.slice(0, colon).trim().toLowerCase()
    const value = line.slice(colon + 1).trim()
    const values = fields.get(key)
    if (values) values.push(unset.has(value) ? '' : value)
    else fields.set(key, [unset.has(value) ? '' : value])
  }
  return {
    get: (...keys) => {
      for (const key of keys) {
        const value = fields.get(key.toLowerCase())?.[0]
        if (value !== undefined && value !== '') return value
      }
      return ''
    },
    all: (key) => fields.get(key.toLowerCase()) ?? [],
  }
}

export const openAmiFrames = (): AmiFrames => {
  const decoder = new StringDecoder('utf8')
  let rest = ''
  let lines: string[] = []
  let length = 0
  let skipping = false
  let oversized = 0

  const tooLong = () => {
    if (!skipping) oversized += 1
    skipping = true
    lines = []
    length = 0
  }

  const endOfFrame = (): AmiFrame | null => {
    const frame = !skipping && lines.length > 0 ? frameOf(lines) : null
    skipping = false
    lines = []
    length = 0
    return frame
  }

  return {
    push: (bytes) => {
      const frames: AmiFrame[] = []
      const parts = (rest + decoder.write(Buffer.from(bytes))).split('\n')
      rest = parts.pop() ?? ''
      for (const part of parts) {
        const line = part.endsWith('\r') ? part.slice(0, -1) : part
        if (line === '') {
          const frame = endOfFrame()
          if (frame) frames.push(frame)
          continue
        }
        length += line.length
        if (skipping) continue
        if (length > LONGEST_FRAME) tooLong()
        else lines.push(line)
      }
      if (length + rest.length > LONGEST_FRAME) {
        tooLong()
        rest = ''
      }
      return frames
    },
    oversized: () => oversized,
    pending: () => length + rest.length,
  }
}
