import type { z } from 'zod'
import type { forecastAnswer, forecastStep, rotaRow, simulationAnswer } from '../../server/contract/forecast.ts'
import { isRecord, itemsOf, listOf, recordOf } from '../http/read.ts'

/** What the server says will happen; it is computed by the engine's own core, never here. */
export type ForecastStep = z.output<typeof forecastStep>
export type Forecast = z.output<typeof forecastAnswer>
export type Simulation = z.output<typeof simulationAnswer>
export type RotaRow = z.output<typeof rotaRow>

const withSteps = (body: unknown): Readonly<Record<string, unknown>> => {
  const answer = recordOf(body)
  if (!listOf(answer.steps).every((step) => isRecord(step) && typeof step.at === 'string' && Array.isArray(step.people) && Array.isArray(step.targets) && Array.isArray(step.tells))) throw new Error('the forecast has another shape than the contract')
  return answer
}
export const readForecast = (body: unknown): Forecast => withSteps(body) as unknown as Forecast
export const readSimulation = (body: unknown): Simulation => withSteps(body) as unknown as Simulation
export const readRotas = (body: unknown): readonly RotaRow[] => itemsOf(body).filter((row) => isRecord(row.onCall) && Array.isArray(row.gaps)) as unknown as readonly RotaRow[]
