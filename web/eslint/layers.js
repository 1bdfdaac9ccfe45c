// Keeps the direction of imports: features -> {stores, components}, stores -> sync -> api.
// Sees static and dynamic imports, re-exports, aliases and relative paths.
import { dirname, join, posix, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..', 'src')

/** @type {Record<string, { may: string[], packages?: RegExp, why: string }>} */
const layers = {
  api: {
    may: [],
    packages: /^(?:vue|vue-.*|pinia|@vue\/.*|idb|virtua.*)$/,
    why: 'api is the one door to the network and rests on nothing of the app, so that it can be replaced or tested alone',
  },
  sync: {
    may: ['api'],
    packages: /^(?:vue|vue-.*|pinia|@vue\/.*|virtua.*)$/,
    why: 'sync is the engine without a face: it runs in tests and workers, so it knows no Vue, no stores and no views',
  },
  platform: {
    may: [],
    why: 'platform hides what differs between browser and Android, and must not depend on what is shown',
  },
  i18n: {
    may: [],
    why: 'i18n gives words and times to every layer above, so it can know none of them',
  },
  worker: {
    may: ['platform', 'i18n', 'sync', 'api'],
    packages: /^(?:vue|vue-.*|pinia|@vue\/.*|idb|virtua.*)$/,
    why: 'the service worker runs without a page, and stays small: of the app it knows the words of notifications and how rows are read',
  },
  stores: {
    may: ['sync', 'api', 'platform', 'i18n'],
    why: 'stores hold what is known; they may use sync and api, but a view knows its store and never the reverse',
  },
  components: {
    may: ['i18n', 'styles'],
    why: 'components take props and emit events; one that reads a store or the network cannot be reused or tested alone',
  },
  features: {
    may: ['stores', 'components', 'platform', 'i18n', 'styles'],
    why: 'views talk to stores; api and sync stay behind them, so that an answer and an event take the same way',
  },
}

/** @param {string} filename */
function layerOf(filename) {
  const path = relative(root, filename).split(sep)
  return path[0] && path[0] in layers && path.length > 1 ? path[0] : undefined
}

/** @type {import('eslint').Rule.RuleModule} */
export const direction = {
  meta: {
    type: 'problem',
    schema: [],
    messages: {
      layer: '{{from}} must not import {{to}}: {{why}}.',
      package: '{{from}} must not use {{to}}: {{why}}.',
    },
  },
  create(context) {
    const from = layerOf(context.filename)
    if (!from) return {}
    const rule = layers[from]
    if (!rule) return {}
    const here = posix.join(...relative(root, dirname(context.filename)).split(sep))

    /** @param {any} node */
    function check(node) {
      const source = node.source
      if (source?.type !== 'Literal' || typeof source.value !== 'string') return
      const path = source.value
      const inside = path.startsWith('@/')
        ? path.slice(2)
        : path.startsWith('.')
          ? posix.join(here, path)
          : ''
      if (!inside) {
        if (rule?.packages?.test(path)) {
          context.report({
            node: source,
            messageId: 'package',
            data: { from: String(from), to: path, why: rule.why },
          })
        }
        return
      }
      const to = inside.split('/')[0] ?? ''
      if (to === from || rule?.may.includes(to)) return
      // The way tests render a component is nobody's dependency.
      if (to === 'testing' && context.filename.endsWith('.test.ts')) return
      context.report({
        node: source,
        messageId: 'layer',
        data: { from: String(from), to, why: String(rule?.why) },
      })
    }
    return {
      ImportDeclaration: check,
      ImportExpression: check,
      ExportNamedDeclaration: check,
      ExportAllDeclaration: check,
    }
  },
}
