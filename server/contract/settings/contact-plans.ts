import { routineOrder, urgentOrder, type ContactPlan, type PersonalChannel } from '../../domain/escalation/contact-plan.ts'
import type { SettingsDocument } from './defaults.ts'
import { calendarOf } from './values.ts'

type PersonSection = SettingsDocument['people'][string]

/** What the house and the person's browsers can do, beside what the settings say of the person. */
export interface Reach {
  /** A mail server is set. */
  readonly mail: boolean
  readonly sms: boolean
  readonly voice: boolean
  /** A browser of theirs is subscribed. */
  readonly push: boolean
  /** They can sign in, so a screen may show it. */
  readonly account: boolean
  /** Zone of the site, for quiet hours of people who name none. */
  readonly timeZone: string
}

const existing = (person: Partial<PersonSection>, reach: Reach): Readonly<Record<PersonalChannel, boolean>> => ({
  push: reach.push,
  sms: reach.sms && person.phone !== undefined,
  voice: reach.voice && person.phone !== undefined,
  mail: reach.mail && person.email !== undefined,
  slack: person.slack !== undefined,
  teams: person.teams !== undefined,
  desktop: reach.account,
})

/** Quiet hours let P1 through unless they say otherwise. */
const LET_THROUGH = ['P1'] as const
/** What reached them once is in their hands: a subscribed browser. */
const provenBy: Readonly<Record<NonNullable<PersonSection['verified']>[number], readonly PersonalChannel[]>> = { email: ['mail'], phone: ['sms', 'voice'], slack: ['slack'], teams: ['teams'] }

/** How one person is reached. Channels they do not name come after those they do, so that nobody is out of reach for a short list. */
export const contactPlanOf = (person: Partial<PersonSection>, reach: Reach): ContactPlan => {
  const there = existing(person, reach)
  const { order, quiet, verified = [] } = person
  const wanted = Array.isArray(order) ? { urgent: order, routine: order } : { urgent: order?.urgent, routine: order?.routine }
  const inOrder = (own: readonly PersonalChannel[] | undefined, builtIn: readonly PersonalChannel[]): readonly PersonalChannel[] => [...new Set([...(own ?? []), ...builtIn])].filter((channel) => there[channel])
  return {
    urgent: inOrder(wanted.urgent, urgentOrder),
    routine: inOrder(wanted.routine, routineOrder),
    verified: [...verified.flatMap((address) => provenBy[address]), ...(reach.push ? (['push'] as const) : [])],
    quiet: quiet === undefined ? null : { hours: calendarOf({ week: quiet.hours }, person.timeZone ?? reach.timeZone), letThrough: quiet.letThrough ?? [...LET_THROUGH] },
  }
}
