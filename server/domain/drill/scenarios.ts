import type { Priority, RecordType } from '../incident/incident.ts'
import { MINUTE } from '../time.ts'

/** What reaches the floor in a drill, at its moment of the script. */
export interface Inject {
  readonly afterMs: number
  /** A role, never a person. */
  readonly from: string
  readonly text: string
}

export interface Scenario {
  readonly id: string
  readonly name: string
  /** What it practises. */
  readonly about: string
  readonly injects: readonly Inject[]
  readonly expects: { readonly type: RecordType; readonly priority: Priority | null; readonly category: string | null }
}

const incident = (priority: Priority, category: string): Scenario['expects'] => ({ type: 'incident', priority, category })
const script = (...lines: readonly (readonly [minute: number, from: string, text: string])[]): readonly Inject[] => lines.map(([minute, from, text]) => ({ afterMs: minute * MINUTE, from, text }))

/** Twelve that a floor meets (PRACTICE 6.10); each begins with one contact and goes on as such things do. */
export const scenarios: readonly Scenario[] = [
  {
    id: 'power-cut',
    name: 'Power cut on the floor',
    about: 'The whole site is down at once: first word early, updates on time.',
    injects: script([0, 'A team leader, by phone', 'All lights went out on the second floor, half of the desks are dead and callers hear nothing.'], [4, 'Facilities', 'The mains are gone in the whole building. The generator carries the server room, not the desks.'], [8, 'The head of operations', 'What do we tell our customers, and when do you tell me more?'], [25, 'Facilities', 'Power is back. Please check the desks before you say so.']),
    expects: incident('P1', 'operational'),
  },
  {
    id: 'card-payments',
    name: 'Card payments fail',
    about: 'One service for every caller: right priority from few words.',
    injects: script([0, 'An agent, by chat', 'The third caller in a row whose card is declined. The payment page says "try again later".'], [3, 'A supervisor', 'It is every card on my team. Callers hang up.'], [10, 'The payment provider', 'We see errors on our side since ten minutes. Ticket open, no time yet.'], [22, 'The payment provider', 'Fixed. Please confirm with a real payment.']),
    expects: incident('P1', 'technology'),
  },
  {
    id: 'carrier-silence',
    name: 'No calls come in',
    about: 'Silence is a failure: notice it, do not enjoy it.',
    injects: script([0, 'The floor board', 'No call has been offered for six minutes; 38 were expected.'], [3, 'An agent', 'I rang our number from my own phone: dead air.'], [9, 'The carrier', 'A route is down in your region. We are moving traffic; expect an hour.'], [20, 'The carrier', 'Traffic is moved. Calls should come in again.']),
    expects: incident('P1', 'technology'),
  },
  {
    id: 'medical-emergency',
    name: 'A caller collapses',
    about: 'Safety before everything: danger first, then the form.',
    injects: script([0, 'A caller', 'My husband has fallen, he does not breathe right. I do not know the house number, we are on holiday.'], [1, 'The caller', 'I see a sign: Harbour Lane. He is awake now but grey.'], [4, 'The ambulance service', 'We have the address. Keep her on the line if you can.'], [9, 'The ambulance service', 'We are with the patient. Reference 4471.']),
    expects: incident('P1', 'safety'),
  },
  {
    id: 'evacuation',
    name: 'Smoke in the stairwell',
    about: 'People first; the queue is handed over, not abandoned.',
    injects: script([0, 'Reception, by radio', 'Smoke in the east stairwell, the alarm has just gone. Everybody goes out by the west side.'], [3, 'The fire warden', 'Two people of the second floor are not at the assembly point.'], [6, 'The fire warden', 'Both are found. The fire service is in the building.'], [18, 'The fire service', 'It was a motor of the lift. You may go in again.']),
    expects: incident('P1', 'safety'),
  },
  {
    id: 'data-breach',
    name: 'A list goes to the wrong address',
    about: 'The clock of the law starts with what you know, not with what you wish.',
    injects: script([0, 'An agent, in person', 'I sent the callback list to the wrong address: 240 names with telephone numbers.'], [5, 'The agent', 'The receiver has answered: they have opened it.'], [12, 'The data protection officer', 'When did we know, whom does it concern, and what have we done so far?'], [25, 'The receiver', 'I have deleted it and confirm that in writing.']),
    expects: incident('P1', 'data-protection'),
  },
  {
    id: 'threat-call',
    name: 'A threat by phone',
    about: 'Exact words, the line kept open, the right people at once.',
    injects: script([0, 'An agent, by chat', 'The caller says that there is something in the building and that we have an hour. He is still on the line.'], [2, 'The agent', 'He named the car park. Background: traffic and a tannoy.'], [6, 'The police', 'Keep everybody inside, away from the windows. Who speaks for you?'], [22, 'The police', 'The car park is searched and clear.']),
    expects: incident('P1', 'security'),
  },
  {
    id: 'chat-down',
    name: 'Chat does not open',
    about: 'One channel: serious, not everything.',
    injects: script([0, 'A supervisor', 'No chat for a quarter of an hour. The window on the website stays empty; phones work.'], [6, 'The web team', 'A certificate has run out. We are renewing it, within the hour.'], [14, 'The marketing team', 'May we switch the chat button off until then?'], [28, 'The web team', 'Renewed. New chats should arrive.']),
    expects: incident('P2', 'technology'),
  },
  {
    id: 'staff-shortage',
    name: 'Twenty people call in sick',
    about: 'A thing that grows: judge it by whom it hits.',
    injects: script([0, 'The planning desk', 'Twenty of sixty have called in sick since seven; it may be the canteen. Support is down to half.'], [8, 'A supervisor', 'The oldest caller waits eleven minutes. Whom may I borrow?'], [15, 'The health officer', 'It looks like food. Please keep a list of who ate what.'], [30, 'The second site', 'We can take a third of your calls from eleven.']),
    expects: incident('P2', 'operational'),
  },
  {
    id: 'queue-overload',
    name: 'A mailing nobody announced',
    about: 'One queue over its target: not every red figure is a disaster.',
    injects: script([0, 'A supervisor', 'Moving home has 30 waiting. It seems that a letter with our number went out this morning.'], [6, 'The marketing team', 'Yes: 8,000 letters. The next 8,000 go out on Thursday.'], [15, 'A supervisor', 'With four people of Billing it goes down again.']),
    expects: incident('P3', 'service-level'),
  },
  {
    id: 'one-desk',
    name: 'A headset crackles',
    about: 'Small is small: log it whole, and let it wait its turn.',
    injects: script([0, 'An agent, by chat', 'My headset crackles since this morning. I have taken another one and can work.'], [5, 'The agent', 'It is the third from the same box.']),
    expects: incident('P4', 'technology'),
  },
  {
    id: 'angry-caller',
    name: 'A caller complains',
    about: 'A complaint is not an incident: the right record, and no siren.',
    injects: script([0, 'A caller', 'I was passed on four times today and then cut off. I want this in writing, and I want somebody to answer for it.'], [4, 'The caller', 'And I still do not know when my meter is changed.']),
    expects: { type: 'complaint', priority: null, category: null },
  },
]
