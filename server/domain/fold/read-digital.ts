import type { DigitalFigures, QueueFigures } from '../queue-figures.ts'
import { responseFigures } from '../kpi/responses.ts'
import { NONE } from '../legs.ts'
import type { Channel } from '../platform-events.ts'
import { instantOf } from '../time.ts'
import { CHANNELS } from './fact-kinds.ts'
import type { FloorState } from './floor-state.ts'
import { AHEAD_MIN, RING } from './queue-table.ts'
import { mergeResponses, type ResponseTotals } from './response-sums.ts'

/** Those that a written contact was in: calls leave no answers, and of a thousand queues few have anything else. */
const withLetters = ({ queues }: FloorState, of: readonly number[]): readonly number[] => of.filter((queue) => CHANNELS.some((channel, index) => channel !== 'voice' && queues.laneOf[queue * 4 + index] !== NONE))

/** Answers of the last minutes of these queues, the running one among them. */
export const responsesOfWindow = (state: FloorState, of: readonly number[], minutes = 60): ResponseTotals => {
  const { queues, book } = state
  const slots = Array.from({ length: minutes + AHEAD_MIN }, (_, ahead) => book.minute - minutes + 1 + ahead).filter((minute) => minute >= 0).map((minute) => minute % RING)
  return mergeResponses(withLetters(state, of).map((queue) => queues.responses.ofMinutes(slots.map((slot) => queue * RING + slot))))
}

export const responsesOfDay = (state: FloorState, of: readonly number[]): ResponseTotals => mergeResponses(withLetters(state, of).map((queue) => state.queues.responses.ofDay(queue)))

const earlier = (a: number, b: number): number => (a === 0 || (b !== 0 && b < a) ? b : a)

/** Conversations that are open now, and which of them wait for an answer. */
export const openConversations = ({ live, queues }: FloorState, of: readonly number[]): Pick<DigitalFigures, 'backlog' | 'unanswered' | 'oldestUnansweredSince' | 'nextDueAt' | 'dueToday'> => {
  let [backlog, unanswered, dueToday, oldest, next] = [0, 0, 0, 0, 0]
  for (const queue of of) {
    for (const { unansweredSince, dueAt } of live.conversations.of(queue)) {
      backlog++
      if (unansweredSince === 0) continue
      unanswered++
      oldest = earlier(oldest, unansweredSince)
      next = earlier(next, dueAt)
      if (dueAt < queues.dayTo[queue]) dueToday++
    }
  }
  return { backlog, unanswered, oldestUnansweredSince: oldest === 0 ? null : instantOf(oldest), nextDueAt: next === 0 ? null : instantOf(next), dueToday }
}

export const channelsOf = (state: FloorState, queue: number): QueueFigures['channels'] => {
  const used = CHANNELS.filter((_, index) => state.queues.laneOf[queue * 4 + index] !== NONE)
  return used.length > 0 ? used : [state.settings.channelOf(state.settings.latest, queue)]
}

/** Whether any of these queues has a written channel. */
export const isWritten = (state: FloorState, of: readonly number[]): boolean => of.some((queue) => channelsOf(state, queue).some((channel) => channel !== 'voice'))

/** What queues with a written channel have beside the others; none of these: undefined, and the row says nothing of it. */
export const readDigital = (state: FloorState, of: readonly number[], channels: readonly Channel[]): DigitalFigures | undefined =>
  channels.every((channel) => channel === 'voice') ? undefined : { ...openConversations(state, of), now: responseFigures(responsesOfWindow(state, of)), today: responseFigures(responsesOfDay(state, of)) }
