import { pino, type Logger as PinoLogger } from 'pino'

export type Logger = Pick<PinoLogger, 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'child'>

/**
 * Written at once: the default destination flushes on exit, and when the reader of standard output is gone (a killed supervisor) it tries
 * for ever, so that the process never ends (sonic-boom 4.2).
 */
const standardOutput = () => pino.destination({ fd: 1, sync: true })

/** JSON lines in UTC; secrets and personal fields are cut by name as a last line of defence. */
export const createLog = (level: string, part: string): Logger =>
  pino(
    {
      level,
      base: { part },
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: { paths: ['token', 'secret', 'password', 'authorization', 'cookie', '*.token', '*.secret', '*.password', 'req.headers.authorization', 'req.headers.cookie'], remove: true },
    },
    standardOutput(),
  )
