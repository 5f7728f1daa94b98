/** What every route takes and gives, in the words of openapi.json. A route that is missing here fails a test. */

export interface Operation {
  readonly method: 'get' | 'post' | 'put' | 'delete'
  /** As express declares it, under `/api/v1`. */
  readonly path: string
  readonly summary: string
  readonly query?: Readonly<Record<string, string>>
  readonly headers?: Readonly<Record<string, string>>
  /** Media type -> schema's name; '' is any text. */
  readonly body?: Readonly<Record<string, string>>
  /** Status of the good answer, and its schema's name; null: no body. */
  readonly gives: readonly [status: number, schema: string | null]
  /** Refusals besides 401, 403, 404 and 429. */
  readonly refuses?: readonly number[]
}

const json = (schema: string) => ({ 'application/json': schema })
const paging = { limit: '1 to 1000, default 100', cursor: 'the `next` of the page before' }
const idempotent = { 'Idempotency-Key': 'per site and credential, 24 h: the same key gets the same answer' }
const range = { from: 'instant, inclusive', to: 'instant, exclusive' }
const reportQuery = { ...range, queue: 'id', channel: 'voice, chat, email or task', tz: 'IANA zone for days and half-hours', format: 'json (default) or csv' }
const series = 'original (default): what days came to; recomputed: by the settings of their newest recompute, where they have one'
const exportOptions = { definitions: 'false: rows alone', bom: 'true: a byte order mark before CSV' }
const events = { 'application/json': 'Event', 'application/x-ndjson': '', 'application/cloudevents+json': '', 'application/cloudevents-batch+json': '' }

export const operations: readonly Operation[] = [
  { method: 'get', path: '/session', summary: 'Who am I: role, person, sites; with a session also the CSRF token', gives: [200, 'Session'] },
  { method: 'post', path: '/session', summary: 'Sign in with name and password; the answer sets the session cookie', body: json('SignIn'), gives: [200, 'Session'], refuses: [422, 429] },
  { method: 'delete', path: '/session', summary: 'Sign out', gives: [204, null] },
  { method: 'post', path: '/session/activity', summary: 'A human acted: keeps the session from its idle end', gives: [204, null] },
  { method: 'post', path: '/session/password', summary: "Change one's own password; other sessions end", body: json('PasswordChange'), gives: [204, null], refuses: [422] },
  { method: 'get', path: '/sessions', summary: "One's own sessions", gives: [200, 'SessionPage'] },
  { method: 'delete', path: '/sessions/:id', summary: "End one of one's own sessions", gives: [204, null] },
  { method: 'post', path: '/setup', summary: 'Make the first administrator, with the token of the setup link', body: json('Setup'), gives: [201, 'Session'], refuses: [409, 422] },
  { method: 'get', path: '/keys', summary: 'API keys, without their tokens', query: paging, gives: [200, 'KeyPage'] },
  { method: 'post', path: '/keys', summary: 'Make an API key; the token is told once', body: json('NewKey'), gives: [201, 'MadeKey'], refuses: [422] },
  { method: 'delete', path: '/keys/:id', summary: 'Revoke an API key at once', gives: [204, null] },
  { method: 'post', path: '/screens/pairings', summary: 'A screen asks for a code to show; no sign-in', gives: [201, 'Pairing'] },
  { method: 'post', path: '/screens/pairings/token', summary: 'The screen collects what was approved, as a cookie; 202 while it waits', body: json('CollectPairing'), gives: [201, 'Paired'], refuses: [410, 422] },
  { method: 'post', path: '/screens', summary: 'Pair the screen that shows this code with one board of a site', body: json('ApprovePairing'), gives: [201, 'Screen'], refuses: [422] },
  { method: 'get', path: '/screens', summary: 'Paired screens: board, last seen, how they ended', query: paging, gives: [200, 'ScreenPage'] },
  { method: 'put', path: '/screens/:id', summary: 'Another name or board for a paired screen, which goes to it at once', body: json('ChangeScreen'), gives: [200, 'Screen'], refuses: [409, 422] },
  { method: 'post', path: '/screens/:id/reload', summary: 'A paired screen loads itself anew', gives: [204, null], refuses: [409] },
  { method: 'delete', path: '/screens/:id', summary: 'Revoke a paired screen at once', gives: [204, null] },
  { method: 'get', path: '/users', summary: 'Accounts', query: paging, gives: [200, 'UserPage'] },
  { method: 'post', path: '/users', summary: 'Make an account; without a password a first one is made and told once', body: json('NewUser'), gives: [201, 'User'], refuses: [409, 422] },
  { method: 'put', path: '/users/:id', summary: 'Change name, role, sites or state of an account', body: json('UserChange'), gives: [200, 'User'], refuses: [422] },
  { method: 'post', path: '/users/:id/reset', summary: 'Make a new first password, told once; every session of the account ends', gives: [200, 'User'] },
  { method: 'get', path: '/sites', summary: 'Sites within reach', query: paging, gives: [200, 'SitePage'] },
  { method: 'put', path: '/sites/:site', summary: 'Make a site (201) or change it (200)', body: json('NewSite'), gives: [200, 'Site'], refuses: [409, 422] },
  { method: 'get', path: '/sites/:site/settings', summary: 'The whole settings document, JSON or YAML (Accept); secrets as { set: true }', gives: [200, 'Settings'] },
  { method: 'get', path: '/sites/:site/settings/warnings', summary: 'What should be seen of the settings as they are now: ladders that reach nobody, holidays that are not known half a year ahead', gives: [200, 'WarningPage'] },
  { method: 'get', path: '/sites/:site/incident-rules', summary: 'Matrix, targets and categories that apply to a new incident', gives: [200, 'IncidentRules'] },
  { method: 'put', path: '/sites/:site/settings', summary: 'Replace the settings document; nothing is changed when it has a fault', query: { dryRun: 'true: check only' }, headers: { 'If-Match': 'ETag of the version that is to be replaced' }, body: { 'application/json': 'Settings', 'application/yaml': 'Settings' }, gives: [200, 'SettingsSaved'], refuses: [400, 412, 415, 422] },
  { method: 'post', path: '/sites/:site/events', summary: 'Canonical events: one object, an array, NDJSON or CloudEvents; one bad event never costs the others', body: events, gives: [202, 'IngestAnswer'], refuses: [400, 413, 415] },
  { method: 'post', path: '/sites/:site/sources/:platform', summary: 'What a platform itself sends: lines of queue_log and messages of Amazon Connect with a token or signed by SNS, events of TaskRouter with their signature', body: { 'text/plain': '', 'application/x-www-form-urlencoded': '', 'application/json': '' }, gives: [202, 'IngestAnswer'], refuses: [400, 413, 415] },
  { method: 'post', path: '/sites/:site/imports', summary: 'History from a file body, streamed', query: { format: 'asterisk-queue-log, events-ndjson, calls-csv or incidents-csv', dryRun: 'true: read and check every line, take nothing in' }, body: { '*/*': '' }, gives: [202, 'ImportBegun'], refuses: [400, 413, 422] },
  { method: 'get', path: '/sites/:site/imports/:id', summary: 'State of an import', gives: [200, 'Import'] },
  { method: 'get', path: '/sites/:site/imports/:id/rejected', summary: 'Every rejected line of an import, as NDJSON', gives: [200, null] },
  { method: 'get', path: '/sites/:site/corrections', summary: 'Every correction of closed intervals in the range: which figure, before, after, when, why, by whom; oldest first', query: { ...range, queue: 'id', basis: 'outcome or arrival; both by default' }, gives: [200, 'Corrections'], refuses: [400, 422] },
  { method: 'get', path: '/sites/:site/reports/reconciliation', summary: 'What closed intervals first said against what they say now, figure by figure, with the reason', query: { ...range, queue: 'id', basis: 'outcome or arrival; both by default', format: 'json (default) or csv' }, gives: [200, 'Reconciliation'], refuses: [400, 422] },
  { method: 'post', path: '/sites/:site/recompute', summary: 'Measure closed days again by other settings, into a series beside what they came to; the reason stands with it', body: json('RecomputeOrder'), gives: [202, 'RecomputeRow'], refuses: [400, 413, 415, 422] },
  { method: 'get', path: '/sites/:site/recompute', summary: 'Recomputes, newest first: who asked, when, why, and how far they are', gives: [200, 'RecomputePage'] },
  { method: 'get', path: '/sites/:site/recompute/:id', summary: 'One recompute with the settings its days are measured by', gives: [200, 'Recompute'] },
  { method: 'get', path: '/sites/:site/floor', summary: 'The live floor; ETag is its revision', gives: [200, 'Floor'] },
  { method: 'get', path: '/sites/:site/views/:view', summary: 'One view of the sockets as a resource', gives: [200, 'View'] },
  { method: 'get', path: '/sites/:site/intervals', summary: 'Figures by queue, channel and interval; not paged', query: { ...range, step: '15m, 30m, 1h or 1d', queue: 'id', channel: 'voice, chat, email or task', tz: 'IANA zone for calendar days', basis: 'outcome or arrival', series }, gives: [200, 'Intervals'], refuses: [400, 422] },
  { method: 'get', path: '/sites/:site/contacts', summary: 'Contact records behind the numbers', query: { ...range, queue: 'id', outcome: 'how the wait ended', agent: 'id', ...paging }, gives: [200, 'ContactPage'], refuses: [400, 422] },
  { method: 'get', path: '/sites/:site/contacts/:id/journey', summary: 'One customer\'s contacts, transfers, surveys and incidents, oldest first; of an unknown customer this contact alone', query: { days: 'how far back, 1 to 90, default 30' }, gives: [200, 'Journey'], refuses: [400] },
  { method: 'get', path: '/sites/:site/explain', summary: 'Where a figure comes from: formula, basis, numerator, denominator, contacts; since when it is beyond its limit and what would clear it', query: { metric: 'a figure of a queue', queue: 'id, or * for the whole site', agent: 'instead of a queue: a figure of this agent\'s day (handled, ahtMs, csat, surveys, ringNoAnswer, occupancy, utilisation)', from: 'with to, instead of window: a range of any age', to: 'with from', window: 'R15, R30, R60, today, now, or an instant of the last 48 hours' }, gives: [200, 'Explanation'], refuses: [400, 422] },
  { method: 'get', path: '/sites/:site/figures', summary: 'All figures over a window of one\'s own, beside the same quarter hours of last week (local wall time) and the normal range of four weeks', query: { queue: 'id; * (default) for the whole site', window: 'R15, R30 (default), R60, today, or an instant of the last 48 hours' }, gives: [200, 'Figures'], refuses: [400, 422] },
  { method: 'get', path: '/sites/:site/reports/heat-map', summary: 'A figure by day and half-hour, with n; thin cells have n below 10', query: { ...reportQuery, series, metric: 'serviceLevel (default) or another figure of rows' }, gives: [200, 'HeatMap'], refuses: [400, 422] },
  { method: 'get', path: '/sites/:site/reports/trends', summary: 'A figure over time beside the same interval last week (local wall time) and the normal range of four weeks', query: { ...reportQuery, series, metric: 'serviceLevel (default) or another figure of rows', step: '15m, 30m, 1h or 1d' }, gives: [200, 'Trends'], refuses: [400, 422] },
  { method: 'get', path: '/sites/:site/reports/on-target', summary: 'Share of intervals that reached the target, by queue, and the worst one', query: { ...reportQuery, series, step: '15m, 30m or 1h' }, gives: [200, 'OnTarget'], refuses: [400, 422] },
  { method: 'get', path: '/sites/:site/reports/lost-reasons', summary: 'Why contacts were not served, most frequent first', query: reportQuery, gives: [200, 'LostReasons'], refuses: [400, 422] },
  { method: 'get', path: '/sites/:site/reports/stuck', summary: 'Ghosts and stuck states now, each with its evidence and a repair', query: { format: 'json (default) or csv' }, gives: [200, 'Stuck'], refuses: [400] },
  { method: 'get', path: '/sites/:site/reports/lost-callers', summary: 'Who gave up and has not come through since, newest first', query: { ...range, queue: 'id', channel: 'voice, chat, email or task', format: 'json (default) or csv' }, gives: [200, 'LostCallers'], refuses: [400, 422] },
  { method: 'get', path: '/sites/:site/reports/expected-wait', summary: 'How long whoever comes now would wait, by queue (mean, P50, P90), and how wrong such words were in the range', query: { ...range, queue: 'id', format: 'json (default) or csv' }, gives: [200, 'ExpectedWait'], refuses: [400, 422] },
  { method: 'get', path: '/sites/:site/reports/callbacks', summary: 'Callbacks of the range: due, promised, kept, tries', query: { ...range, queue: 'id', format: 'json (default) or csv' }, gives: [200, 'Callbacks'], refuses: [400, 422] },
  { method: 'get', path: '/sites/:site/reports/first-response', summary: 'Time to the first answer of a person by chat, mail and task, by the wall clock and in the hours of the queue; what is unanswered', query: { ...range, queue: 'id', format: 'json (default) or csv' }, gives: [200, 'FirstResponse'], refuses: [400, 422] },
  { method: 'get', path: '/sites/:site/reports/fcr', summary: 'Resolution at first contact by repeats, by cohort of the day or week in which contacts ended; final once it has matured', query: { ...range, queue: 'id', step: 'day or week (default)', days: '1 to 30; the queue\'s repeat window by default', format: 'json (default) or csv' }, gives: [200, 'Fcr'], refuses: [400, 422] },
  { method: 'get', path: '/sites/:site/reports/surveys', summary: 'Answers of customers with their comments, newest first; a score of 2 or less opens a follow-up', query: { ...range, queue: 'id', format: 'json (default) or csv' }, gives: [200, 'Surveys'], refuses: [400, 422] },
  { method: 'put', path: '/sites/:site/follow-ups/:contact', summary: 'Say that a customer was called back after a bad answer, or take it back', body: json('FollowUp'), gives: [200, 'FollowedUp'], refuses: [400, 422] },
  { method: 'put', path: '/sites/:site/plan', summary: 'The plan of queues as CSV: queue, from, to, forecast, aht or ahtMs, required, scheduled; replaces the quarter hours it names', query: { tz: 'IANA zone of times without one; the site\'s by default', dryRun: 'true: read and check every line, take nothing in' }, body: { 'text/csv': '' }, gives: [200, 'FileRead'], refuses: [400, 413, 415, 422] },
  { method: 'get', path: '/sites/:site/plan', summary: 'Forecast, handle time, people required and scheduled by quarter hour, beside what came; without a plan the median of four same weekdays', query: { ...range, queue: 'id', format: 'json (default) or csv' }, gives: [200, 'Plan'], refuses: [400, 422] },
  { method: 'get', path: '/sites/:site/reports/staffing', summary: 'How many people are missing now, by queue and together', query: { queue: 'id', format: 'json (default) or csv' }, gives: [200, 'Staffing'], refuses: [400] },
  { method: 'put', path: '/sites/:site/schedule', summary: 'Days of agents as CSV (agent, from, to, activity, name) or as a calendar (RFC 5545: attendee or `agent`); replaces the days of the agents it names', query: { tz: 'IANA zone of times without one; the site\'s by default', agent: 'whose calendar it is', dryRun: 'true: read and check, take nothing in' }, body: { 'text/csv': '', 'text/calendar': '' }, gives: [200, 'FileRead'], refuses: [400, 413, 415, 422] },
  { method: 'get', path: '/sites/:site/schedule', summary: 'Planned activities of agents', query: { ...range, format: 'json (default) or csv' }, gives: [200, 'Schedule'], refuses: [400, 422] },
  { method: 'get', path: '/sites/:site/reports/roll-call', summary: 'Who should be here today and is: due, in, late, absent, left early, finished, excused', query: { at: 'an instant of another day', format: 'json (default) or csv' }, gives: [200, 'RollCall'], refuses: [400] },
  { method: 'put', path: '/sites/:site/roll-call/:agent', summary: 'Mark somebody as sick or on leave today, or take the mark away', body: json('Excuse'), gives: [200, 'Excused'], refuses: [400, 422] },
  { method: 'get', path: '/sites/:site/reports/breaks', summary: 'Who is on a break, over it by more than two minutes, or due for one', query: { format: 'json (default) or csv' }, gives: [200, 'Breaks'], refuses: [400] },
  { method: 'get', path: '/sites/:site/reports/adherence', summary: 'Adherence and conformance by agent, at most 50 hours back', query: { ...range, format: 'json (default) or csv' }, gives: [200, 'Adherence'], refuses: [400, 422] },
  { method: 'get', path: '/sites/:site/export/intervals.:format', summary: 'Interval rows as csv, xlsx or json, with what each column means', query: { ...range, step: '15m, 30m, 1h or 1d', queue: 'id', channel: 'voice, chat, email or task', tz: 'IANA zone for calendar days', basis: 'outcome or arrival', ...exportOptions }, gives: [200, null], refuses: [400, 422] },
  { method: 'get', path: '/sites/:site/export/agents.:format', summary: 'Today of every agent as csv, xlsx or json, with adherence, conformance, utilisation and slot load', query: exportOptions, gives: [200, null], refuses: [400] },
  { method: 'get', path: '/sites/:site/export/contacts.:format', summary: 'Contact records as csv, xlsx or json', query: { ...range, queue: 'id', outcome: 'how the wait ended', agent: 'id', ...exportOptions }, gives: [200, null], refuses: [400, 422] },
  { method: 'get', path: '/sites/:site/export/incidents.:format', summary: 'Incidents as csv, xlsx or json; caller numbers masked', query: { state: 'states with commas between them', priority: 'P1 to P4 with commas between them', q: 'words', ...exportOptions }, gives: [200, null], refuses: [400] },
  { method: 'get', path: '/sites/:site/export/audit.:format', summary: 'The audit chain as csv, xlsx or json', query: { from: 'instant, inclusive, optional', to: 'instant, exclusive, optional', ...exportOptions }, gives: [200, null], refuses: [400] },
  { method: 'post', path: '/sites/:site/incidents', summary: 'Log an incident: open at once, or a draft', headers: idempotent, body: json('Report'), gives: [201, 'Incident'], refuses: [400, 409, 422] },
  { method: 'get', path: '/sites/:site/incidents', summary: 'Incidents, newest first', query: { state: 'states with commas between them', priority: 'P1 to P4 with commas between them', type: 'incident, complaint, service-request, enquiry or problem, with commas between them', q: 'words', ...paging }, gives: [200, 'IncidentPage'], refuses: [400] },
  { method: 'get', path: '/sites/:site/incidents/:ref', summary: 'One incident', gives: [200, 'Incident'] },
  { method: 'get', path: '/sites/:site/incidents/:ref/timeline', summary: 'Its append-only log', query: paging, gives: [200, 'TimelinePage'], refuses: [400] },
  { method: 'post', path: '/sites/:site/incidents/:ref/commands', summary: 'Order something done with an incident', headers: idempotent, body: json('Command'), gives: [200, 'Incident'], refuses: [400, 409, 422] },
  { method: 'post', path: '/sites/:site/incidents/:ref/open', summary: 'Open a draft, with what it still lacks; by whoever logged it, or may read it', headers: idempotent, body: json('Completion'), gives: [200, 'Incident'], refuses: [400, 409, 422] },
  { method: 'post', path: '/sites/:site/incidents/:ref/ask-help', summary: 'Ask a colleague for help (`{text, person?}`); by whoever logged it, or may command it', headers: idempotent, body: json('AskHelp'), gives: [200, 'Incident'], refuses: [400, 409, 422] },
  { method: 'get', path: '/sites/:site/incidents/:ref/candidates', summary: 'Who and what could be sent for it now, free ones first, and why each of the others is not free', gives: [200, 'Candidates'] },
  { method: 'post', path: '/sites/:site/incidents/:ref/confirm-deployment', summary: 'Say that one comes and when, declines, is on the way or there; by whoever was asked, or may command it', headers: idempotent, body: json('ConfirmDeployment'), gives: [200, 'DeploymentAnswer'], refuses: [400, 409, 422] },
  { method: 'post', path: '/sites/:site/incidents/:ref/release-deployment', summary: 'Say that one has left it, or is not needed; by whoever was asked, or may command it', headers: idempotent, body: json('ReleaseDeployment'), gives: [200, 'DeploymentAnswer'], refuses: [400, 409, 422] },
  { method: 'post', path: '/sites/:site/incidents/:ref/reveal', summary: 'The whole number of the caller, which is masked everywhere else; who asked, and why, is kept in the log of the incident. At most 30 an hour', body: json('Reveal'), gives: [200, 'Revealed'], refuses: [400, 422] },
  { method: 'get', path: '/sites/:site/notifications', summary: 'What was to be told to whom, newest first, with every step and receipt', query: { ref: 'an incident', person: 'id', channel: 'webhook, push, sms, voice, mail, slack, teams or desktop', state: 'states with commas between them', ...paging }, gives: [200, 'NotificationPage'], refuses: [400] },
  { method: 'get', path: '/sites/:site/notifications/:id', summary: 'One notification', gives: [200, 'Notification'] },
  { method: 'get', path: '/sites/:site/notifications/summary', summary: 'How many dead letters lie there, and which webhooks are disabled: for walls', gives: [200, 'NotificationSummary'] },
  { method: 'get', path: '/sites/:site/notifications/people', summary: 'Who can be told, by which channels in which order, and whether one of them is proved to wake them', gives: [200, 'ReachablePage'] },
  { method: 'post', path: '/sites/:site/notifications/test', summary: 'Send a test page to oneself or, for managers, to somebody else', body: json('TestPage'), gives: [202, 'NotificationId'], refuses: [400, 409, 422] },
  { method: 'get', path: '/sites/:site/notifications/dead-letters', summary: 'Messages that could not be brought, newest first', gives: [200, 'DeadLetterPage'] },
  { method: 'post', path: '/sites/:site/notifications/dead-letters/:id/replay', summary: 'Send a dead letter again under the same key', gives: [202, 'NotificationId'] },
  { method: 'delete', path: '/sites/:site/notifications/dead-letters/:id', summary: 'Give a dead letter up; who did it is recorded', gives: [204, null] },
  { method: 'get', path: '/push/key', summary: 'The key that browsers subscribe with (VAPID)', gives: [200, 'PushKey'] },
  { method: 'get', path: '/push/subscriptions', summary: "One's own browsers that may be woken", gives: [200, 'PushSubscriptionPage'] },
  { method: 'post', path: '/push/subscriptions', summary: 'Let this browser be woken', body: json('PushSubscription'), gives: [201, 'PushSubscriptionRow'], refuses: [422] },
  { method: 'delete', path: '/push/subscriptions/:id', summary: 'Wake that browser no more', gives: [204, null] },
  { method: 'get', path: '/sites/:site/incidents/:ref/forecast', summary: 'What happens next by itself if nobody does anything: levels, warnings, breaches, and what is sent to whom', query: { hours: '1 to 72, default 2' }, gives: [200, 'Forecast'], refuses: [400] },
  { method: 'get', path: '/sites/:site/incidents/:ref/update-templates', summary: 'Words for stakeholders by audience (`updates.templates` in the settings), with what the incident can say filled in', gives: [200, 'UpdateTemplates'] },
  { method: 'get', path: '/sites/:site/incidents/:ref/review', summary: 'The document of its review (PIR): fields, actions, what log and figures say by themselves, and the timeline', gives: [200, 'Review'] },
  { method: 'post', path: '/sites/:site/incidents/:ref/propose-major', summary: 'Propose it as a major incident (`{text?}`); by whoever logged it, or may command it', headers: idempotent, body: json('ProposeMajor'), gives: [200, 'Incident'], refuses: [400, 409, 422] },
  { method: 'get', path: '/sites/:site/known-errors', summary: 'Workarounds of problems that are not fixed yet, those of the category and service first', query: { category: 'of a report', service: 'of a report' }, gives: [200, 'KnownErrors'], refuses: [400] },
  { method: 'get', path: '/sites/:site/reports/mobilisation', summary: 'Seconds to mobilise by channel, and of each channel by priority: how soon those who were sent for said that they come', query: { from: 'instant', to: 'instant', queue: 'of the incidents', format: 'json (default) or csv' }, gives: [200, 'Mobilisation'], refuses: [400] },
  { method: 'get', path: '/sites/:site/incident-trends', summary: 'Incidents a week with control limits, by category, service, place, hour or cause, and what actions and fixes changed', query: { by: 'category (default), service, location, hour or cause', weeks: '4 to 53, default 26' }, gives: [200, 'IncidentTrends'], refuses: [400] },
  { method: 'get', path: '/sites/:site/drill-scenarios', summary: 'The scripts that may be run as a drill', gives: [200, 'DrillScenarios'] },
  { method: 'get', path: '/sites/:site/drills', summary: 'Drills, newest first, with what each has said by now; incidents of those that run', gives: [200, 'Drills'] },
  { method: 'post', path: '/sites/:site/drills', summary: 'Run a scenario on the live policies, so many times as fast; a report with `drill: ID` belongs to it, and nothing of it leaves the house', body: json('DrillInput'), gives: [201, 'Drill'], refuses: [400, 422] },
  { method: 'get', path: '/sites/:site/drills/:drill', summary: 'One drill: what has been said, what was logged, and its score', gives: [200, 'Drill'] },
  { method: 'post', path: '/sites/:site/drills/:drill/end', summary: 'End a drill: its script says nothing more and nothing more is logged in it', gives: [200, 'Drill'] },
  { method: 'get', path: '/sites/:site/incidents/:ref/drill-score', summary: 'How a drill went: logging, prioritising, escalating, updating, each by what the log says', query: { priority: 'what it should have been called: P1 to P4', category: 'what it should have been put in' }, gives: [200, 'DrillScore'], refuses: [400, 409] },
  { method: 'post', path: '/sites/:site/escalation-simulations', summary: 'Who is told, how and when, of an incident reported at any moment that nobody touches; settings may be tried before they are saved. Nothing is written', body: json('Simulation'), gives: [200, 'Simulated'], refuses: [400, 422] },
  { method: 'get', path: '/sites/:site/escalation-audit', summary: 'What an independent look finds wrong with timers, levels and messages of this site; read-only', gives: [200, 'EscalationAudit'] },
  { method: 'get', path: '/sites/:site/rotas', summary: 'Who is on call in each rota, until when, who follows, and gaps of the next 14 days', query: { at: 'instant, default now' }, gives: [200, 'Rotas'], refuses: [400] },
  { method: 'get', path: '/sites/:site/rotas/:rota', summary: 'Shifts of a rota without holes, and its gaps', query: { from: 'instant, default now', to: 'instant, default 28 days later' }, gives: [200, 'RotaShifts'], refuses: [400] },
  { method: 'get', path: '/sites/:site/rotas/:rota/calendar', summary: 'Shifts of a rota as a calendar file (iCalendar)', query: { from: 'instant, default now', to: 'instant, default 28 days later' }, gives: [200, null], refuses: [400] },
  { method: 'post', path: '/sites/:site/rotas/:rota/calendar', summary: 'Read a calendar file: the overrides it would become, for review; nothing is saved', body: { 'text/calendar': '' }, gives: [200, 'RotaImport'], refuses: [400, 413, 415, 422] },
  { method: 'get', path: '/sites/:site/status', summary: 'Stakeholder status, without sign-in when the site publishes it; never personal data', gives: [200, 'Status'] },
  { method: 'get', path: '/openapi.json', summary: 'This document', gives: [200, null] },
  { method: 'get', path: '/asyncapi.json', summary: 'The socket messages', gives: [200, null] },
]
