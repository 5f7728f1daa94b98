/** Raised when the same log would give another floor: revisions, snapshots and rows of one version are not mixed with another's. */
export const foldVersion = 1
