/** What `/readyz` said last. */
export interface ServerHealth {
  readonly state: 'fine' | 'degraded'
  /** Names of the checks that fail. */
  readonly failing: readonly string[]
  /** Local epoch ms of the first failed look. */
  readonly since: number | null
}
