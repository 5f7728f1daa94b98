/** Twilio's two deliveries as one table of texts: the form of an EventCallback, and the payload of an Event Streams message. */

export type TwilioFields = ReadonlyMap<string, string>

const odd: Readonly<Record<string, string>> = { eventtype: 'EventType', operating_unit_sid: 'OperatingUnitSid' }

/** `task_queue_entered_date` is `TaskQueueEnteredDate`. */
const formName = (name: string): string => odd[name] ?? name.split('_').map((part) => part.slice(0, 1).toUpperCase() + part.slice(1)).join('')

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null && !Array.isArray(value)

/** Null: not a message of Event Streams. */
export const fieldsOfMessage = (message: unknown): TwilioFields | null => {
  const data = isObject(message) ? message['data'] : null
  const payload = isObject(data) ? data['payload'] : null
  if (!isObject(payload)) return null
  return new Map(
    Object.entries(payload).flatMap(([name, value]): [string, string][] => {
      if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return [[formName(name), String(value)]]
      return isObject(value) ? [[formName(name), JSON.stringify(value)]] : []
    }),
  )
}

/** Epoch seconds or milliseconds, or ISO text; null: none of them. */
export const instantIn = (text: string | undefined): number | null => {
  if (text === undefined || text === '') return null
  if (/^\d{9,10}(\.\d+)?$/.test(text)) return Math.round(Number(text) * 1_000)
  if (/^\d{12,13}$/.test(text)) return Number(text)
  const parsed = /^\d{4}-\d\d-\d\dT/.test(text) ? Date.parse(text) : Number.NaN
  return Number.isNaN(parsed) ? null : parsed
}

/** `TaskAttributes` is JSON text that the customer's own systems wrote: anything may stand in it. */
export const attributesIn = (text: string | undefined): Readonly<Record<string, unknown>> => {
  try {
    const value: unknown = JSON.parse(text ?? '')
    return isObject(value) ? value : {}
  } catch {
    return {}
  }
}
