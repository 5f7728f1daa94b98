import { pino, type Logger as PinoLogger } from 'pino'

export type Logger = Pick<PinoLogger, 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'child'>

/** JSON lines in UTC; secrets and personal fields are cut by name as a last line of defence. */
export const createLog = (level: string, part: string): Logger =>
  pino({
    level,
    base: { part },
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: { paths: ['token', 'secret', 'password', 'authorization', 'cookie', '*.token', '*.secret', '*.password', 'req.headers.authorization', 'req.headers.cookie'], remove: true },
  })
