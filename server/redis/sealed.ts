import type { Redis } from './connect.ts'
import type { Keys } from './keys.ts'
import { openAgents, type Agents } from './sealed-agents.ts'
import { openSubjects, type Subjects } from './sealed-subjects.ts'
import { openTexts, type Texts } from './sealed-texts.ts'

/** Personal data of a site, sealed beside the log (RELIABILITY D17, S58): the log knows tokens, numbers and text ids only. */
export interface Sealed {
  readonly subjects: Subjects
  readonly agents: Agents
  readonly texts: Texts
}

export interface SealedDeps {
  readonly redis: Redis
  readonly keys: Keys
  /** 32 bytes that never lie in Redis (`DATA_KEY`). */
  readonly dataKey: Uint8Array
}

export const openSealed = (deps: SealedDeps): Sealed => ({ subjects: openSubjects(deps), agents: openAgents(deps), texts: openTexts(deps) })
