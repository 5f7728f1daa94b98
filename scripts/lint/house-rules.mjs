import { dirname, relative, resolve, sep } from 'node:path'
import { faultOfFile, faultOfPackage } from './import-table.mjs'

const root = resolve(import.meta.dirname, '../..')
const inProject = (path) => relative(root, path).split(sep).join('/')

/** All that a rule must look at: static, dynamic, type and re-exporting imports. */
const specifierOf = (node) => {
  if (node?.type === 'Literal' && typeof node.value === 'string') return node.value
  if (node?.type === 'TemplateLiteral' && node.expressions.length === 0) return node.quasis[0].value.cooked
  return null
}

const isTypeOnly = (node) =>
  node.type === 'TSImportType' ||
  node.importKind === 'type' ||
  node.exportKind === 'type' ||
  (node.type === 'ImportDeclaration' && node.specifiers.length > 0 && node.specifiers.every((specifier) => specifier.importKind === 'type'))

const imports = {
  meta: { type: 'problem', docs: { description: 'the import table and the doors of scripts/lint/import-table.mjs' }, schema: [], messages: { fault: '{{fault}}' } },
  create(context) {
    const from = inProject(context.filename)
    const check = (node, source) => {
      const specifier = specifierOf(source)
      if (specifier === null) return
      const fault = specifier.startsWith('.')
        ? faultOfFile(from, inProject(resolve(dirname(context.filename), specifier.replace(/\?.*$/, ''))), isTypeOnly(node))
        : faultOfPackage(from, specifier)
      if (fault !== null) context.report({ node, messageId: 'fault', data: { fault } })
    }
    return {
      ImportDeclaration: (node) => check(node, node.source),
      ImportExpression: (node) => check(node, node.source),
      ExportNamedDeclaration: (node) => check(node, node.source),
      ExportAllDeclaration: (node) => check(node, node.source),
      TSImportType: (node) => check(node, node.source ?? node.argument?.literal),
    }
  },
}

/** Relative imports name their file, so that a part can be told from its path and `tsc` can rewrite it. */
const endings = {
  meta: { type: 'problem', docs: { description: 'relative imports carry their ending' }, schema: [], messages: { ending: 'write the ending: {{specifier}}.ts' } },
  create: (context) => ({
    ImportDeclaration: (node) => {
      const specifier = specifierOf(node.source)
      if (specifier?.startsWith('.') && !/\.\w+(?:\?\w+)?$/.test(specifier)) context.report({ node, messageId: 'ending', data: { specifier } })
    },
  }),
}

export const houseRules = { meta: { name: 'house' }, rules: { imports, endings } }
