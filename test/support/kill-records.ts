import { connect } from '../../server/redis/connect.ts'
import { keysUnder } from '../../server/redis/keys.ts'
import { messageId } from '../../workers/deliver-message.ts'
import type { KillEvidence, Sending } from './kill-figures.ts'
import { recordingLog } from './quiet-log.ts'

const BATCH = 500

/** What the database holds of a run: when acknowledgements were written, and each step of each delivery, by Redis TIME. */
export const killRecords = async (url: string, site: string): Promise<Pick<KillEvidence, 'acknowledged' | 'sendings'>> => {
  const redis = await connect({ url, name: 'kill-records', log: recordingLog() })
  const at = keysUnder().site(site)
  try {
    const acknowledged = new Map<string, number>()
    for (let from = '-'; ; ) {
      const entries = (await redis.xRange(at.log, from, '+', { COUNT: BATCH })) ?? []
      for (const { message } of entries) {
        const { a: written = '0', b: body = '' } = message
        if (!body.startsWith('{"event":"acknowledged"')) continue
        const { record } = JSON.parse(body) as { readonly record: { readonly ref: string } }
        if (!acknowledged.has(record.ref)) acknowledged.set(record.ref, Number(written))
      }
      const last = entries.at(-1)
      if (last === undefined || entries.length < BATCH) break
      from = `(${last.id}`
    }
    const [rows, steps] = await Promise.all([redis.hGetAll(at.notifications), redis.hGetAll(at.notificationSteps)])
    const sendings = new Map<string, Sending[]>()
    for (const [delivery, text] of Object.entries(rows)) {
      const { ref } = JSON.parse(text) as { readonly ref: string }
      const lines = (steps[delivery] ?? '').split('\n').map((line) => line.split('|'))
      const claimed = lines.flatMap(([instant, state]) => (state === 'sending' ? [Number(instant)] : []))
      const id = messageId(site, { id: delivery })
      const words = lines.map(([instant, state, detail]) => `${new Date(Number(instant)).toISOString().slice(11, 23)} ${state ?? ''}${detail === '' ? '' : ` (${detail ?? ''})`}`)
      sendings.set(ref, [...(sendings.get(ref) ?? []), { id, ofLadder: delivery.startsWith(`${ref}/ownership/`), claimed, steps: `${delivery} ${id}: ${words.join(', ')}` }])
    }
    return { acknowledged, sendings }
  } finally {
    redis.destroy()
  }
}
