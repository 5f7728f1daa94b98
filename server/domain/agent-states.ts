import type { AgentState } from './agent-figures.ts'

/** All states of an agent. Bases and books number them by their place here, so the list only ever grows at its end. */
export const AGENT_STATES = ['offline', 'available', 'ringing', 'on-contact', 'acw', 'aux', 'unreachable', 'not-queued'] as const satisfies readonly AgentState[]

/** 1 for what a state is, 0 for what it is not: handling, available, signed in. */
export type AgentTime = readonly [handling: number, available: number, signedIn: number]

/** Of the states of nobody being there. */
export const NO_TIME: AgentTime = [0, 0, 0]
const HANDLING: AgentTime = [1, 0, 1]
const AVAILABLE: AgentTime = [0, 1, 1]
const SIGNED_IN: AgentTime = [0, 0, 1]

/** What time in a state counts as (METRICS R30 and section 3). */
export const AGENT_TIMES: Readonly<Record<AgentState, AgentTime>> = {
  offline: NO_TIME, available: AVAILABLE, ringing: SIGNED_IN, 'on-contact': HANDLING, acw: HANDLING, aux: SIGNED_IN, unreachable: NO_TIME, 'not-queued': AVAILABLE,
}

export const isSignedIn = (state: AgentState): boolean => AGENT_TIMES[state][2] === 1

/** A value for each state. */
export const ofStates = <T>(valueOf: (state: AgentState) => T): Record<AgentState, T> => Object.fromEntries(AGENT_STATES.map((state) => [state, valueOf(state)])) as Record<AgentState, T>

export interface CountedTimes {
  readonly handlingMs: number
  readonly availableMs: number
  readonly signedInMs: number
}

/** What times in states, ms, come to together. */
export const countedTimes = (states: Readonly<Record<AgentState, number>>): CountedTimes => {
  let [handlingMs, availableMs, signedInMs] = [0, 0, 0]
  for (const state of AGENT_STATES) {
    const [handling, available, signedIn] = AGENT_TIMES[state]
    handlingMs += handling * states[state]
    availableMs += available * states[state]
    signedInMs += signedIn * states[state]
  }
  return { handlingMs, availableMs, signedInMs }
}
