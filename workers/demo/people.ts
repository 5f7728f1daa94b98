import { breaksOn, DAY_SHARES, type Seat, seats, worksAtWeekend } from './seats.ts'
import type { Stage } from './simulation.ts'

export type PersonState = 'offline' | 'available' | 'ringing' | 'on-contact' | 'acw' | 'aux'

export interface Person {
  readonly seat: Seat
  queues: readonly string[]
  state: PersonState
  since: number
  /** A break that waits for the end of the present work. */
  pendingBreak: { readonly reason: string; readonly minutes: number } | null
  leaving: boolean
  reachable: boolean
}

export interface People {
  /** The one who has waited longest among those free whose home the queue is, else among those who help there. */
  freeFor(queue: string): Person | null
  queuesOf(person: Person): readonly string[]
  become(person: Person, state: PersonState, reason?: string | null): void
  /** Work is over: a waiting break or the end of the shift comes first. */
  finished(person: Person): void
  onFree(listener: (person: Person) => void): void
  borrow(from: string, to: string, count: number, ms: number, matched: (queue: string) => void): void
}

const MINUTE = 60_000
const wire = { offline: 'offline', available: 'available', ringing: 'ringing', 'on-contact': 'busy', acw: 'wrapup', aux: 'paused' } as const

export const createPeople = (stage: Stage, { heartbeatMs }: { readonly heartbeatMs: number | null }): People => {
  const { chance } = stage
  const people: Person[] = seats.map((seat) => ({ seat, queues: seat.queues, state: 'offline', since: stage.now(), pendingBreak: null, leaving: false, reachable: true }))
  let free: (person: Person) => void = () => undefined

  const say = (person: Person, reason: string | null): void =>
    stage.tell({ type: 'agent.state', agentId: person.seat.id, agentName: person.seat.name, team: person.seat.team, state: wire[person.state], reason, since: stage.iso(person.since), queues: [...person.queues] })
  const become = (person: Person, state: PersonState, reason: string | null = null): void => {
    person.state = state
    person.since = stage.now()
    say(person, reason)
    if (state === 'available') free(person)
  }
  const rest = (person: Person, { reason, minutes }: { readonly reason: string; readonly minutes: number }): void => {
    person.pendingBreak = null
    become(person, 'aux', reason)
    const flawed = person.seat.trait === 'over-break' && stage.isLiveDay() && stage.minute() < 660
    const over = flawed ? 16 : chance.lognormal(1, 0.8) - 0.6
    stage.plan(stage.now() + (minutes + over) * MINUTE, () => {
      if (person.state === 'aux') finished(person)
    })
  }
  const finished = (person: Person): void => {
    if (person.leaving) {
      person.leaving = false
      return become(person, 'offline')
    }
    if (person.pendingBreak) return rest(person, person.pendingBreak)
    become(person, 'available')
  }
  const wantsBreak = (person: Person, pause: Seat['breaks'][number]): void => {
    if (person.state === 'offline') return
    if (person.state === 'available') rest(person, pause)
    else person.pendingBreak = pause
  }
  const wantsHome = (person: Person): void => {
    if (person.state === 'available' || person.state === 'aux') become(person, 'offline')
    else if (person.state !== 'offline') person.leaving = true
  }
  const worksOn = (person: Person, place: number): boolean => {
    if (stage.isLiveDay()) return person.seat.trait !== 'absent'
    if (person.seat.allHours) return true
    // A few days are missed by chance.
    return stage.weekday() >= 6 ? worksAtWeekend(place, stage.weekday()) : chance.below(DAY_SHARES[stage.weekday() - 1] ?? 1)
  }
  const day = (): void => {
    const start = stage.now()
    const live = stage.isLiveDay()
    people.forEach((person, place) => {
      if (!worksOn(person, place)) return
      const { shift, trait } = person.seat
      const late = live && trait === 'late'
      const from = late ? 652 : shift.from + Math.max(-4, chance.lognormal(2, 1) - 4)
      stage.plan(start + Math.max(0, from) * MINUTE, () => {
        person.queues = person.seat.queues
        person.leaving = false
        person.pendingBreak = null
        become(person, 'available')
      })
      stage.plan(start + shift.to * MINUTE, () => wantsHome(person))
      for (const pause of breaksOn(person.seat, live)) stage.plan(start + pause.at * MINUTE, () => wantsBreak(person, pause))
      if (live && trait === 'vanishes') stage.plan(start + 629 * MINUTE, () => vanish(person))
    })
    stage.plan(start + 1_440 * MINUTE, day)
  }
  // The desktop of one is gone although the platform still says available: no call, no heartbeat.
  const vanish = (person: Person): void => {
    if (person.state === 'available') person.reachable = false
    else if (person.state !== 'offline') stage.plan(stage.now() + MINUTE / 2, () => vanish(person))
  }
  // Each desktop beats in its own rhythm; history has no use for it.
  const beat = (person: Person, everyMs: number): void => {
    if (person.state === 'available' && person.reachable) say(person, null)
    stage.plan(stage.now() + everyMs, () => beat(person, everyMs))
  }
  stage.plan(stage.now(), day)
  if (heartbeatMs !== null) people.forEach((person, place) => stage.plan((heartbeatMs * place) / people.length, () => beat(person, heartbeatMs)))

  return {
    freeFor: (queue) => {
      let home: Person | null = null
      let helper: Person | null = null
      for (const person of people) {
        if (person.state !== 'available' || !person.reachable || !person.queues.includes(queue)) continue
        if (person.queues[0] === queue) home = home === null || person.since < home.since ? person : home
        else helper = helper === null || person.since < helper.since ? person : helper
      }
      return home ?? helper
    },
    queuesOf: (person) => person.queues,
    become,
    finished,
    onFree: (listener) => {
      free = listener
    },
    borrow: (from, to, count, ms, matched) => {
      const lent = people.filter(({ seat, state, queues }) => seat.queues[0] === from && state !== 'offline' && state !== 'aux' && !queues.includes(to)).slice(0, count)
      for (const person of lent) {
        person.queues = [to, ...person.queues]
        stage.tell({ type: 'agent.queue_joined', agentId: person.seat.id, agentName: person.seat.name, queueId: to })
        stage.plan(stage.now() + ms, () => {
          if (!person.queues.includes(to)) return
          person.queues = person.queues.filter((queue) => queue !== to)
          stage.tell({ type: 'agent.queue_left', agentId: person.seat.id, agentName: person.seat.name, queueId: to })
        })
      }
      matched(to)
    },
  }
}
