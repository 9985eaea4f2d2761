// Runs the journeys: all of them, or the files that are named.
//
//   node tests/browser/run.mjs                    every file; those that need no portal of their own share one
//   node tests/browser/run.mjs login keyboard     two files
//   node --test tests/browser/login.test.mjs      one file by itself, which then starts a portal of its own
//
// The programs must have been built: cargo build -p local -p casework. They are taken from $CARGO_TARGET_DIR, else from target/. Ports follow
// from $JOURNEY_PORT, else 18080. Pictures of every page are left in target/screenshots.

import { spawn } from 'node:child_process'
import { readdir } from 'node:fs/promises'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

import { Portal, SHARED } from './portal.mjs'

const here = path.dirname(fileURLToPath(import.meta.url))
const ending = '.test.mjs'

const named = process.argv.slice(2).map((name) => path.basename(name, ending))
const all = (await readdir(here)).filter((name) => name.endsWith(ending)).map((name) => path.basename(name, ending)).sort()
for (const name of named) if (!all.includes(name)) throw new Error(`there is no ${name}${ending}; there are ${all.join(', ')}`)
const files = (named.length > 0 ? named : all).map((name) => path.join(here, `${name}${ending}`))

/** Gathers what failed from the lines of the report: each suite or test, and the first line of its error. */
class Failures {
  constructor() {
    this.all = []
    this.wanted = false
  }

  read(line) {
    const failed = line.match(/^\s*not ok \d+ - (.*)$/)
    if (failed) this.all.push({ name: failed[1], error: '' })
    // The error is told on the same line, or begins on the one after a mark.
    const said = line.match(/^\s*error: (.*)$/)
    const last = this.all.at(-1)
    if (this.wanted && last) last.error = line.trim()
    this.wanted = false
    if (said && last && !last.error) {
      if (/^[|>][-+]?$/.test(said[1])) this.wanted = true
      else last.error = said[1]
    }
  }

  /** One line for each. What failed only by what is in it, or around it, says nothing new. */
  lines() {
    return this.all.filter(({ error }) => !/subtests? failed|did not finish before its parent/.test(error)).map(({ name, error }) => `FAILED ${name}: ${error}`)
  }
}

/** Two at a time: while one file waits for the portal, the other keeps the browser busy. */
async function run(environment) {
  const options = ['--test', '--test-concurrency=2', '--test-reporter=tap', ...files]
  const child = spawn(process.execPath, options, { stdio: ['inherit', 'pipe', 'inherit'], env: { ...process.env, ...environment } })
  const ended = new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (code) => resolve(code ?? 1))
  })
  const failures = new Failures()
  for await (const line of createInterface({ input: child.stdout })) {
    console.log(line)
    failures.read(line)
  }
  for (const line of failures.lines()) console.log(line)
  return ended
}

const portal = Portal.forPages()
try {
  await portal.upWithStaff()
  process.exitCode = await run({ [SHARED]: 'yes' })
} finally {
  await portal.down()
}
