/** Who sits on the sixty seats. Names of people's kind, made up, in no order of anything. */

export type SeatTrait = 'steady' | 'late' | 'over-break' | 'long-wrap' | 'vanishes' | 'misses-rings' | 'absent'

export interface Seat {
  readonly id: string
  readonly name: string
  readonly team: string
  /** First one is home. */
  readonly queues: readonly string[]
  readonly trait: SeatTrait
  /** Covers the night or the evening of a queue that never closes, every day. */
  readonly allHours: boolean
  /** Minutes of the site's day. */
  readonly shift: { readonly from: number; readonly to: number }
  readonly breaks: readonly { readonly at: number; readonly minutes: number; readonly reason: string }[]
}

const names = [
  'Amara Osei', 'Ben Whitlock', 'Chloe Marsh', 'Dev Patel', 'Eilidh Munro', 'Farah Siddiqui', 'Gareth Pugh', 'Hana Novak', 'Imran Qureshi', 'Joanna Birch',
  'Kofi Mensah', 'Lena Fischer', 'Marek Zielinski', 'Nadia Rahman', 'Owen Tudor', 'Priya Nair', 'Quentin Hale', 'Rosa Delgado', 'Sian Bevan', 'Tomas Vanek',
  'Uma Krishnan', 'Viktor Lund', 'Wendy Cho', 'Xander Doyle', 'Yusuf Demir', 'Zoe Lambert', 'Aidan Kerr', 'Bianca Rossi', 'Callum Frost', 'Dina Haddad',
  'Erin Gallagher', 'Felix Okoro', 'Grace Adeyemi', 'Hugo Laurent', 'Isla Brand', 'Jamal Carter', 'Katya Petrova', 'Liam Storey', 'Mina Tanaka', 'Noah Ellery',
  'Olive Pryce', 'Pavel Horak', 'Rhea Kapoor', 'Stefan Illic', 'Tessa Dunne', 'Umar Sheikh', 'Vera Lindqvist', 'Will Ashdown', 'Yara Nasser', 'Zack Morley',
  'Anneke Visser', 'Bruno Teixeira', 'Carys Rowe', 'Dominic Vale', 'Esme Thorne', 'Finlay Reid', 'Gita Menon', 'Harvey Stone', 'Ines Moreau', 'Jonas Weber',
]

/** Seats of each queue in seat order; early seats of a queue are on at 10:38, the rest come later, are away, or are absent. Every so many of them help elsewhere when nobody there is free. */
const plan: readonly { readonly queue: string; readonly team: string; readonly seats: number; readonly early: number; readonly helps: readonly (readonly [queue: string, every: number])[] }[] = [
  { queue: 'power-loss', team: 'Network', seats: 8, early: 5, helps: [] },
  { queue: 'billing', team: 'Accounts', seats: 16, early: 16, helps: [['support', 1], ['moving-home', 2], ['chat', 2]] },
  { queue: 'support', team: 'Care', seats: 18, early: 18, helps: [['billing', 1], ['moving-home', 2], ['chat', 3]] },
  { queue: 'moving-home', team: 'Moves', seats: 9, early: 9, helps: [['billing', 2]] },
  { queue: 'chat', team: 'Digital', seats: 9, early: 9, helps: [['support', 2]] },
]

/** The flaws that convince: seat number -> trait. */
const traits: Readonly<Record<number, SeatTrait>> = { 10: 'late', 14: 'over-break', 27: 'long-wrap', 33: 'vanishes', 30: 'misses-rings', 45: 'absent' }

/** Who takes over-long breaks is four minutes over a quarter of an hour at 10:38 of the live day. */
export const breaksOn = ({ trait, breaks }: Seat, live: boolean): Seat['breaks'] => (trait === 'over-break' && live ? [{ at: 619, minutes: 15, reason: 'Break' }, ...breaks.slice(1)] : breaks)

/** How many of those who share a day are there, from Monday on. */
export const DAY_SHARES = [0.97, 0.96, 0.97, 0.96, 0.95, 0.6, 0.4] as const
/** A weekend runs on fixed places, so that the same people share it. */
export const worksAtWeekend = (place: number, weekday: number): boolean => place % 10 < (DAY_SHARES[weekday - 1] ?? 1) * 10

/** Minutes of the day at which a morning break may begin when it is not part of the wave; nothing between 10:10 and 11:00. */
const quietSlots = [570, 582, 594, 662, 677, 692, 707]

const breaksOf = (from: number, place: number): Seat['breaks'] => {
  // The wave of 10:30: one or two of each queue go together, the others are spread. Lunch is staggered over two hours.
  const morning = place % 8 === 7 ? 630 + (place % 3) * 3 : Math.max(from + 60, quietSlots[place % quietSlots.length] ?? 662)
  return [
    { at: morning, minutes: 15, reason: 'Break' },
    { at: Math.max(720, from + 210) + (place % 8) * 15, minutes: 30, reason: 'Lunch' },
    { at: Math.max(900, from + 380) + (place % 6) * 9, minutes: 15, reason: 'Break' },
  ]
}

const dayShifts: readonly Seat['shift'][] = [{ from: 450, to: 990 }, { from: 465, to: 1_035 }, { from: 495, to: 1_080 }, { from: 570, to: 1_200 }]

const shiftOf = (queue: string, place: number, early: number): Seat['shift'] => {
  if (queue === 'power-loss' && place >= 6) return place === 6 ? { from: 0, to: 480 } : { from: 1_080, to: 1_440 }
  // Staggered as the day's two humps ask: all are in by 10:00, and they leave one after another from 16:30.
  if (place < early) return dayShifts[place % dayShifts.length] ?? { from: 450, to: 990 }
  return { from: 690 + ((place - early) % 3) * 30, to: 1_200 }
}

export const seats: readonly Seat[] = plan.flatMap(({ queue, team, seats: count, early, helps }, group) => {
  const first = plan.slice(0, group).reduce((sum, earlier) => sum + earlier.seats, 0)
  return Array.from({ length: count }, (_, place): Seat => {
    const number = first + place
    const shift = shiftOf(queue, place, early)
    return {
      id: `seat-${String(number + 1).padStart(2, '0')}`,
      name: names[number] ?? `Seat ${number + 1}`,
      team,
      queues: [queue, ...helps.flatMap(([other, every]) => (place % every === 0 ? [other] : []))],
      trait: traits[number] ?? 'steady',
      allHours: queue === 'power-loss' && place >= 6,
      shift,
      breaks: breaksOf(shift.from, place),
    }
  })
})
