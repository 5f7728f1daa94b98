import { z } from 'zod'
import { approvePairing, changeScreen, collectPairing, keyBody, passwordBody, setupBody, signInBody, siteBody, userBody, userChange } from '../contract/accounts.ts'
import { correctionsAnswer, reconciliationAnswer } from '../contract/corrections.ts'
import { candidatesAnswer, deploymentAnswer, mobilisationAnswer } from '../contract/deployments.ts'
import { eventSchemas } from '../contract/events.ts'
import { knownErrorList } from '../contract/problem-rows.ts'
import { reviewAnswer } from '../contract/reviews.ts'
import { incidentTrendsAnswer } from '../contract/trends.ts'
import { drillDetail, drillInput, drillList, scenarioList } from '../contract/drills.ts'
import { drillScore, escalationAudit, forecastAnswer, rotaImport, rotaList, rotaShifts, simulationAnswer, simulationInput, updateTemplates } from '../contract/forecast.ts'
import { commandSchemas, incidentSchemaFor, revealAnswer, revealBody } from '../contract/incidents.ts'
import { agentRow, contactRow, explanationRow, floorAnswer, importAnswer, incidentRow, ingestAnswer, intervalRow, keyRow, madeKey, pageOf, pairedAnswer, pairingAnswer, problemDocument, queueRow, screenRow, sessionAnswer, settingsSaved, siteRow, sourceRow, statusAnswer, timelineRow, userRow } from '../contract/row-schemas.ts'
import { deadLetterRow, notificationRow, notificationSummary, pushKey, pushSubscriptionBody, pushSubscriptionRow, reachableRow, testPageAnswer, testPageBody } from '../contract/notifications.ts'
import { agentReportAnswer, teamsAnswer } from '../contract/agent-report.ts'
import { adherenceAnswer, breaksAnswer, excuseAnswer, excuseBody, fileRead, planAnswer, rollCallAnswer, scheduleAnswer, staffingAnswer } from '../contract/plan-schemas.ts'
import { customerLevelAnswer, figuresAnswer, heatMapAnswer, journeyAnswer, lostCallersAnswer, lostReasonsAnswer, onTargetAnswer, stuckAnswer, transfersAnswer, trendsAnswer } from '../contract/report-schemas.ts'
import { recomputeAnswer, recomputeOrder, recomputeRow, seriesFields } from '../contract/recompute.ts'
import { callbacksAnswer, expectedWaitAnswer, fcrAnswer, firstResponseAnswer, followUpAnswer, followUpBody, owedAnswer, surveysAnswer } from '../contract/service-schemas.ts'
import { organisationSchema, settingsSchema } from '../contract/settings.ts'

/** Schemas by the names that both documents use. */
const inputs: Readonly<Record<string, z.ZodType>> = {
  SignIn: signInBody,
  PasswordChange: passwordBody,
  Setup: setupBody,
  NewKey: keyBody,
  ApprovePairing: approvePairing,
  ChangeScreen: changeScreen,
  CollectPairing: collectPairing,
  NewUser: userBody,
  UserChange: userChange,
  NewSite: siteBody,
  Settings: settingsSchema,
  RecomputeOrder: recomputeOrder,
  Report: incidentSchemaFor({}),
  Simulation: simulationInput,
  Command: z.union(Object.values(commandSchemas)),
  Completion: commandSchemas.open.omit({ type: true }),
  AskHelp: commandSchemas['ask-help'].omit({ type: true }),
  ConfirmDeployment: commandSchemas['confirm-deployment'].omit({ type: true }),
  ReleaseDeployment: commandSchemas['release-deployment'].omit({ type: true }),
  ProposeMajor: commandSchemas['propose-major'].omit({ type: true }),
  Reveal: revealBody,
  TestPage: testPageBody,
  Excuse: excuseBody,
  FollowUp: followUpBody,
  PushSubscription: pushSubscriptionBody,
  Event: z.union(Object.values(eventSchemas)),
}
const outputs: Readonly<Record<string, z.ZodType>> = {
  Problem: problemDocument,
  Session: sessionAnswer,
  SessionPage: pageOf(z.object({ id: z.string(), createdAt: z.string(), lastActionAt: z.string(), current: z.boolean() })),
  MadeKey: madeKey,
  Key: keyRow,
  KeyPage: pageOf(keyRow),
  Pairing: pairingAnswer,
  Paired: pairedAnswer,
  Screen: screenRow,
  ScreenPage: pageOf(screenRow),
  User: userRow.extend({ password: z.string().optional().describe('told once, when it was made here') }).partial(),
  UserPage: pageOf(userRow),
  Site: siteRow,
  SitePage: pageOf(siteRow),
  IncidentRules: settingsSchema.pick({ priorities: true, sla: true, categories: true }),
  OrganisationCalendars: organisationSchema.extend({ version: z.number(), savedAt: z.string().nullable() }),
  OrganisationCalendarsInput: organisationSchema,
  CalendarPage: pageOf(z.object({ name: z.string(), from: z.enum(['site', 'organisation', 'built-in']), version: z.number().nullable().describe('of the settings of the site, or of the calendars of the organisation'), calendar: organisationSchema.shape.calendars.valueType })),
  SettingsSaved: settingsSaved,
  WarningPage: pageOf(z.object({ path: z.string(), code: z.string(), detail: z.string() })),
  IngestAnswer: ingestAnswer,
  ImportBegun: z.object({ id: z.string() }),
  Import: importAnswer,
  QueueRow: queueRow,
  AgentRow: agentRow,
  SourceRow: sourceRow,
  Floor: floorAnswer,
  View: z.record(z.string(), z.unknown()),
  Intervals: z.object({ rows: z.array(intervalRow), ...seriesFields }),
  RecomputeRow: recomputeRow,
  RecomputePage: pageOf(recomputeRow),
  Recompute: recomputeAnswer,
  ContactPage: pageOf(contactRow),
  Corrections: correctionsAnswer,
  Reconciliation: reconciliationAnswer,
  Explanation: explanationRow,
  Figures: figuresAnswer,
  ExpectedWait: expectedWaitAnswer,
  Callbacks: callbacksAnswer,
  Owed: owedAnswer,
  FirstResponse: firstResponseAnswer,
  Fcr: fcrAnswer,
  Surveys: surveysAnswer,
  FollowedUp: followUpAnswer,
  FileRead: fileRead,
  Plan: planAnswer,
  Staffing: staffingAnswer,
  Schedule: scheduleAnswer,
  RollCall: rollCallAnswer,
  Excused: excuseAnswer,
  Breaks: breaksAnswer,
  Adherence: adherenceAnswer,
  AgentReport: agentReportAnswer,
  Teams: teamsAnswer,
  HeatMap: heatMapAnswer,
  Trends: trendsAnswer,
  OnTarget: onTargetAnswer,
  LostReasons: lostReasonsAnswer,
  Transfers: transfersAnswer,
  CustomerLevel: customerLevelAnswer,
  LostCallers: lostCallersAnswer,
  Stuck: stuckAnswer,
  Journey: journeyAnswer,
  Incident: incidentRow,
  IncidentPage: pageOf(incidentRow),
  TimelinePage: pageOf(timelineRow),
  Revealed: revealAnswer,
  Candidates: candidatesAnswer,
  DeploymentAnswer: deploymentAnswer,
  Notification: notificationRow,
  NotificationPage: pageOf(notificationRow),
  NotificationSummary: notificationSummary,
  DeadLetterPage: pageOf(deadLetterRow),
  ReachablePage: pageOf(reachableRow),
  NotificationId: testPageAnswer,
  PushKey: pushKey,
  PushSubscriptionRow: pushSubscriptionRow,
  PushSubscriptionPage: pageOf(pushSubscriptionRow),
  Forecast: forecastAnswer,
  EscalationAudit: escalationAudit,
  DrillScore: drillScore,
  DrillInput: drillInput,
  Drill: drillDetail,
  Drills: drillList,
  DrillScenarios: scenarioList,
  UpdateTemplates: updateTemplates,
  Review: reviewAnswer,
  KnownErrors: knownErrorList,
  IncidentTrends: incidentTrendsAnswer,
  Mobilisation: mobilisationAnswer,
  Simulated: simulationAnswer,
  Rotas: rotaList,
  RotaShifts: rotaShifts,
  RotaImport: rotaImport,
  Status: statusAnswer,
}

const asJsonSchemas = (schemas: Readonly<Record<string, z.ZodType>>, io: 'input' | 'output'): Readonly<Record<string, object>> => {
  const registry = z.registry<{ readonly id: string }>()
  for (const [id, schema] of Object.entries(schemas)) registry.add(schema, { id })
  const made = z.toJSONSchema(registry, { uri: (id) => `#/components/schemas/${id}`, io, unrepresentable: 'any' })
  // Inside a document the place is the name: `$schema` and `$id` of each part would open scopes of their own.
  return Object.fromEntries(Object.entries(made.schemas).map(([id, { $schema: _schema, $id: _id, ...schema }]) => [id, schema]))
}

/** JSON Schema 2020-12 of every body and answer, as OpenAPI 3.1 and AsyncAPI 3 take it. */
export const componentSchemas = (): Readonly<Record<string, object>> => ({ ...asJsonSchemas(inputs, 'input'), ...asJsonSchemas(outputs, 'output') })
