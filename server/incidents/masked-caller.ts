const masked = /^•••\d{0,3}$/

/**
 * The last three digits tell two callers apart; the whole number is asked for by name, with a reason, and that is audited
 * (RELIABILITY S37). What has hardly more digits than that, or none, is not shown at all. Masked twice is masked once.
 */
export const maskedCaller = (callerId: string | null): string | null => {
  if (callerId === null || callerId === 'withheld' || masked.test(callerId)) return callerId
  const digits = callerId.replace(/\D/g, '')
  return digits.length > 3 ? `•••${digits.slice(-3)}` : '•••'
}
