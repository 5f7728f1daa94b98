export interface Column {
  readonly key: string
  readonly label: string
  /** A CSS grid track. */
  readonly width: string
  /** Numbers stand at the end, so that digits line up. */
  readonly end?: boolean
  readonly sortable?: boolean
  readonly title?: string
  /** Named for screen readers only. */
  readonly quiet?: boolean
}
