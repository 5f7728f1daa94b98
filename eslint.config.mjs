import { createTypeScriptImportResolver } from 'eslint-import-resolver-typescript'
import { importX } from 'eslint-plugin-import-x'
import vue from 'eslint-plugin-vue'
import vueAccessibility from 'eslint-plugin-vuejs-accessibility'
import tseslint from 'typescript-eslint'

/** The import table of docs/architecture.md: `target` may not import `from`. */
const zone = (target, from, except = []) => ({ target: `./${target}`, from: from.map((path) => `./${path}`), except })
const serverParts = ['contract', 'redis', 'replica', 'ingest', 'incidents', 'live', 'access', 'http'].map((part) => `server/${part}`)
const allBut = (...kept) => serverParts.filter((part) => !kept.includes(part.slice('server/'.length)))
/** Two small doors that every routes file may use: refusals and rights. */
const routeDoors = [
  { from: './server/http', except: ['./problem.ts'] },
  { from: './server/access', except: ['./guard.ts'] },
]
const routesZone = (target, ...kept) => [
  ...[zone(target, allBut(...kept, 'http', 'access'))].filter(({ from }) => from.length > 0),
  ...routeDoors
    .filter(({ from }) => !kept.some((part) => from === `./server/${part}`))
    .map((door) => ({ target: `./${target}`, ...door })),
]

const zones = [
  zone('server', ['workers', 'client', 'test']),
  zone('workers', ['client', 'test', 'server/live', 'server/access', 'server/http']),
  zone('server/domain', [...serverParts, 'server/log.ts', 'server/config.ts']),
  zone('server/contract', allBut('contract')),
  zone('server/redis', allBut('contract', 'redis')),
  zone('server/replica', allBut('redis', 'replica')),
  ...routesZone('server/ingest', 'contract', 'redis', 'ingest'),
  ...routesZone('server/incidents', 'contract', 'redis', 'incidents'),
  ...routesZone('server/access', 'contract', 'redis', 'access'),
  ...routesZone('server/live', 'contract', 'redis', 'replica', 'ingest', 'incidents', 'access', 'live'),
  zone('client', ['server/redis', 'server/replica', 'server/ingest', 'server/incidents', 'server/live', 'server/access', 'server/http', 'workers', 'test']),
]

/** One door per library. */
const door = (name, ...doors) => ({ name, doors })
const doors = [
  door('redis', 'server/redis/**', 'test/**', 'bench/**'),
  door('socket.io', 'server/live/**', 'test/**', 'bench/**'),
  door('express', 'server/http/**', 'server/access/guard.ts', '**/*routes.ts', 'test/**', 'bench/**'),
  door('bullmq', 'workers/**', 'test/**', 'bench/**'),
  door('socket.io-client', 'client/live/**', 'test/**', 'bench/**'),
  door('chart.js', 'client/kpi/**'),
]

export default tseslint.config(
  { ignores: ['dist/**', 'node_modules/**', 'data/**', 'coverage/**', '.tmp/**'] },
  ...tseslint.configs.recommended,
  ...vue.configs['flat/recommended'],
  ...vueAccessibility.configs['flat/recommended'],
  { files: ['**/*.vue'], languageOptions: { parserOptions: { parser: tseslint.parser } } },
  {
    plugins: { 'import-x': importX },
    settings: { 'import-x/resolver-next': [createTypeScriptImportResolver({ project: ['tsconfig.json', 'client/tsconfig.json'] })] },
    rules: {
      'import-x/no-cycle': ['error', { ignoreExternal: true }],
      'import-x/no-restricted-paths': ['error', { zones }],
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      'no-console': 'error',
      'vue/max-attributes-per-line': 'off',
      'vue/singleline-html-element-content-newline': 'off',
      'vue/html-self-closing': 'off',
      'vue/multi-word-component-names': 'off',
      'vue/no-v-html': 'error',
      'vuejs-accessibility/label-has-for': ['error', { required: { some: ['nesting', 'id'] } }],
    },
  },
  ...doors.map(({ name, doors: allowed }) => ({
    files: ['server/**/*.ts', 'workers/**/*.ts', 'client/**/*.ts', 'client/**/*.vue'],
    ignores: allowed,
    rules: { '@typescript-eslint/no-restricted-imports': ['error', { paths: [{ name, message: `${name} has one door: ${allowed[0]}` }] }] },
  })),
  {
    files: ['server/domain/**/*.ts'],
    rules: {
      'no-restricted-imports': ['error', { patterns: [{ regex: '^(?!\\.{1,2}/|temporal-polyfill$)', message: 'domain imports nothing from outside but the time polyfill' }] }],
      'no-restricted-globals': ['error', 'process', 'setTimeout', 'setInterval', 'fetch', 'crypto', 'performance'],
      'no-restricted-properties': ['error', { object: 'Math', property: 'random' }, { object: 'Date', property: 'now' }],
    },
  },
  { files: ['scripts/**', 'bench/**', 'test/**', '*.mjs', 'server/cli/**'], rules: { 'no-console': 'off' } },
)
