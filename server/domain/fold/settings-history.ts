import type { Channel } from '../platform-events.ts'
import type { FloorSettings, QueueSettings } from '../settings.ts'
import { MAX_SOURCES } from '../legs.ts'

interface Version {
  readonly settings: FloorSettings
  readonly queues: QueueSettings[]
  readonly endsAtOnce: boolean[]
}

/** Settings by version: a leg is judged by the version that held when its first fact was applied, so the past is never rewritten. */
export class SettingsHistory {
  readonly #versions: Version[] = []
  readonly #queueIds: readonly string[]
  readonly #sources: readonly (string | null)[]
  /** Four figures a queue of each version: target, short abandon, wrap-up cap, repeat window. */
  readonly #figures: Float64Array[] = []

  constructor(settings: FloorSettings, queueIds: readonly string[], sources: readonly (string | null)[]) {
    this.#queueIds = queueIds
    this.#sources = sources
    this.add(settings)
  }

  get latest(): number {
    return this.#versions.length - 1
  }

  get current(): FloorSettings {
    return this.#versions[this.latest].settings
  }

  all(): readonly FloorSettings[] {
    return this.#versions.map((version) => version.settings)
  }

  add(settings: FloorSettings): void {
    this.#versions.push({ settings, queues: [], endsAtOnce: [] })
    this.#figures.push(new Float64Array(0))
  }

  queue(version: number, index: number): QueueSettings {
    const known = this.#versions[version].queues[index]
    if (known !== undefined) return known
    const { settings, queues } = this.#versions[version]
    const id = this.#queueIds[index]
    const own = Object.hasOwn(settings.queues, id) ? settings.queues[id] : { ...settings.defaults, name: id, wallName: id }
    queues[index] = own
    return own
  }

  /** True when the platform of this source reports no wrap-up, so that handling ends with the conversation. */
  endsAtOnce(version: number, source: number): boolean {
    const known = this.#versions[version].endsAtOnce[source]
    if (known !== undefined) return known
    const id = source < MAX_SOURCES ? this.#sources[source] : null
    const { sources } = this.#versions[version].settings
    const own = id !== null && Object.hasOwn(sources, id) ? sources[id] : null
    const platform = own?.platform ?? id ?? ''
    const result = own?.acw !== undefined && own.acw !== null ? true : platform.startsWith('asterisk-') || platform === 'calls-csv'
    this.#versions[version].endsAtOnce[source] = result
    return result
  }

  withinMs(version: number, queue: number): number {
    return this.#of(version, queue * 4)
  }

  shortAbandonMs(version: number, queue: number): number {
    return this.#of(version, queue * 4 + 1)
  }

  acwCapMs(version: number, queue: number): number {
    return queue < 0 ? this.#versions[version].settings.defaults.acwCapMs : this.#of(version, queue * 4 + 2)
  }

  repeatWithinMs(version: number, queue: number): number {
    return this.#of(version, queue * 4 + 3)
  }

  channelOf(version: number, queue: number): Channel {
    return this.queue(version, queue).channel
  }

  #of(version: number, at: number): number {
    const figures = this.#figures[version]
    return at < figures.length ? figures[at] : this.#extend(version, at)
  }

  #extend(version: number, at: number): number {
    const count = this.#queueIds.length
    const figures = new Float64Array(count * 4)
    for (let index = 0; index < count; index++) {
      const queue = this.queue(version, index)
      figures[index * 4] = queue.target.withinMs
      figures[index * 4 + 1] = queue.shortAbandonMs
      figures[index * 4 + 2] = queue.acwCapMs
      figures[index * 4 + 3] = queue.repeatWithinMs
    }
    this.#figures[version] = figures
    return figures[at]
  }
}
