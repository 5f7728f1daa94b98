/** INCIDENTS section 3, the first column: what went wrong elsewhere, a row each. `threads.test.ts` finds a test for each. */
export const rows: readonly string[] = [
  'target/goalert#4548',
  'target/goalert#912',
  'target/goalert#2775',
  'target/goalert#1790',
  'target/goalert#4508, #4188',
  'target/goalert#4306',
  'target/goalert#2491, #4299',
  'target/goalert#512',
  'grafana/oncall#1206',
  'grafana/oncall#4760, #4654',
  'grafana/oncall#3111',
  'grafana/oncall#1326',
  'grafana/oncall#4754',
  'grafana/oncall#5266, #3261',
  'grafana/oncall#2568',
  'grafana/oncall#2965, #2954',
  'grafana/oncall#3708',
  'grafana/oncall#5179',
  'grafana/oncall#4319',
  'Netflix/dispatch#4295, #4304',
  'Netflix/dispatch#3239',
  'Netflix/dispatch#3485',
  'Netflix/dispatch#6131, #2531, #5317',
  'OneUptime/oneuptime#1690',
  'OneUptime/oneuptime#2413',
  'zammad/zammad#5177, #3140',
  'zammad/zammad#2082, #2579',
  'zammad/zammad#904, #4353',
  'zammad/zammad#1322',
  'zammad/zammad#390, #4432',
  'glpi-project/glpi#15605',
  'frappe/helpdesk#2449, osTicket/osTicket#6739',
  'chatwoot/chatwoot#10178, #13392',
  'taskforcesh/bullmq#1658, #2466, #1656, #2151',
  'taskforcesh/bullmq#3185, #4484',
  'taskforcesh/bullmq#3272, #3063, #1181',
  'taskforcesh/bullmq#2988, #3524',
  'taskforcesh/bullmq#1287, #3765',
  'taskforcesh/bullmq#439',
  'taskforcesh/bullmq#3286',
  'keephq/keep#1549, #2205',
  'gitlab-org/gitlab#323139',
  'louislam/uptime-kuma#3626, cachethq/cachet#4389',
]

/** `#4188` after `target/goalert#4508` is of the same project. */
export const threadsIn = (text: string): readonly string[] => {
  let project = ''
  return [...text.matchAll(/([\w-]+\/[\w-]+)?#(\d+)/g)].map(([, named, number = '']) => {
    project = named ?? project
    return `${project}#${number}`
  })
}
