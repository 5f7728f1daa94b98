import type { Logger } from '../../server/log.ts'

export interface Line {
  readonly level: string
  readonly fields: Readonly<Record<string, unknown>>
  readonly text: string
}

/** A log that keeps its lines, to be read by the test. */
export const recordingLog = (): Logger & { readonly lines: readonly Line[] } => {
  const lines: Line[] = []
  const at = (level: string) => (fields: unknown, text?: unknown) => {
    lines.push(typeof fields === 'string' ? { level, fields: {}, text: fields } : { level, fields: (fields ?? {}) as Record<string, unknown>, text: String(text ?? '') })
  }
  const log = { lines, debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error'), fatal: at('fatal'), child: () => log }
  return log as unknown as Logger & { readonly lines: readonly Line[] }
}
