

/** Counts, sums and derived figures of one window; a figure without a denominator is null. Durations in ms, ratios 0..1. */
export interface MetricBlock {
  readonly offered: number
  readonly answered: number
  readonly abandoned: number
  readonly shortAbandoned: number
  readonly callbacks: number
  readonly flowedOut: number
  readonly systemEnded: number
  readonly pending: number
  readonly refused: number
  readonly handled: number
  readonly answeredInTarget: number
  readonly abandonedInTarget: number
  readonly flowedOutInTarget: number
  readonly callbacksInTarget: number
  readonly transferred: number
  readonly ringNoAnswer: number
  readonly surveys: number
  readonly surveysSatisfied: number
  readonly resolutionsAsked: number
  readonly resolved: number
  /** Customers who left while on hold: neither an abandon nor a normal end. Null (as those below down to `ringMsTotal`) in rows kept before it was counted. */
  readonly holdAbandoned: number | null
  /** Answers on a scale from 0 to 10, and those of 9 and 10, and of 6 and less. */
  readonly npsAnswers: number | null
  readonly npsPromoters: number | null
  readonly npsDetractors: number | null
  /** Customers asked for an answer, by when they were asked, and those of them who answered within 72 hours. */
  readonly surveysSent: number | null
  readonly surveysAnswered: number | null
  /** Legs that had hold, that had after-call work; and who ended the conversation, where the platform says so. */
  readonly held: number | null
  readonly wrapped: number | null
  readonly endedByAgent: number | null
  readonly endedByCustomer: number | null
  /** Answered contacts of which it is known how long they rang at whoever answered, and for how long. */
  readonly ringKnown: number | null
  readonly ringMsTotal: number | null
  /** Inbound contacts whose customer is known, and those of them that follow an ended contact of the same customer. */
  readonly identified: number
  readonly repeats: number
  /** The answered ones of both, booked at the answer: what FCR by repeats is of; null in rows kept before they were counted. */
  readonly identifiedAnswered: number | null
  readonly repeatsAnswered: number | null
  /** Handlings whose after-call work was capped, and those whose platform told of hold and of after-call work at all. */
  readonly acwCapped: number
  readonly holdKnown: number
  readonly acwKnown: number
  readonly waitMsTotal: number
  readonly talkMsTotal: number
  readonly holdMsTotal: number
  readonly acwMsTotal: number
  /** Of these three together the part that is the legs' own where agents had several at once; null in rows kept before it was counted. */
  readonly activeMsTotal: number | null
  /** Over all abandoned; the short ones' part stands beside it. */
  readonly abandonWaitMsTotal: number
  readonly shortAbandonWaitMsTotal: number
  /** On the 1 to 5 scale. */
  readonly surveyScoreTotal: number
  /** Agents' wall-clock time in contacts and wrap-up, available, and signed in at all. */
  readonly handlingMsTotal: number
  readonly availableMsTotal: number
  readonly signedInMsTotal: number | null
  readonly serviceLevel: number | null
  readonly asaMs: number | null
  /** Session time a leg, and active time: of time with k legs at once each has 1/k. */
  readonly ahtMs: number | null
  readonly activeMs: number | null
  readonly talkMs: number | null
  readonly holdMs: number | null
  readonly acwMs: number | null
  /** Over the legs that had hold, that had after-call work; `holdMs` and `acwMs` are over all legs. */
  readonly holdOfHeldMs: number | null
  readonly acwOfWrappedMs: number | null
  /** How long the agent who answered let it ring. */
  readonly ringMs: number | null
  readonly abandonRate: number | null
  readonly occupancy: number | null
  /** Handling of signed-in time, AUX included in the latter. */
  readonly utilisation: number | null
  readonly fcr: number | null
  /** 'disposition' or 'repeat': which method `fcr` uses; null when neither has data. */
  readonly fcrMethod: 'disposition' | 'repeat' | null
  readonly csat: number | null
  /** -100 to 100 points. */
  readonly nps: number | null
  readonly surveyResponseRate: number | null
  readonly waitMsP50: number | null
  readonly waitMsP90: number | null
  readonly handleMsP50: number | null
  readonly handleMsP90: number | null
}

/** Answers of people in written conversations (METRICS section 3); null where there are none to count: by telephone, and in rows kept before they were counted. */
export interface ResponseFigures {
  /** Conversations answered for the first time, by when that was, and those of them within the target in the queue's hours. */
  readonly firstResponses: number | null
  readonly firstResponsesInTarget: number | null
  readonly firstResponseMsTotal: number | null
  readonly firstResponseBusinessMsTotal: number | null
  /** Later answers to whatever the customer wrote next. */
  readonly nextResponses: number | null
  readonly nextResponsesInTarget: number | null
  readonly nextResponseMsTotal: number | null
  readonly nextResponseBusinessMsTotal: number | null
  /** Conversations resolved, by when that was; those that a target was set for, and those of them within it in the queue's hours. */
  readonly resolutions: number | null
  readonly resolutionsJudged: number | null
  readonly resolutionsInTarget: number | null
  readonly resolutionMsTotal: number | null
  readonly resolutionBusinessMsTotal: number | null
  readonly firstResponseMs: number | null
  readonly firstResponseBusinessMs: number | null
  readonly nextResponseMs: number | null
  readonly nextResponseBusinessMs: number | null
  readonly resolutionMs: number | null
  readonly resolutionBusinessMs: number | null
  readonly firstResponseMsP50: number | null
  readonly firstResponseMsP90: number | null
  readonly firstResponseBusinessMsP50: number | null
  readonly firstResponseBusinessMsP90: number | null
  readonly nextResponseMsP50: number | null
  readonly nextResponseMsP90: number | null
  readonly nextResponseBusinessMsP50: number | null
  readonly nextResponseBusinessMsP90: number | null
  readonly resolutionMsP50: number | null
  readonly resolutionMsP90: number | null
  readonly resolutionBusinessMsP50: number | null
  readonly resolutionBusinessMsP90: number | null
}
