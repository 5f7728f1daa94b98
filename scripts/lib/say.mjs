const started = Date.now()

// The terminal may be gone before we are (closed window, killed npm): writing must not be what ends us.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {})

export const say = (text = '') => process.stdout.write(`${text}\n`)
export const sayError = (text) => process.stderr.write(`${text}\n`)

export const secondsSince = (at) => `${((Date.now() - at) / 1000).toFixed(1)} s`
export const sinceStart = () => secondsSince(started)

/** What a person has to do, as an error: shown without a stack. */
export class Hindrance extends Error {
  constructor(message, code = 1) {
    super(message)
    this.code = code
  }
}

/** Announces a step, tells every few seconds that it goes on (`progress` may say how far), and how long it took. */
export const step = async (title, work, { progress = () => '', everyMs = 5_000 } = {}) => {
  const at = Date.now()
  say(`  ${title} ...`)
  const timer = setInterval(() => say(`    ${title}: ${[progress(), secondsSince(at)].filter(Boolean).join(', ')}`), everyMs)
  try {
    const result = await work()
    say(`  ${title}: done in ${secondsSince(at)}`)
    return result
  } finally {
    clearInterval(timer)
  }
}
