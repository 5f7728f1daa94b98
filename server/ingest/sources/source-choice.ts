import type { z } from 'zod'
import type { source } from '../../contract/settings/floor-schema.ts'
import { problem } from '../../http/problem.ts'
import type { AcwRule } from './asterisk-members.ts'

export type SourceSection = z.infer<typeof source>
/** The section `sources` of a site's settings. */
export type SourcesOf = (site: string) => Promise<Readonly<Record<string, SourceSection>>>

export interface ChosenSource {
  readonly id: string
  readonly section: SourceSection | null
}

/**
 * Which configured source a body or a file belongs to: the one asked for, else the only one of that platform, else the
 * platform's own name. The same lines brought by follower, body and import are one source's, and so one event each.
 */
export const chooseSource = (sources: Readonly<Record<string, SourceSection>>, platform: string, asked: string | null): ChosenSource => {
  const own = Object.entries(sources).filter(([, section]) => section.platform === platform)
  if (asked !== null) {
    const found = own.find(([id]) => id === asked)
    if (found === undefined) throw problem(422, 'unknown_source', `source "${asked.slice(0, 60)}" is not a source of ${platform} in the settings; known: ${own.map(([id]) => id).join(', ') || 'none'}`)
    return { id: found[0], section: found[1] }
  }
  const [only, ...others] = own
  return only !== undefined && others.length === 0 ? { id: only[0], section: only[1] } : { id: platform, section: null }
}

export const acwRuleOf = (section: SourceSection | null): AcwRule => {
  const acw = section?.acw
  return acw?.startsWith('pause:') ? `pause:${acw.slice('pause:'.length)}` : 'none'
}
