import type { Incident } from '../contract/rows.ts'
import { deploymentWords, ownDeployment } from './page-deployment.ts'

/** Pages that open without sign-in and without scripts: readable on any phone at night. Styles are attributes, as the content policy asks. */

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
const clockTime = (iso: string, timeZone: string): string => new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', minute: '2-digit' }).format(Date.parse(iso))

/** `again`: seconds after which the page is fetched anew; it has no scripts that could count down. */
const page = (title: string, body: string, again: number | null = null): string =>
  `<!doctype html><html lang="en" style="color-scheme:dark"><head><meta charset="utf-8">${again === null ? '' : `<meta http-equiv="refresh" content="${again}">`}<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="robots" content="noindex"><title>${escaped(title)}</title></head><body style="margin:0;background:#0e1116;color:#f2f4f8;font:17px/1.5 system-ui,-apple-system,Segoe UI,Roboto,sans-serif"><main style="max-width:34rem;margin:0 auto;padding:24px 20px 40px">${body}</main></body></html>`

const line = (text: string, quiet = false): string => `<p style="margin:0 0 10px${quiet ? ';color:#aab3c0' : ''}">${escaped(text)}</p>`
const heading = (text: string): string => `<h1 style="margin:0 0 14px;font-size:26px;line-height:1.25;font-weight:650">${escaped(text)}</h1>`
const button = (action: string, words: string, loud: boolean): string =>
  `<form method="post" style="margin:22px 0 0"><input type="hidden" name="action" value="${action}"><button type="submit" style="display:block;width:100%;min-height:${loud ? 64 : 48}px;border:${loud ? '0' : '1px solid #8b95a5'};border-radius:12px;background:${loud ? '#ffd166' : 'transparent'};color:${loud ? '#14181f' : '#f2f4f8'};font:inherit;font-weight:650;font-size:${loud ? 20 : 16}px">${words}</button></form>`

export interface LinkView {
  readonly incident: Incident
  readonly title: string
  /** Who the page was sent to. */
  readonly person: { readonly id: string; readonly name: string }
  readonly timeZone: string
  /** Epoch ms by which what is left is told. */
  readonly now: number
  /** Neither service nor title may be told. */
  readonly discreet: boolean
  /** May acknowledge by this link still. */
  readonly fresh: boolean
  /** They took it so short ago that it can be taken back without a reason. */
  readonly undo: boolean
  readonly openUrl: string
  /** What just was refused, in words. */
  readonly refusal: string | null
}

const stateWords: Readonly<Record<Incident['state'], string>> = { draft: 'Draft', open: 'New: nobody has taken it', acknowledged: 'Acknowledged', 'in-progress': 'Working', 'on-hold': 'On hold', resolved: 'Resolved', closed: 'Closed', cancelled: 'Cancelled', merged: 'Merged' }

const ownership = ({ incident, person }: LinkView): string => {
  if (incident.owner === null) return ''
  return incident.owner.id === person.id ? line('You have it. The ladder has stopped.') : line(`${incident.owner.name} has it.`)
}

/** A ladder's minutes: whole ones until the last, for the page is as old as its last fetch. */
const leftText = (ms: number): string => (ms <= 0 ? 'overdue' : ms < 60_000 ? 'in less than 1 minute' : ms < 5_400_000 ? `in ${Math.floor(ms / 60_000)} min` : `in ${Math.floor(ms / 3_600_000)} h`)
const targetWords = (target: string): string => (target.startsWith('role:') ? target.replace(/^role:/, 'the ').replaceAll('-', ' ') : target.replace(/^[a-z]+:/, ''))
/** Who is woken when if nobody takes it, large enough for a bedside table. */
const countdown = ({ incident, timeZone, now }: LinkView): string => {
  if (incident.next === null || incident.state !== 'open') return ''
  const left = Date.parse(incident.next.at) - now
  const who = (incident.next.called ?? incident.next.targets).map(targetWords).join(', ')
  if (left <= 0) return line(`Being told now: ${who}.`)
  return `<p style="margin:16px 0 2px;font-size:30px;line-height:1.2;font-weight:650">${escaped(leftText(left).replace(/^in (?!less)/, ''))}</p>${line(`until ${who} is told, at ${clockTime(incident.next.at, timeZone)}, if nobody takes it.`)}`
}
/** The clocks that run, in words. */
const due = ({ incident, timeZone, now }: LinkView): string =>
  (incident.state === 'open' ? (['response'] as const) : (['resolution', 'update'] as const))
    .flatMap((kind) => incident.clocks.filter((clock) => clock.kind === kind && clock.state === 'running' && clock.dueAt !== null))
    .map(({ kind, dueAt }) => (dueAt === null ? '' : line(`${kind === 'response' ? 'A response' : kind === 'update' ? 'The next update' : 'The resolution'} is due by ${clockTime(dueAt, timeZone)}, ${leftText(Date.parse(dueAt) - now)}.`)))
    .join('')
const about = ({ incident, timeZone, discreet }: LinkView): string => {
  const known = [discreet ? null : incident.service, incident.openedAt === null ? null : `opened ${clockTime(incident.openedAt, timeZone)}`].filter((text) => text !== null && text !== '')
  return known.length === 0 ? '' : line(known.join(' · '), true)
}
/** While it waits for somebody the page keeps itself current. */
const AGAIN_S = 20

const acts = (view: LinkView): string => {
  const { incident, fresh, undo } = view
  if (incident.state === 'open') return fresh ? button('acknowledge', 'Acknowledge', true) : line('This link has been used, or the incident was reopened since it was sent: a newer page acknowledges.', true)
  return undo ? button('unacknowledge', 'Take it back', false) : ''
}

/** Of whoever is sent for: what is asked of them stands before everything else. */
const sentFor = ({ incident, person, timeZone }: LinkView): string => {
  const own = ownDeployment(incident.deployments, person.id)
  if (own === null) return ''
  const { title, lines, choices } = deploymentWords(own, (iso) => clockTime(iso, timeZone))
  return `<section style="margin:0 0 18px;padding:14px 16px 18px;border:1px solid #8b95a5;border-radius:12px"><p style="margin:0 0 8px;font-size:20px;font-weight:650">${escaped(title)}</p>${lines.map((text) => line(text)).join('')}${choices.map(({ action, words, loud }) => button(action, words, loud)).join('')}</section>`
}

/** The incident behind a page, and one thing to do with it. */
export const incidentPage = (view: LinkView): string => {
  const { incident, title, openUrl, refusal } = view
  const mark = `<p style="margin:0 0 8px;font-weight:650"><span style="display:inline-block;padding:2px 10px;border-radius:6px;background:#5c1620;color:#ffd9dd">${escaped(incident.priority ?? incident.type)}</span> <span style="color:#aab3c0;font-weight:400">${escaped(incident.ref)}</span></p>`
  const body = [mark, heading(title), sentFor(view), about(view), line(stateWords[incident.state]), ownership(view), due(view), countdown(view), refusal === null ? '' : `<p role="alert" style="margin:0 0 10px;color:#ffb4bc">${escaped(refusal)}</p>`, acts(view), `<p style="margin:26px 0 0"><a href="${escaped(openUrl)}" style="color:#9ec1ff">Open in Floorwatch</a> <span style="color:#aab3c0">(asks for sign-in)</span></p>`]
  return page(`${incident.ref} ${title}`, body.join(''), incident.state === 'open' && refusal === null ? AGAIN_S : null)
}

/** Nothing to see: why, and where to go. */
export const plainPage = (title: string, text: string, openUrl: string): string => page(title, `${heading(title)}${line(text)}<p style="margin:26px 0 0"><a href="${escaped(openUrl)}" style="color:#9ec1ff">Open Floorwatch</a></p>`)
