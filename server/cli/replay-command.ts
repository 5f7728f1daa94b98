import { setTimeout as pause } from 'node:timers/promises'
import type { Command } from 'commander'
import type { Floor } from '../domain/floor.ts'
import type { QueueFigures } from '../domain/queue-figures.ts'
import { createFloor, floorFromBase } from '../domain/project-floor.ts'
import { instantOf, isoOf, MINUTE, type Instant } from '../domain/time.ts'
import { localTextOf } from '../domain/wall-clock.ts'
import { openFloorLog } from '../redis/floor-log.ts'
import { openManifest } from '../redis/manifest.ts'
import { openSites } from '../redis/sites.ts'
import { openSnapshots } from '../redis/snapshots.ts'
import { replayDay } from '../replica/replay-day.ts'
import { CommandFailed } from './api.ts'
import { outputOf } from './context.ts'
import { withRedis } from './with-redis.ts'

const percent = (share: number | null): string => (share === null ? '–' : `${Math.round(share * 100)} %`)

const frameRow = ({ queue, waiting, inProgress, inAcw, available, signedIn, oldestWaitingSince, today }: QueueFigures) => ({ queue, waiting, inProgress, inAcw, oldestWaitingSince: oldestWaitingSince === null ? null : isoOf(oldestWaitingSince), available, signedIn, offered: today.offered, answered: today.answered, abandoned: today.abandoned, serviceLevel: today.serviceLevel })

const line = (at: Instant, floor: Floor, timeZone: string): string => {
  const totals = floor.totals()
  return `${localTextOf(at, timeZone).slice(11)}  waiting ${totals.waiting}  talking ${totals.inProgress}  wrapping up ${totals.inAcw}  available ${totals.available} of ${totals.signedIn}  |  today ${totals.today.offered} offered, ${totals.today.answered} answered, ${totals.today.abandoned} abandoned, service level ${percent(totals.today.serviceLevel)}`
}

/** `replay`: a recorded day, minute by minute under its own clock; it reads and changes nothing. */
export const replayCommand = (program: Command): void => {
  program
    .command('replay')
    .description('play a recorded day of a site: one line (with --json one object) for each of its minutes; nothing is changed and nobody is told')
    .requiredOption('--site <site>', 'the site')
    .requiredOption('--day <day>', 'its local date, YYYY-MM-DD')
    .option('--speed <n>', 'recorded seconds in a second, 1 to 100000; 0: without waiting', '60')
    .action(async ({ site, day, speed }: { readonly site: string; readonly day: string; readonly speed: string }, command: Command) => {
      const out = outputOf(command)
      const pace = Number(speed)
      if (!Number.isFinite(pace) || pace < 0 || pace > 100_000) throw new CommandFailed('--speed must be a number from 0 to 100000', 2)
      await withRedis(async ({ config, redis, keys }) => {
        // Sites that are renamed meanwhile stay as they were read.
        const sites = await openSites({ redis, keys, notices: { on: () => () => undefined, publish: async () => undefined, close: async () => undefined } })
        if (sites.get(site) === null) throw new CommandFailed(`there is no site "${site}"`)
        const replayed = await replayDay({ log: openFloorLog({ redis, keys }), fold: { createFloor, floorFromBase }, sites, manifest: openManifest({ redis, keys }), snapshots: openSnapshots({ redis, keys }), archiveDir: config.archiveDir }, site, day)
        if (replayed === null) throw new CommandFailed(`"${day}" is not a date such as 2026-11-20`, 2)
        const timeZone = sites.get(site)?.timeZone ?? 'UTC'
        const now = instantOf(Date.now())
        let last: Floor | null = null
        for await (const { at, floor } of replayed.frames(MINUTE)) {
          if (at > now) break
          last = floor
          out.result({ at: isoOf(at), queues: [...floor.queueIds()].sort().flatMap((id) => floor.queue(id) ?? []).map(frameRow), totals: frameRow(floor.totals()) }, () => [line(at, floor, timeZone)])
          if (pace > 0) await pause(MINUTE / pace)
        }
        if (last === null) throw new CommandFailed(`${day} has not begun yet`)
      })
    })
}
