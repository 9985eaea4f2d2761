// Builds ../static: one stylesheet, one script and the images that they use. Every file name holds the
// hash of its content, so that browsers may keep it for ever; manifest.json says which name is today's.

import { createHash } from 'node:crypto'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { brotliCompress, gzip } from 'node:zlib'

import { build } from 'esbuild'
import { compileAsync } from 'sass'

const here = path.dirname(fileURLToPath(import.meta.url))
const output = path.join(here, '..', 'static')
const served = '/static/'
const manifest = {}
// Both packages are under the MIT licence, which asks for this wherever they go.
const notice = '/*! Holds parts of GOV.UK Frontend (Crown Copyright, Government Digital Service) and of MOJ Frontend (Crown Copyright, Ministry of Justice), both under the MIT licence. */\n'

/** Writes a file under its hashed name, with compressed neighbours, and returns its address. */
async function publish(name, content) {
  const bytes = Buffer.from(content)
  const hash = createHash('sha256').update(bytes).digest('hex').slice(0, 12)
  const { name: stem, ext } = path.parse(name)
  const hashed = `${stem}-${hash}${ext}`

  await Promise.all([
    writeFile(path.join(output, hashed), bytes),
    promisify(gzip)(bytes, { level: 9 }).then((packed) => writeFile(path.join(output, `${hashed}.gz`), packed)),
    promisify(brotliCompress)(bytes).then((packed) => writeFile(path.join(output, `${hashed}.br`), packed))
  ])
  manifest[name] = hashed
  return served + hashed
}

/** Publishes each image that the stylesheet names and puts the hashed address in its place. */
async function publishImages(css) {
  const packages = [
    path.join(here, 'node_modules/@ministryofjustice/frontend/moj/assets'),
    path.join(here, 'node_modules/govuk-frontend/dist/govuk/assets')
  ]
  const addresses = new Set([...css.matchAll(/url\(["']?(\/static\/[^"')]+)["']?\)/g)].map((match) => match[1]))

  for (const address of addresses) {
    const relative = address.slice(served.length)
    const content = await firstReadable(packages.map((folder) => path.join(folder, relative)))
    css = css.replaceAll(address, await publish(path.basename(relative), content))
  }
  return css
}

async function firstReadable(files) {
  for (const file of files) {
    try {
      return await readFile(file)
    } catch (error) {
      if (error.code !== 'ENOENT') throw error
    }
  }
  throw new Error(`the stylesheet names a file that no package has: ${files.join(', ')}`)
}

async function stylesheet() {
  const { css } = await compileAsync(path.join(here, 'css/portal.scss'), {
    style: 'compressed',
    loadPaths: [here, path.join(here, 'node_modules')],
    quietDeps: true
  })
  // None of these may slip in with a new version of a package or a component: they are for GOV.UK alone.
  if (/@font-face|GDS Transport/.test(css)) throw new Error('the stylesheet holds a licensed font')
  if (/crest|crown/i.test(css)) throw new Error('the stylesheet holds a state emblem')
  if (/url\(["']?(https?:)?\/\//.test(css)) throw new Error('the stylesheet asks another host for a file')
  await publish('portal.css', notice + (await publishImages(css)))
}

async function script() {
  const { outputFiles } = await build({
    entryPoints: [path.join(here, 'js/init.mjs')],
    banner: { js: notice },
    bundle: true,
    format: 'esm',
    legalComments: 'inline',
    minify: true,
    target: 'es2020',
    write: false
  })
  await publish('portal.js', outputFiles[0].contents)
}

await rm(output, { recursive: true, force: true })
await mkdir(output, { recursive: true })
await Promise.all([
  stylesheet(),
  script(),
  publish('favicon.svg', await readFile(path.join(here, 'images/favicon.svg')))
])
const sorted = Object.fromEntries(Object.entries(manifest).sort(([a], [b]) => a.localeCompare(b)))
await writeFile(path.join(output, 'manifest.json'), `${JSON.stringify(sorted, null, 2)}\n`)
console.log(`built ${Object.keys(sorted).length} files into ${path.relative(process.cwd(), output) || '.'}`)
