import type { Message } from './channel.ts'

/** One mail: calm, thin, the same words as text and as HTML. */

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')

const actionOf = ({ text }: Message): string => (text.canAcknowledge ? 'Open and acknowledge' : 'Open')

export const mailText = (message: Message): string => {
  const { lines, link } = message.text
  return [...lines, '', `${actionOf(message)}: ${link}`, ...(message.text.ref === '' ? [] : ['', 'The link works for 30 minutes without signing in. Opening it changes nothing; the page asks first.']), ''].join('\n')
}

/** Inline styles alone: mail readers drop the rest. Nothing is loaded from anywhere. */
export const mailHtml = (message: Message): string => {
  const { subject, lines, link, ref } = message.text
  const paragraphs = lines.map((line) => `<p style="margin:0 0 8px">${escaped(line)}</p>`).join('')
  const note = ref === '' ? '' : '<p style="margin:16px 0 0;color:#5b6472;font-size:13px">The link works for 30 minutes without signing in. Opening it changes nothing; the page asks first.</p>'
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${escaped(subject)}</title></head><body style="margin:0;padding:24px;font:16px/1.5 -apple-system,Segoe UI,Roboto,sans-serif;color:#14181f;background:#ffffff"><h1 style="margin:0 0 12px;font-size:20px;line-height:1.3">${escaped(subject)}</h1>${paragraphs}<p style="margin:20px 0 0"><a href="${escaped(link)}" style="display:inline-block;padding:14px 22px;border-radius:8px;background:#1f4fd8;color:#ffffff;text-decoration:none;font-weight:600">${actionOf(message)}</a></p>${note}</body></html>`
}
