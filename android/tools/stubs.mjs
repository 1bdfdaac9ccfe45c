// Writes the classes of Android as Java, from the list of their signatures that Android publishes
// (api/current.txt): as stubs to compile the app against, which do nothing, or as fakes to run it with, which tell
// what was called (android/test/fake). Only the classes that the given sources name are written, what those extend
// and what their methods take and give.
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** Modules of Java itself are the compiler's. */
const ours = (name) => /^android\./.test(name)
const named = /\b(?:[a-z]\w*\.)+[A-Z]\w*(?:\.[A-Z]\w*)*/g
const primitive = ['boolean', 'byte', 'char', 'short', 'int', 'long', 'float', 'double']

/** All classes in a list of signatures, by full name. */
export function readSignatures(text) {
  const classes = new Map()
  let folder = ''
  let current
  for (const line of text.split('\n')) {
    const inside = line.match(/^package (.*) \{/)
    if (inside) folder = inside[1]
    else if (/^ {2}\S.* \{$/.test(line)) {
      const header = readHeader(line, folder)
      // A second list adds to the first.
      current = classes.get(header.name) ?? header
      classes.set(current.name, current)
    } else if (/^ {4}(ctor|method|field|enum_constant) /.test(line)) readMember(line.trim(), current)
  }
  return classes
}

function readHeader(line, folder) {
  const annotation = line.includes('@interface ')
  const retention = line.match(/@java\.lang\.annotation\.Retention\([^)]*\)/)?.[0] ?? ''
  const text = plain(line.replace('@interface', 'annotation')).replace(/ \{$/, '').trim()
  const [, modifiers, kind, rest] = text.match(/^(.*?)\b(class|interface|enum|annotation) (.*)$/)
  const [name, ...words] = split(rest, ' ')
  const after = (word) => {
    const from = words.indexOf(word)
    if (from < 0) return []
    const to = words.findIndex((other, i) => i > from && (other === 'extends' || other === 'implements'))
    return words.slice(from + 1, to < 0 ? undefined : to)
  }
  const bare = name.replace(/<.*/, '')
  return {
    name: `${folder}.${bare}`,
    folder,
    kind: annotation ? 'annotation' : kind,
    modifiers: modifiers.replace(/\b(static|deprecated)\b/g, '').trim(),
    generics: name.slice(bare.length),
    extends: after('extends'),
    implements: after('implements'),
    retention,
    members: [],
  }
}

function readMember(line, owner) {
  const text = plain(line.replace(/ \/\/ .*$/, '').replace(/;$/, '')).replace(/ {2,}/g, ' ')
  const kind = text.slice(0, text.indexOf(' '))
  const rest = text.slice(kind.length + 1)
  if (kind === 'field' || kind === 'enum_constant') {
    const [, head, value] = rest.match(/^(.*?)(?: = (.*))?$/)
    const words = split(head, ' ')
    owner.members.push({ kind, name: words.at(-1), type: words.at(-2), modifiers: words.slice(0, -2), value, refs: refs(head) })
    return
  }
  const open = rest.indexOf('(')
  const words = split(rest.slice(0, open), ' ')
  const close = rest.lastIndexOf(')')
  const thrown = rest.slice(close + 1).replace('throws', '').trim()
  const parameters = split(rest.slice(open + 1, close), ',').map((p) => p.trim())
  const known = ['public', 'protected', 'abstract', 'static', 'final', 'native', 'synchronized', 'default']
  const modifiers = words.filter((word) => known.includes(word))
  const left = words.filter((word) => !known.includes(word))
  const name = left.pop()
  const type = kind === 'ctor' ? '' : left.pop()
  owner.members.push({ kind, name, type, generics: left.join(' '), modifiers, parameters, thrown, refs: refs(rest) })
}

/** Without annotations. */
const plain = (text) => text.replace(/@[\w.]+(?:\((?:[^()]|\([^()]*\))*\))? ?/g, '')
const refs = (text) => text.match(named) ?? []

/** Splits where no bracket is open. */
function split(text, by) {
  const parts = []
  let depth = 0
  let part = ''
  for (const c of text) {
    if (c === '<') depth++
    if (c === '>') depth--
    if (c === by && depth === 0) {
      if (part) parts.push(part)
      part = ''
    } else part += c
  }
  if (part) parts.push(part)
  return parts
}

/** The classes that are written: those named, what they need to exist, and what they take and give. */
function choose(classes, names) {
  const chosen = new Set()
  const outermost = (name) => {
    const parts = name.split('.')
    return parts.slice(0, parts.findIndex((part) => /^[A-Z]/.test(part)) + 1).join('.')
  }
  const within = new Map()
  for (const name of classes.keys()) {
    const outer = outermost(name)
    within.set(outer, [...(within.get(outer) ?? []), name])
  }
  const take = (name) => {
    const outer = outermost(name)
    if (!ours(outer) || chosen.has(outer)) return
    chosen.add(outer)
    for (const each of within.get(outer) ?? []) {
      const { extends: bases, implements: faces } = classes.get(each)
      for (const base of [...bases, ...faces].flatMap(refs)) take(base)
    }
  }
  for (const name of names) if (within.has(outermost(name))) take(name)
  for (const outer of [...chosen]) {
    for (const each of within.get(outer) ?? []) for (const m of classes.get(each).members) m.refs.forEach(take)
  }
  return [...chosen].map((outer) => ({ outer, all: within.get(outer) ?? [] }))
}

/** Android's classes that stand in these folders of Java. */
export function namesIn(folders) {
  const names = new Set()
  for (const folder of folders) {
    for (const file of readdirSync(folder, { recursive: true })) {
      if (!file.endsWith('.java')) continue
      for (const [name] of readFileSync(join(folder, file), 'utf8').matchAll(named)) if (ours(name)) names.add(name)
    }
  }
  return [...names].sort()
}

/**
 * Writes the classes into a folder, and returns their files. `fake` has them tell of calls; `except` are those that
 * are written by hand.
 */
export function writeClasses(classes, names, folder, { fake = false, except = [] } = {}) {
  rmSync(folder, { recursive: true, force: true })
  const chosen = choose(classes, names)
  const there = new Set(chosen.flatMap(({ all }) => all))
  const files = []
  for (const { outer, all } of chosen) {
    if (all.length === 0 || except.includes(outer)) continue
    const file = join(folder, `${outer.replaceAll('.', '/')}.java`)
    mkdirSync(dirname(file), { recursive: true })
    const body = writeClass(classes, outer, { all, there, fake, nested: false })
    writeFileSync(file, `package ${classes.get(outer).folder};\n@SuppressWarnings({"unchecked", "rawtypes"})\n${body}`)
    files.push(file)
  }
  if (!fake) {
    const file = join(folder, 'stub/None.java')
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, 'package stub;\npublic final class None {}\n')
    files.push(file)
  }
  return files
}

function writeClass(classes, name, { all, there, fake, nested }) {
  const c = classes.get(name)
  const own = name.slice(name.lastIndexOf('.') + 1)
  const known = (list) => list.every((ref) => (ours(ref) ? there.has(ref) : /^javax?\./.test(ref)))
  const faces = c.implements.filter((face) => known(refs(face)))
  const bases = c.extends.filter((base) => known(refs(base)))
  const out = []
  const put = (line) => out.push(`  ${line}`)

  if (c.kind === 'annotation') return `${c.retention} ${c.modifiers} ${nested ? 'static ' : ''}@interface ${own} {\n${annotationMembers(c)}}\n`
  if (c.kind === 'enum') {
    put(`${c.members.filter((m) => m.kind === 'enum_constant').map((m) => m.name).join(', ')};`)
  }
  for (const m of c.members) {
    if (m.kind === 'enum_constant' || !known(m.refs)) continue
    const static_ = m.modifiers.includes('static')
    if (m.kind === 'field') put(field(m, c, fake))
    else if (m.kind === 'ctor') {
      if (c.kind === 'enum') continue
      put(`${m.modifiers.join(' ')} ${own}(${named_(m)}) ${thrown(m)}{ ${superCall(classes, c, there, fake)}${fake ? `fake.Fakes.made(this${values(m)});` : ''} }`)
    } else {
      if (c.kind === 'enum' && (m.name === 'values' || m.name === 'valueOf')) continue
      const face = c.kind === 'interface'
      const open = m.modifiers.includes('abstract') && !fake
      if (face && (m.modifiers.includes('default') || static_)) continue
      const without = ['native', 'synchronized', ...(face || fake ? ['abstract'] : []), ...(fake ? ['final'] : [])]
      const modifiers = m.modifiers.filter((word) => !without.includes(word))
      const head = `${modifiers.join(' ')} ${m.generics} ${m.type} ${m.name}(${named_(m)}) ${thrown(m)}`
      if (face || open) put(`${head};`)
      else put(`${head}{ ${fake ? call(m, static_ ? `${own}.class` : 'this', own) : 'throw new RuntimeException("stub");'} }`)
    }
  }
  for (const m of left(classes, c, known, fake)) {
    put(`${m.modifiers.filter((word) => word !== 'abstract').join(' ')} ${m.type} ${m.name}(${named_(m)}) { throw new RuntimeException("stub"); }`)
  }
  if (c.kind === 'class') {
    if (fake) {
      if (!c.members.some((m) => m.kind === 'ctor' && m.parameters.length === 0 && known(m.refs))) {
        put(`public ${own}() { ${superCall(classes, c, there, fake)} }`)
      }
    } else put(`protected ${own}(stub.None none) { ${superCall(classes, c, there, fake)} }`)
  }
  const prefix = `${name}.`
  for (const inner of all) {
    if (!inner.startsWith(prefix) || inner.slice(prefix.length).includes('.')) continue
    out.push(writeClass(classes, inner, { all, there, fake, nested: true }))
  }
  const kind = c.kind === 'annotation' ? '@interface' : c.kind
  const supers =
    c.kind === 'interface'
      ? [...bases, ...faces].length ? `extends ${[...bases, ...faces].join(', ')}` : ''
      : `${bases.length ? `extends ${bases[0]}` : ''} ${faces.length ? `implements ${faces.join(', ')}` : ''}`
  let { modifiers } = c
  if (fake || c.kind === 'enum') modifiers = modifiers.replace('final', '')
  // A fake of each can be made.
  if (fake && c.kind === 'class') modifiers = modifiers.replace('abstract', '')
  return `${modifiers} ${nested ? 'static ' : ''}${kind} ${own}${c.generics} ${supers} {\n${out.join('\n')}\n}\n`
}

const annotationMembers = (c) =>
  c.members.filter((m) => m.kind === 'method').map((m) => `  ${m.type} ${m.name}() default ${standard(m.type)};\n`).join('')
const standard = (type) =>
  type.endsWith('[]') ? '{}' : type === 'boolean' ? 'false' : /String$/.test(type) ? '""' : primitive.includes(type) ? '0' : 'null'
const named_ = (m) => m.parameters.map((type, i) => `${type} p${i}`).join(', ')
const values = (m) => m.parameters.map((_, i) => `, p${i}`).join('')
const thrown = (m) => (m.thrown ? `throws ${m.thrown} ` : '')

/** What is left to be written by the classes above, and by what fakes stand for, and the list does not repeat. */
function left(classes, c, known, fake) {
  if (c.kind !== 'class' || (c.modifiers.includes('abstract') && !fake)) return []
  // What takes a type that is left open above is written below with the one that is chosen there.
  const key = (m) => (m.parameters.some((type) => /^[A-Z]$/.test(type)) ? `${m.name}/${m.parameters.length}` : `${m.name}(${m.parameters.join(',')})`)
  const written = new Set()
  const open = []
  const faces = []
  for (let at = c; at; at = classes.get(at.extends[0]?.replace(/<.*/, ''))) {
    for (const m of at.members) {
      if (m.kind !== 'method' || !known(m.refs) || written.has(key(m))) continue
      written.add(key(m))
      written.add(`${m.name}/${m.parameters.length}`)
      if (at !== c && m.modifiers.includes('abstract') && !fake) open.push(m)
    }
    faces.push(...at.implements)
  }
  while (fake && faces.length > 0) {
    const name = faces.pop().replace(/<.*/, '')
    const face = ours(name) ? classes.get(name) : undefined
    for (const m of face?.members ?? []) {
      const passed = m.kind !== 'method' || m.modifiers.includes('default') || m.modifiers.includes('static')
      if (passed || !known(m.refs) || written.has(key(m))) continue
      written.add(key(m))
      open.push(m)
    }
    faces.push(...(face?.extends ?? []), ...(face?.implements ?? []))
  }
  return open
}

function superCall(classes, c, there, fake) {
  const base = c.extends[0]?.replace(/<.*/, '')
  if (/^java\.io\.File(In|Out)putStream$/.test(base)) return 'super(new java.io.FileDescriptor()); '
  return !fake && base && ours(base) && there.has(base) ? 'super((stub.None) null); ' : ''
}

function call(m, on, own) {
  const told = `fake.Fakes.call(${on}, "${own}.${m.name}"${values(m)})`
  if (m.type === 'void') return `${told};`
  return `return ${primitive.includes(m.type) ? `fake.Fakes.${m.type}Of(${told})` : `(${m.type}) ${told}`};`
}

function field(m, c, fake) {
  const modifiers = m.modifiers.join(' ')
  if (m.value !== undefined) return `${modifiers} ${m.type} ${m.name} = ${m.type === 'char' ? `(char) ${m.value}` : m.value};`
  const zero = m.type === 'boolean' ? 'false' : primitive.includes(m.type) ? '0' : 'null'
  if (c.kind === 'interface') return `${modifiers} ${m.type} ${m.name} = (${m.type}) ${zero};`
  if (!modifiers.includes('final') || fake) return `${modifiers.replace('final', '')} ${m.type} ${m.name};`
  // Set where it is not folded into who uses it: Build.VERSION.SDK_INT is the phone's.
  return modifiers.includes('static')
    ? `${modifiers} ${m.type} ${m.name}; static { ${m.name} = (${m.type}) ${zero}; }`
    : `${modifiers} ${m.type} ${m.name} = (${m.type}) ${zero};`
}
