/** Where a text stops being JSON: not every JSON.parse says so, and never by line and column. */

/** One token but text; numbers have no leading zero or plus. */
const token = /([{}[\],:])|(?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)(?![\w.+-])/y
const escape = /["\\/bfnrt]|u[\da-fA-F]{4}/y
const space = /[ \t\r\n]*/y

/** What may come next: a value, a key, the colon after it, or what follows a value; "first" also takes the end of an empty list or object. */
type Expect = 'value' | 'first-value' | 'first-key' | 'key' | 'colon' | 'after'

const words: Readonly<Record<Expect, string>> = { value: 'a value', 'first-value': 'a value or ]', 'first-key': 'a name in double quotes or }', key: 'a name in double quotes', colon: 'a colon', after: 'a comma or the end of the list or object' }

const startOf = (text: string, at: number): number => {
  space.lastIndex = at
  space.exec(text)
  return space.lastIndex
}

/** The end of the text in double quotes that begins at `at`, or null with the offset where it stops being one. */
const endOfText = (text: string, at: number): { readonly ok: boolean; readonly at: number } => {
  for (let i = at + 1; i < text.length; i += 1) {
    const code = text.charCodeAt(i)
    if (code === 0x22) return { ok: true, at: i + 1 }
    if (code < 0x20) return { ok: false, at: i }
    if (code !== 0x5c) continue
    escape.lastIndex = i + 1
    if (!escape.test(text)) return { ok: false, at: i }
    i = escape.lastIndex - 1
  }
  return { ok: false, at: text.length }
}

/** The state after a token, or null when it may not stand here. `open`: the brackets not closed yet. */
const step = (expect: Expect, mark: string | undefined, isText: boolean, open: string[]): Expect | null => {
  if (mark === undefined) {
    if (expect === 'value' || expect === 'first-value') return 'after'
    return (expect === 'key' || expect === 'first-key') && isText ? 'colon' : null
  }
  if (mark === '{' || mark === '[') {
    if (expect !== 'value' && expect !== 'first-value') return null
    open.push(mark)
    return mark === '{' ? 'first-key' : 'first-value'
  }
  if (mark === ':') return expect === 'colon' ? 'value' : null
  if (mark === ',') return expect !== 'after' || open.length === 0 ? null : open.at(-1) === '{' ? 'key' : 'value'
  const closes = mark === '}' ? '{' : '['
  if (open.at(-1) !== closes || (expect !== 'after' && expect !== (mark === '}' ? 'first-key' : 'first-value'))) return null
  open.pop()
  return 'after'
}

/** Longer texts are not looked through: who waits for the answer is everybody. */
const MOST = 500_000

/** The offset of the first character that is not JSON, and what could stand there; null for JSON. Without recursion, in one pass. */
export const jsonFaultAt = (text: string): { readonly at: number; readonly expected: string } | null => {
  const open: string[] = []
  let expect: Expect = 'value'
  for (let at = 0; ; ) {
    const start = startOf(text, at)
    const whole = expect === 'after' && open.length === 0
    if (start === text.length) return whole ? null : { at: start, expected: words[expect] }
    const isText = text[start] === '"'
    const ended = isText ? endOfText(text, start) : null
    if (ended?.ok === false) return { at: ended.at, expected: 'the end of the text in double quotes, without a line break or a lone backslash' }
    token.lastIndex = start
    const found = isText ? null : token.exec(text)
    const next: Expect | null = found === null && !isText ? null : step(expect, found?.[1], isText, open)
    if (next === null) return { at: start, expected: whole ? 'the end' : words[expect] }
    expect = next
    at = ended?.at ?? token.lastIndex
  }
}

/** "line 3, column 14: expected a comma ..." */
export const jsonFaultWords = (text: string): string => {
  const fault = jsonFaultAt(text.slice(0, MOST))
  // The cut may have gone through a number or an escape.
  if (fault === null || (text.length > MOST && fault.at > MOST - 1_000)) return `the fault lies behind its first ${MOST} characters`
  const before = text.slice(0, fault.at)
  return `line ${before.split('\n').length}, column ${fault.at - before.lastIndexOf('\n')}: expected ${fault.expected}${fault.at === text.length ? ', but it ends' : ''}`
}
