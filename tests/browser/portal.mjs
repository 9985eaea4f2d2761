// A whole portal of its own for a test: started from nothing as `make up` does, and its inbox and operators' command.

import { execFile } from 'node:child_process'
import { rm } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const run = promisify(execFile)
/** Set when run.mjs has started the portal that files share. */
export const SHARED = 'PORTAL_IS_SHARED'
/** Staff whom every portal has. */
export const caseworker = 'amara.feldon@ombudsman.example'
export const senior = 'helen.marchetti@ombudsman.example'
/** Where the ports of the portals begin. */
export const basePort = Number(process.env.JOURNEY_PORT ?? 18080)
export const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '..', '..')
/** Where cargo put the programs. */
const programs = path.join(process.env.CARGO_TARGET_DIR ?? path.join(root, 'target'), 'debug')

/** Waits until `look` finds something, and gives up with the words when it has not for half a minute. */
export async function until(look, what) {
  const end = Date.now() + 30_000
  for (;;) {
    const found = await look()
    if (found) return found
    if (Date.now() > end) throw new Error(`waited in vain for ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

/** A portal in a folder of its own under target/. */
export class Portal {
  constructor(name, port) {
    this.directory = path.join(root, 'target', name)
    this.port = port
    this.url = `http://localhost:${port}`
    this.inbox = `http://localhost:${port + 1}`
  }

  /** The portal that files share. */
  static forPages() {
    return new Portal('pages', basePort + 40)
  }

  /**
   * A portal for a file of tests that needs nothing to itself: the one that run.mjs has started for all such files, or one of the file's own
   * when it is run alone.
   */
  static async lent() {
    const portal = Portal.forPages()
    portal.shared = Boolean(process.env[SHARED])
    if (!portal.shared) await portal.upWithStaff()
    return portal
  }

  /** Starts it from nothing, with a caseworker and a senior colleague and no demonstration caseload. */
  async upWithStaff() {
    await this.up('--no-demo')
    await this.casework('staff', 'add', 'Amara Feldon', '--username', caseworker, '--role', 'caseworker', '--team', 'dispute-support')
    await this.casework('staff', 'add', 'Helen Marchetti', '--username', senior, '--role', 'senior-colleague')
  }

  /** Stops it, unless others use it too. */
  async giveBack() {
    if (!this.shared) await this.down()
  }

  /** Starts it from nothing. */
  async up(...options) {
    await this.local('reset', '--yes')
    await rm(this.directory, { recursive: true, force: true })
    return this.local('up', '--port', `${this.port}`, ...options)
  }

  async down() {
    await this.local('down')
  }

  async local(command, ...options) {
    const program = path.join(programs, 'local')
    const { stdout } = await run(program, [command, '--dir', this.directory, ...options], { cwd: root, maxBuffer: 1 << 26 })
    return stdout
  }

  /** Runs the operators' command and reads its JSON, an object a line. */
  async casework(...options) {
    const program = path.join(programs, 'casework')
    const profile = path.join(this.directory, 'operator.toml')
    const { stdout } = await run(program, ['--profile', profile, '--json', ...options], { cwd: root })
    return stdout.split('\n').filter(Boolean).map((line) => JSON.parse(line))
  }

  /** The emails to an address, the newest first. */
  async emails(to) {
    const answer = await fetch(`${this.inbox}/api/messages?to=${encodeURIComponent(to)}`)
    if (!answer.ok) throw new Error(`the inbox answered ${answer.status}`)
    const emails = await answer.json()
    return emails.sort((a, b) => b.id - a.id)
  }

  /** Has the mail server refuse an address from now on, as one does that has no such mailbox. */
  async refuses(address) {
    const answer = await fetch(`${this.inbox}/api/refusals/${encodeURIComponent(address)}`, { method: 'PUT' })
    if (!answer.ok) throw new Error(`the inbox answered ${answer.status}`)
  }

  /** The next email to an address that fits, newer than the mark. */
  async email(to, fits, after = 0) {
    return until(async () => (await this.emails(to)).find((email) => email.id > after && fits(email)), `an email to ${to}`)
  }

  /** The number of the newest email to an address, to wait for one after it. */
  async mark(to) {
    const [newest] = await this.emails(to)
    return newest?.id ?? 0
  }
}
