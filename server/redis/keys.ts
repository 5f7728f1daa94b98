/** Every key of the product, in one place. All keys of a site carry `{site}`: one Redis Cluster slot a site. */

export interface SiteKeys {
  readonly log: string
  /** The floor just before the first entry kept in the hot log, in pieces, with that entry's id. */
  readonly base: string
  readonly epoch: string
  readonly snapshot: string
  /** Manifest of the archive: one field a closed day. */
  readonly archive: string
  readonly rows: (day: string) => string
  /** What closed rows of a UTC day were before they were corrected, oldest first. */
  readonly corrections: (day: string) => string
  /** Planned figures of queues by quarter hour, and planned activities of agents, by UTC day. */
  readonly plan: (day: string) => string
  /** Contact -> who called them back after a bad answer, and when. */
  readonly followUps: string
  /** Sorted: answers that came when their contact was history, by when they came. */
  readonly lateAnswers: string
  readonly schedule: (day: string) => string
  /** Up to which entry rows are written, and from which segments closed days were folded. */
  readonly folded: string
  /** Entries that no fold could read, with the reason. */
  readonly quarantine: string
  readonly seen: (day: string, shard: number) => string
  readonly sequences: string
  /** HMAC of a customer's key -> token, wrapped key, sealed values. */
  readonly subjects: string
  /** Sorted: subject token by the instant its last contact ended. */
  readonly ends: string
  /** Register number -> sealed agent. */
  readonly agents: string
  /** HMAC of an agent's platform id -> register number. */
  readonly agentNumbers: string
  /** Text id -> sealed text with its salt. */
  readonly texts: string
  readonly settings: string
  readonly settingsSecrets: string
  readonly keeper: string
  readonly fence: string
  /** Rule and queue -> state of an open or pending breach. */
  readonly breaches: string
  readonly incidents: string
  readonly incident: (ref: string) => string
  readonly incidentEvents: (ref: string) => string
  /** Refs of the incidents that are not closed, cancelled or merged, by number. */
  readonly incidentsActive: string
  /** Year -> last number given. */
  readonly incidentNumber: string
  /** Hash of another system's number -> the incident that stands for it. */
  readonly importedIncidents: string
  /** Delivery id -> `ladder:generation` or `-`, for what of this incident waits in the outbox. */
  readonly incidentOutbox: (ref: string) => string
  /** Incident -> people whom it has or has asked; `#`: how often any of it changed. */
  readonly commitments: string
  /** Person id -> text id of the name. */
  readonly peopleNames: string
  readonly timersUrgent: string
  readonly timersRoutine: string
  readonly timers: string
  readonly inFlight: string
  readonly outbox: string
  readonly outboxDue: string
  /** Delivery id -> token of the sender that holds it. */
  readonly outboxLeases: string
  /** Webhook -> why and since when it is disabled. */
  readonly channelsDisabled: string
  readonly deadLetters: string
  /** Delivery id -> the row as it was planned: the log of notifications, and what makes a key unique for good. */
  readonly notifications: string
  /** Delivery id -> what became of it, one line a step. */
  readonly notificationSteps: string
  /** Delivery ids by the instant they were planned. */
  readonly notificationOrder: string
  /** Person -> when a paced message was last sent to them. */
  readonly paced: string
  /** Reply code -> delivery it answers. */
  readonly replyCodes: string
  /** Person and channel -> fingerprint of the address that was proved to reach them. */
  readonly verifiedRoutes: string
  /** A link in a page that was used to acknowledge. */
  readonly linkUsed: (hash: string) => string
  readonly audit: string
  /** One line an erasure: how much, never whose. */
  readonly erasures: string
  /** Drill id -> the run; and the number of the last. */
  readonly drills: string
  readonly idempotency: (hash: string) => string
  /** How many whole numbers of callers a credential (hashed) has asked for within the hour. */
  readonly reveals: (hash: string) => string
  /** Key of reports (hashed) -> the incident they belong to. */
  readonly reportKey: (hash: string) => string
  readonly imports: string
  /** Id -> a stretch of days that is or was measured again, and the ids of those that are not done. */
  readonly recomputes: string
  readonly recomputesOpen: string
  readonly import: (id: string) => string
  readonly follower: (source: string) => string
  /** What the demo remembers between starts, and the scenarios that changed its simulation. */
  readonly demo: string
  readonly demoActs: string
  /** Names of queues that events have used: unknown ones are capped. */
  readonly queueNames: string
  /** Source -> how many of those names it brought. */
  readonly queueNamesBy: string
  /** When an event without a time of its own first arrived, so that a repetition has the same. */
  readonly arrival: (idHash: string) => string
}

export interface Keys {
  /** All keys of the installation begin with it and a colon. */
  readonly prefix: string
  readonly sites: string
  /** Calendars above the sites: the newest version, and those before it. */
  readonly organisation: string
  readonly users: string
  readonly userNames: string
  readonly apiKeys: string
  readonly setup: string
  /** Paired walls by id, and when each was last seen. */
  readonly screens: string
  readonly screensSeen: string
  /** Hash of what a waiting screen asks with -> `waiting`, or the id it was paired as. */
  readonly pairing: (device: string) => string
  /** The code that a waiting screen shows -> that hash. */
  readonly pairingCode: (code: string) => string
  readonly session: (hash: string) => string
  readonly sessionsOf: (user: string) => string
  /** Kind -> greatest version of the programs that have written: an older one refuses to start. */
  readonly dataVersions: string
  /** Written by readiness probes. */
  readonly probe: string
  readonly jobs: string
  /** Short words between processes. */
  readonly notices: string
  /** Pub/sub channel: a timer or a delivery was written (`site instant`). */
  readonly wake: string
  /** Person -> sealed push subscriptions of their browsers. */
  readonly pushSubscriptions: string
  /** Sealed key pair that signs web push. */
  readonly vapid: string
  /** Pub/sub channel: something to show on a person's screens. */
  readonly desk: string
  /** Delivery -> what a person's screens have not shown yet. */
  readonly deskUnshown: (person: string) => string
  /** Counts the notices of a person. */
  readonly deskNumber: (person: string) => string
  readonly site: (site: string) => SiteKeys
}

/** So many sites' keys are kept: they are asked for with every command. */
const SITES_KEPT = 1_000
const remembered = <T>(make: (site: string) => T): ((site: string) => T) => {
  const known = new Map<string, T>()
  return (site) => {
    const made = known.get(site) ?? make(site)
    if (known.size >= SITES_KEPT) known.clear()
    known.set(site, made)
    return made
  }
}

export const keysUnder = (prefix = 'fw'): Keys => ({
  prefix,
  sites: `${prefix}:sites`,
  organisation: `${prefix}:organisation`,
  users: `${prefix}:users`,
  userNames: `${prefix}:user-names`,
  apiKeys: `${prefix}:api-keys`,
  setup: `${prefix}:setup-links`,
  screens: `${prefix}:screens`,
  screensSeen: `${prefix}:screens-seen`,
  pairing: (device) => `${prefix}:pairing:${device}`,
  pairingCode: (code) => `${prefix}:pairing-code:${code}`,
  session: (hash) => `${prefix}:session:${hash}`,
  sessionsOf: (user) => `${prefix}:sessions-of:${user}`,
  dataVersions: `${prefix}:data-versions`,
  probe: `${prefix}:probe`,
  jobs: `${prefix}:jobs`,
  notices: `${prefix}:notices`,
  wake: `${prefix}:wake`,
  pushSubscriptions: `${prefix}:push-subscriptions`,
  vapid: `${prefix}:vapid`,
  desk: `${prefix}:desk`,
  deskUnshown: (person) => `${prefix}:desk-unshown:${person}`,
  deskNumber: (person) => `${prefix}:desk-number:${person}`,
  site: remembered<SiteKeys>((site) => {
    const at = `${prefix}:{${site}}`
    return {
      log: `${at}:log`,
      base: `${at}:base`,
      epoch: `${at}:epoch`,
      snapshot: `${at}:snapshot`,
      archive: `${at}:archive`,
      rows: (day) => `${at}:rows:${day}`,
      corrections: (day) => `${at}:corrections:${day}`,
      plan: (day) => `${at}:plan:${day}`,
      followUps: `${at}:follow-ups`,
      lateAnswers: `${at}:late-answers`,
      schedule: (day) => `${at}:schedule:${day}`,
      folded: `${at}:folded`,
      quarantine: `${at}:quarantine`,
      seen: (day, shard) => `${at}:seen:${day}:${shard}`,
      sequences: `${at}:sequences`,
      subjects: `${at}:subjects`,
      ends: `${at}:ends`,
      agents: `${at}:agents`,
      agentNumbers: `${at}:agent-numbers`,
      texts: `${at}:texts`,
      settings: `${at}:settings`,
      settingsSecrets: `${at}:settings-secrets`,
      keeper: `${at}:keeper`,
      fence: `${at}:fence`,
      breaches: `${at}:breaches`,
      incidents: `${at}:incidents`,
      incident: (ref) => `${at}:incident:${ref}`,
      incidentEvents: (ref) => `${at}:incident-events:${ref}`,
      incidentsActive: `${at}:incidents-active`,
      incidentNumber: `${at}:incident-number`,
      importedIncidents: `${at}:imported-incidents`,
      incidentOutbox: (ref) => `${at}:incident-outbox:${ref}`,
      commitments: `${at}:commitments`,
      peopleNames: `${at}:people-names`,
      timersUrgent: `${at}:timers-urgent`,
      timersRoutine: `${at}:timers-routine`,
      timers: `${at}:timers`,
      inFlight: `${at}:in-flight`,
      outbox: `${at}:outbox`,
      outboxDue: `${at}:outbox-due`,
      outboxLeases: `${at}:outbox-leases`,
      channelsDisabled: `${at}:channels-disabled`,
      deadLetters: `${at}:dead-letters`,
      notifications: `${at}:notifications`,
      notificationSteps: `${at}:notification-steps`,
      notificationOrder: `${at}:notification-order`,
      paced: `${at}:paced`,
      replyCodes: `${at}:reply-codes`,
      verifiedRoutes: `${at}:verified-routes`,
      linkUsed: (hash) => `${at}:link-used:${hash}`,
      drills: `${at}:drills`,
      audit: `${at}:audit`,
      erasures: `${at}:erasures`,
      reveals: (hash) => `${at}:reveals:${hash}`,
      reportKey: (hash) => `${at}:report-key:${hash}`,
      idempotency: (hash) => `${at}:idempotency:${hash}`,
      imports: `${at}:imports`,
      recomputes: `${at}:recomputes`,
      recomputesOpen: `${at}:recomputes-open`,
      import: (id) => `${at}:import:${id}`,
      follower: (source) => `${at}:follower:${source}`,
      demo: `${at}:demo`,
      demoActs: `${at}:demo-acts`,
      queueNames: `${at}:queue-names`,
      queueNamesBy: `${at}:queue-names-by`,
      arrival: (idHash) => `${at}:arrival:${idHash}`,
    }
  }),
})
