/** How Asterisk's two voices (queue_log and AMI) name agents, callers and calls, brought to one spelling. */

const technology = /^(?:Agent|Local|SIP|PJSIP|IAX2|SCCP|DAHDI|Skinny|USTM|MGCP|Console|Custom)\//i

/**
 * One agent, whatever the line calls them: `Local/1127@callback-agent`, `Agent/1127` and `PJSIP/1127` are `1127`; a member
 * name such as `Agent Three` stays as it is. Null when the field names nobody.
 */
export const agentIdOf = (member: string): string | null => {
  const text = member.trim()
  if (text === '' || text === 'NONE' || text === '<unknown>' || text === 'unknown') return null
  if (!technology.test(text)) return text.slice(0, 200)
  const rest = text.slice(text.indexOf('/') + 1)
  const id = rest.split('@')[0]?.split('/')[0]?.replace(/-[0-9a-f]{8}(?:;[12])?$/i, '') ?? ''
  return id === '' ? text.slice(0, 200) : id.slice(0, 200)
}

/** A caller number worth recognising again: withheld, internal and made-up ones are not. */
export const callerOf = (callerId: string | undefined): { readonly phone: string } | undefined => {
  const digits = (callerId ?? '').replace(/[\s().-]/g, '')
  return /^\+?\d{5,20}$/.test(digits) ? { phone: digits } : undefined
}

/** The visit's id, the same from both sources: AMI's Uniqueid is the queue_log's callid. */
export const visitId = (callId: string, ordinal: number): string => `${callId}#${ordinal}`.slice(0, 200)
