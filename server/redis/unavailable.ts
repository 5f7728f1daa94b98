/** Redis refused, is away, or did not answer in time. What was asked may have been done all the same: asking again must be safe. */
export class RedisUnavailable extends Error {
  readonly reason: 'timeout' | 'memory' | 'disk' | 'replica' | 'loading' | 'connection'
  constructor(reason: RedisUnavailable['reason'], detail: string) {
    super(detail)
    this.reason = reason
  }
}

const refusals: readonly (readonly [pattern: RegExp, reason: RedisUnavailable['reason']])[] = [
  [/^OOM|used memory/, 'memory'],
  [/^MISCONF/, 'disk'],
  [/^READONLY|read only replica/i, 'replica'],
  [/^(LOADING|BUSY|MASTERDOWN|CLUSTERDOWN|TRYAGAIN|NOREPLICAS)/, 'loading'],
  [/offline|closed|timeout|Disconnects|ECONN|EPIPE|ENOENT|queue is full/i, 'connection'],
]

/** The same error as RedisUnavailable where it says that Redis cannot serve now; any other error unchanged. */
export const asUnavailable = (error: unknown): unknown => {
  if (!(error instanceof Error) || error instanceof RedisUnavailable) return error
  const reason = refusals.find(([pattern]) => pattern.test(error.message))?.[1]
  return reason ? new RedisUnavailable(reason, error.message) : error
}

/** Whether asking again later may help. */
export const isUnavailable = (error: unknown): boolean => asUnavailable(error) instanceof RedisUnavailable

/** Waits at most so long, then throws RedisUnavailable; the outcome of what was asked is unknown. */
export const within = async <T>(ms: number, asked: Promise<T>): Promise<T> => {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new RedisUnavailable('timeout', `Redis did not answer within ${ms} ms`)), ms)
  })
  try {
    return await Promise.race([asked, late])
  } catch (error) {
    throw asUnavailable(error)
  } finally {
    clearTimeout(timer)
  }
}
