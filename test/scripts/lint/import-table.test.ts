import { describe, expect, it } from '@jest/globals'
import { faultOfFile, faultOfPackage } from '../../../scripts/lint/import-table.mjs'

describe('the import table', () => {
  it.each([
    ['server/domain/floor.ts', 'server/domain/time.ts'],
    ['server/contract/rows.ts', 'server/domain/floor.ts'],
    ['server/redis/settings.ts', 'server/contract/settings.ts'],
    ['server/replica/replicas.ts', 'server/redis/floor-log.ts'],
    ['server/ingest/routes.ts', 'server/http/problem.ts'],
    ['server/incidents/routes.ts', 'server/access/guard.ts'],
    ['server/live/sockets.ts', 'server/access/access.ts'],
    ['server/main.ts', 'server/live/sockets.ts'],
    ['server/cli/key.ts', 'server/redis/connect.ts'],
    ['workers/main.ts', 'server/config.ts'],
    ['workers/demo/player.ts', 'server/ingest/pipeline.ts'],
    ['client/wall/Wall.vue', 'client/kpi/Sparkline.vue'],
    ['client/wall/Wall.vue', 'client/queues/queue-store.ts'],
    ['client/wall/Wall.vue', 'server/contract/rows.ts'],
    ['client/kpi/service-level.ts', 'server/domain/kpi/service-level.ts'],
    ['client/admin/calendar-model.ts', 'server/domain/clock/wall-intervals.ts'],
    ['client/router.ts', 'client/wall/Wall.vue'],
    ['client/gallery/GalleryWall.vue', 'client/wall/WallTile.vue'],
    ['test/journeys/start.journey.test.ts', 'workers/main.ts'],
    ['bench/t01-accept.ts', 'server/redis/floor-log.ts'],
  ])('lets %s import %s', (from, to) => expect(faultOfFile(from, to)).toBeNull())

  it.each([
    ['server/domain/floor.ts', 'server/contract/rows.ts'],
    ['server/domain/floor.ts', 'server/log.ts'],
    ['server/contract/rows.ts', 'server/redis/keys.ts'],
    ['server/redis/connect.ts', 'server/replica/replicas.ts'],
    ['server/replica/replicas.ts', 'server/contract/rows.ts'],
    ['server/ingest/pipeline.ts', 'server/incidents/routes.ts'],
    ['server/ingest/routes.ts', 'server/access/access.ts'],
    ['server/incidents/routes.ts', 'server/http/app.ts'],
    ['server/http/app.ts', 'server/live/sockets.ts'],
    ['server/main.ts', 'workers/main.ts'],
    ['server/config.ts', 'server/redis/connect.ts'],
    ['workers/main.ts', 'server/live/sockets.ts'],
    ['workers/main.ts', 'server/http/app.ts'],
    ['client/wall/Wall.vue', 'client/queues/QueueTable.vue'],
    ['client/base/Button.vue', 'client/wall/Wall.vue'],
    ['client/wall/Wall.vue', 'server/redis/keys.ts'],
    ['client/wall/Wall.vue', 'server/domain/project-floor.ts'],
    ['server/redis/connect.ts', 'test/support/builders.ts'],
  ])('keeps %s from importing %s', (from, to) => expect(faultOfFile(from, to)).toContain(to))

  it('lets a screen use the types of the domain and of another screen, which are gone after compiling', () => {
    expect(faultOfFile('client/wall/Wall.vue', 'server/domain/floor.ts', true)).toBeNull()
    expect(faultOfFile('client/wall/Wall.vue', 'client/queues/QueueTable.vue', true)).toBeNull()
  })

  it('gives every library one door', () => {
    const doors: readonly [string, string][] = [['redis', 'server/redis/connect.ts'], ['@redis/client', 'server/redis/connect.ts'], ['socket.io', 'server/live/sockets.ts'], ['express', 'server/incidents/routes.ts'], ['express', 'server/http/health-routes.ts'], ['bullmq', 'workers/job-queues.ts'], ['socket.io-client', 'client/live/socket.ts'], ['chart.js/auto', 'client/kpi/chart.ts']]
    for (const [library, file] of doors) expect(faultOfPackage(file, library)).toBeNull()
    for (const [library] of doors) expect(faultOfPackage('server/replica/replicas.ts', library)).toContain(library)
  })

  it('lets the domain have the time polyfill and nothing else from outside', () => {
    expect(faultOfPackage('server/domain/time.ts', 'temporal-polyfill')).toBeNull()
    for (const specifier of ['node:fs', 'zod', 'redis']) expect(faultOfPackage('server/domain/time.ts', specifier)).toContain('domain')
  })
})
