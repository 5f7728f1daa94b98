import { expect, it } from '@jest/globals'
import { instantOf, isoOf } from '../../server/domain/time.ts'
import { instantAt } from '../../server/domain/wall-clock.ts'

const told = (timeZone: string, month: number, day: number, hour: number, minute: number) => isoOf(instantAt(timeZone, { year: 2026, month, day, hour, minute, second: 0 }) ?? instantOf(0))

it('reads a wall whose clock changes by half an hour', () => {
  // Lord Howe goes from 02:00 to 02:30 on 4 October, and from 02:00 back to 01:30 on 5 April.
  expect([told('Australia/Lord_Howe', 10, 4, 1, 45), told('Australia/Lord_Howe', 10, 4, 2, 15), told('Australia/Lord_Howe', 10, 4, 2, 30), told('Australia/Lord_Howe', 10, 4, 2, 45), told('Australia/Lord_Howe', 10, 4, 3, 0)].map((text) => text.slice(11, 16))).toEqual(['15:15', '15:45', '15:30', '15:45', '16:00'])
  expect([told('Australia/Lord_Howe', 4, 5, 1, 45), told('Australia/Lord_Howe', 4, 5, 2, 0)].map((text) => text.slice(11, 16))).toEqual(['14:45', '15:30'])
})
