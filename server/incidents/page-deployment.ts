import type { CommandInput } from '../contract/incidents.ts'
import type { DeploymentRow } from '../contract/rows.ts'

/** What whoever was sent for does with the link in their message: no sign-in, no scripts, one press. */

/** Minutes that are offered: who needs longer says so by telephone, and somebody writes it down. */
export const offeredMinutes = [5, 10, 20, 40] as const

const over: readonly DeploymentRow['state'][] = ['released', 'declined', 'stood-down', 'reassigned']

/** The newest that concerns them; null: they were not sent for. */
export const ownDeployment = (deployments: readonly DeploymentRow[] | undefined, person: string): DeploymentRow | null => deployments?.findLast((one) => one.person?.id === person) ?? null

/** What a button orders; null: it is not one of theirs. */
export const deploymentOrder = (action: string | null, { id }: DeploymentRow, now: number): CommandInput | null => {
  const minutes = offeredMinutes.find((offered) => action === `come-${offered}`)
  if (minutes !== undefined) return { type: 'confirm-deployment', deployment: id, answer: 'accepted', eta: now + minutes * 60_000 }
  if (action === 'decline') return { type: 'confirm-deployment', deployment: id, answer: 'declined' }
  if (action === 'on-the-way') return { type: 'confirm-deployment', deployment: id, answer: 'en-route' }
  if (action === 'there') return { type: 'confirm-deployment', deployment: id, answer: 'on-task' }
  return action === 'leave' ? { type: 'release-deployment', deployment: id } : null
}

export interface DeploymentChoice {
  readonly action: string
  readonly words: string
  readonly loud: boolean
}

/** What stands on the page, and what may be pressed. */
export const deploymentWords = (deployment: DeploymentRow, clock: (iso: string) => string): { readonly title: string; readonly lines: readonly string[]; readonly choices: readonly DeploymentChoice[] } => {
  const { state, eta, text } = deployment
  const task = text === null ? [] : [text]
  const due = eta === null ? '' : ` by ${clock(eta)}`
  const come = offeredMinutes.map((minutes, index): DeploymentChoice => ({ action: `come-${minutes}`, words: `I come: there in ${minutes} min`, loud: index === 0 }))
  const decline: DeploymentChoice = { action: 'decline', words: 'I cannot come', loud: false }
  const there: DeploymentChoice = { action: 'there', words: 'I am there', loud: true }
  if (over.includes(state)) return { title: state === 'declined' ? 'You have declined.' : state === 'released' ? 'You are released: thank you.' : 'You are not needed for it any more: thank you.', lines: [], choices: [] }
  if (state === 'on-task') return { title: 'You are on it.', lines: task, choices: [{ action: 'leave', words: 'I have left it', loud: true }] }
  if (state === 'accepted') return { title: `You come${due}.`, lines: task, choices: [{ action: 'on-the-way', words: 'I am on my way', loud: true }, { ...there, loud: false }, ...come.slice(1).map((choice) => ({ ...choice, loud: false })), decline] }
  if (state === 'en-route') return { title: `You are on your way${due}.`, lines: task, choices: [there, ...come.slice(1).map((choice) => ({ ...choice, loud: false })), decline] }
  const asked = deployment.dueAt === null ? 'The next one has been asked too; you can come all the same.' : `If you have not answered by ${clock(deployment.dueAt)}, the next one is asked.`
  return { title: 'You are asked to come.', lines: [...task, asked], choices: [...come, { ...there, loud: false }, decline] }
}
