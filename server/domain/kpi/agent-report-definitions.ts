import { agentDefinitions, type Basis, type Definition, definitions, type Unit } from './definitions.ts'
import { dictionary, formulaOf, type Metric } from './dictionary.ts'

const of = (unit: Unit, basis: Basis | null, text: string): Definition => ({ unit, basis, text })
const { note }: Metric = dictionary.fcrCohort

/** Of the columns of the report of people and teams. Where an export has the same column, it means the same. */
export const agentReportDefinitions: Readonly<Record<string, Definition>> = {
  ...definitions,
  ...agentDefinitions,
  agents: of('agents', null, 'people of the team who did or were anything, each once'),
  handled: of('legs', 'end', 'legs whose handling ended in the range'),
  csatLow: of('ratio', 'end', '95 % range of csat, by Wilson'),
  csatHigh: of('ratio', 'end', 'its upper end'),
  csatMean: of('points', 'end', 'mean score, 1 to 5'),
  fcrDisposition: of('ratio', 'end', 'first contacts marked resolved / first contacts marked'),
  fcrCohort: of('ratio', 'arrival', `first-contact resolution by repeats within fcrWindowDays: ${formulaOf('fcrCohort')}; of whoever handled the contact last; of contacts that ended from fcrCohortFrom to fcrCohortTo, of which all have had that time; not coloured below n = 30${note === undefined ? '' : `; ${note}`}`),
  fcrCohortLow: of('ratio', 'arrival', '95 % range of fcrCohort, by Wilson'),
  fcrCohortHigh: of('ratio', 'arrival', 'its upper end'),
  fcrEligible: of('contacts', 'arrival', 'n behind it: answered inbound interactions of known customers'),
  fcrResolvedAtFirst: of('contacts', 'arrival', 'of these those after which the customer did not come again, and that nobody marked as not resolved'),
  fcrIdentifiedShare: of('ratio', 'arrival', 'of all answered inbound contacts of these cohorts those that can be judged; withheld and shared numbers cannot'),
  fcrCohortFrom: of('instant', null, 'begin of the matured part of the range; empty while nothing has matured'),
  fcrCohortTo: of('instant', null, 'its end, exclusive'),
  fcrWindowDays: of('text', null, 'D, days'),
  repeatRate: of('ratio', 'outcome', 'repeatsAnswered / identifiedAnswered: of the contacts of known customers that they took those that followed an earlier one'),
  transferRate: of('ratio', 'end', formulaOf('transferRate')),
  signedInMs: of('ms', 'clock', 'availableMs + onContactMs + wrapUpMs + ringingMs + auxMs + notQueuedMs'),
  availableMs: of('ms', 'clock', 'available'),
  onContactMs: of('ms', 'clock', 'in conversations'),
  wrapUpMs: of('ms', 'clock', 'in after-call work'),
  ringingMs: of('ms', 'clock', 'ringing'),
  auxMs: of('ms', 'clock', 'away; by reason in the columns aux.*'),
  notQueuedMs: of('ms', 'clock', 'signed in to no queue'),
  unreachableMs: of('ms', 'clock', 'nobody heard of them; no time of being signed in'),
}
