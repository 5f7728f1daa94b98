import { inject, type InjectionKey } from 'vue'
import type { WordsPart } from './i18n.ts'

/** For parts of the desk that a wall opens: their words come with them. */
export const loadWordsKey: InjectionKey<(part: WordsPart) => Promise<void>> = Symbol('load words')
export const useLoadWords = () => inject(loadWordsKey, async () => undefined)
