/** Raised when the same log would give another floor, or a base is written in another form: revisions, snapshots and rows of one version are not mixed with another's. */
export const foldVersion = 14
