import { createHash } from 'node:crypto'
import { describe, expect, it } from '@jest/globals'
import { qrCode, type QrModules } from '../../../client/access/qr-code.ts'
import { correction, times } from '../../../client/access/reed-solomon.ts'
import { seeded } from '../../support/seeded-random.ts'

const drawn = (modules: QrModules | null): readonly string[] => (modules ?? []).map((row) => row.map((dark) => (dark ? '#' : '.')).join(''))

/** As another encoder draws it (npm qrcode 1.5, byte mode, level M). */
const floorwatch = `
#######...##..#######
#.....#....##.#.....#
#.###.#.####..#.###.#
#.###.#.##.#..#.###.#
#.###.#.#####.#.###.#
#.....#.##..#.#.....#
#######.#.#.#.#######
........##.##........
#.#####..##.#.#####..
..#.#..##.#.##..##..#
#..#.#####.#......##.
.#..#..#..#..#...##.#
##..#.#..###..##...#.
........#..##..###...
#######..##.###..#.#.
#.....#.#..###..###.#
#.###.#.#...#.#.....#
#.###.#.#...#.#.##...
#.###.#.####.....#...
#.....#..#.....####..
#######.####...#.#.#.`.trim().split('\n')

describe('a QR code', () => {
  it('is module by module what another encoder makes of the same text', () => {
    expect(drawn(qrCode('Floorwatch'))).toEqual(floorwatch)
  })
  it.each([
    ['an address, version 4', 'https://floor.example.org/admin/screens?code=BCDF-GHJK', 33, '2946a2263a4b7204dad9623d0e4abeb502a6de50e97b35993ed6299c75f75032'],
    ['with version information and several alignments, version 7', 'x'.repeat(120), 45, '9d284324e97f5964ed98bb0e830a59f01b6a32f80a7f241f92f3089eb88e778a'],
    ['with the longer count and blocks of two lengths, version 10', 'é'.repeat(106), 57, 'a65fdc7db0d7a004b831f21386e81d8153e0ea2354da2e3b4707e4d2cd1a9446'],
  ])('is so too %s', (_, text, size, digest) => {
    const rows = drawn(qrCode(text))
    expect([rows.length, createHash('sha256').update(rows.join('\n')).digest('hex')]).toEqual([size, digest])
  })
  it('holds 213 bytes and no more', () => {
    expect([qrCode('x'.repeat(213))?.length, qrCode('x'.repeat(214))]).toEqual([57, null])
  })
})

describe('the correction of a block', () => {
  it('makes it zero at every root of its generator', () => {
    const random = seeded(20261128)
    const data = Array.from({ length: 43 }, () => random.whole(0, 255))
    const block = [...data, ...correction(data, 26)]
    let root = 1
    for (let power = 0; power < 26; power += 1) {
      expect(block.reduce((sum, byte) => times(sum, root) ^ byte, 0)).toBe(0)
      root = times(root, 2)
    }
  })
})
