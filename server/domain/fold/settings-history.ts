import { calendarOf, type Calendar } from '../clock/calendar.ts'
import { openCalendarShelf } from '../clock/calendar-shelf.ts'
import type { Channel } from '../platform-events.ts'
import { CHANNELS } from './fact-kinds.ts'
import { responseTargetsOf, type FloorSettings, type QueueSettings, type ResponseTargets } from '../settings.ts'
import { MAX_SOURCES } from '../legs.ts'

const FIGURES = 5
const ALWAYS = calendarOf({ alwaysOpen: true, timeZone: 'UTC', week: {}, holidays: [], openings: [] })

interface Version {
  readonly settings: FloorSettings
  readonly queues: QueueSettings[]
  readonly endsAtOnce: boolean[]
  readonly hours: Calendar[]
}

/** Settings by version: a leg is judged by the version that held at its first fact, however late that was heard of, so the past is never rewritten. */
export class SettingsHistory {
  readonly #versions: Version[] = []
  readonly #queueIds: readonly string[]
  readonly #sources: readonly (string | null)[]
  /** Figures of the queues of each version: target, short abandon, wrap-up cap, repeat window, channel. */
  readonly #figures: Float64Array[] = []
  readonly #shelf = openCalendarShelf()

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
    this.#versions.push({ settings, queues: [], endsAtOnce: [], hours: [] })
    this.#figures.push(new Float64Array(0))
  }

  /** The first that are saved hold for all time before, where no contact was judged by the defaults yet: whoever fills back the days before means them by their own. */
  takePlace(settings: FloorSettings): void {
    this.#versions.length = 0
    this.#figures.length = 0
    this.add(settings)
  }

  /** The version that held at an instant; the first of all before any. */
  versionAt(at: number): number {
    let version = this.latest
    while (version > 0 && this.#versions[version].settings.validFrom > at) version--
    return version
  }

  /** The version that held just before `at`; the first of all before any. */
  versionBefore(at: number): number {
    return this.versionAt(at - 1)
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
    return this.#of(version, queue * FIGURES)
  }

  shortAbandonMs(version: number, queue: number): number {
    return this.#of(version, queue * FIGURES + 1)
  }

  acwCapMs(version: number, queue: number): number {
    return queue < 0 ? this.#versions[version].settings.defaults.acwCapMs : this.#of(version, queue * FIGURES + 2)
  }

  repeatWithinMs(version: number, queue: number): number {
    return this.#of(version, queue * FIGURES + 3)
  }

  /** Place in CHANNELS. */
  channelIndex(version: number, queue: number): number {
    return this.#of(version, queue * FIGURES + 4)
  }

  responseTargets(version: number, queue: number): ResponseTargets {
    return responseTargetsOf(this.queue(version, queue))
  }

  /** Hours in which the queue answers. */
  hours(version: number, queue: number): Calendar {
    const known = this.#versions[version].hours[queue]
    if (known !== undefined) return known
    const { settings, hours } = this.#versions[version]
    const name = this.queue(version, queue).hours
    const calendar = name !== undefined && settings.calendars !== undefined && Object.hasOwn(settings.calendars, name) ? settings.calendars[name] : undefined
    hours[queue] = calendar === undefined ? ALWAYS : this.#shelf(calendar)
    return hours[queue]
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
    const figures = new Float64Array(count * FIGURES)
    for (let index = 0; index < count; index++) {
      const queue = this.queue(version, index)
      figures[index * FIGURES] = queue.target.withinMs
      figures[index * FIGURES + 1] = queue.shortAbandonMs
      figures[index * FIGURES + 2] = queue.acwCapMs
      figures[index * FIGURES + 3] = queue.repeatWithinMs
      figures[index * FIGURES + 4] = CHANNELS.indexOf(queue.channel)
    }
    this.#figures[version] = figures
    return figures[at]
  }
}
