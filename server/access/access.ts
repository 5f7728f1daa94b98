import type { Credential } from '../contract/roles.ts'
import { administrator, bearerOf, sameSecret } from './administrator.ts'
import { isLocalToken } from './local-token.ts'

export type Headers = NodeJS.Dict<string | string[]>

export interface Access {
  /** Who asks; null: nobody known. A wrong bearer token is nobody, whatever cookie comes with it. */
  authenticate(headers: Headers, peer: string | undefined): Promise<Credential | null>
}

export interface AccessDeps {
  readonly adminToken: string | null
  readonly sessionSecret: string
  readonly now: () => number
}

export const openAccess = ({ adminToken, sessionSecret, now }: AccessDeps): Access => ({
  authenticate: async (headers) => {
    const token = bearerOf(headers.authorization)
    if (token === null) return null
    if (adminToken !== null && sameSecret(token, adminToken)) return administrator
    return isLocalToken(token, sessionSecret, now()) ? administrator : null
  },
})
