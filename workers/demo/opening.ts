import { businessDayOf } from '../../server/domain/business-day.ts'
import { instantOf } from '../../server/domain/time.ts'
import { OPENING } from './simulation.ts'

export interface Opening {
  /** An IANA zone whose clocks never change. */
  readonly timeZone: string
  /** Midnight of the live day there, ms since 1970. */
  readonly midnight: number
}

/** One zone for each offset that some place without clock changes has, from west to east. */
export const zones = [
  'Pacific/Pago_Pago', 'Pacific/Honolulu', 'Pacific/Marquesas', 'Pacific/Gambier', 'Pacific/Pitcairn', 'America/Phoenix', 'America/Costa_Rica', 'America/Bogota', 'America/Puerto_Rico', 'America/Sao_Paulo', 'America/Noronha', 'Atlantic/Cape_Verde',
  'Atlantic/Reykjavik', 'Africa/Lagos', 'Africa/Johannesburg', 'Africa/Nairobi', 'Asia/Tehran', 'Asia/Dubai', 'Asia/Kabul', 'Asia/Tashkent', 'Asia/Kolkata', 'Asia/Kathmandu', 'Asia/Dhaka', 'Asia/Yangon', 'Asia/Bangkok', 'Asia/Singapore',
  'Australia/Eucla', 'Asia/Tokyo', 'Australia/Darwin', 'Australia/Brisbane', 'Pacific/Guadalcanal', 'Pacific/Tarawa', 'Pacific/Fakaofo', 'Pacific/Kiritimati',
] as const

/** Where it is nearest to 10:38 now. */
export const openingAt = (now: number): Opening => {
  const openings = zones.map((timeZone) => ({ timeZone, midnight: businessDayOf({ timeZone, startsAt: '00:00' }, instantOf(now)).from }))
  const away = ({ midnight }: Opening): number => Math.abs(now - midnight - OPENING)
  return openings.reduce((best, opening) => (away(opening) < away(best) ? opening : best))
}
