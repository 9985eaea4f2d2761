// ClamAV's daemon for a test: a real one, with one signature of its own in place of the real ones.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import net from 'node:net'
import path from 'node:path'

import { root, until } from './portal.mjs'

/** What the scanner takes for a virus. It is harmless. */
export const marker = 'portal-test-marker, which harms nobody'

/** A scanner in a folder of its own under target/. */
export class Scanner {
  constructor(name) {
    this.directory = path.join(root, 'target', name)
  }

  /** Prepares it, and starts it on a free port. */
  async start() {
    const signatures = path.join(this.directory, 'signatures')
    await rm(this.directory, { recursive: true, force: true })
    await mkdir(signatures, { recursive: true })
    await writeFile(path.join(signatures, 'portal.ndb'), `Portal.Test.Marker:0:*:${Buffer.from(marker).toString('hex')}\n`)
    this.port = await freePort()
    const settings = [
      'Foreground yes', 'TCPAddr 127.0.0.1', `TCPSocket ${this.port}`, `DatabaseDirectory ${signatures}`, `TemporaryDirectory ${this.directory}`,
      'StreamMaxLength 30M'
    ]
    await writeFile(path.join(this.directory, 'clamd.conf'), settings.map((line) => `${line}\n`).join(''))
    await this.resume()
  }

  get address() {
    return `127.0.0.1:${this.port}`
  }

  /** Starts it again where it was. */
  async resume() {
    const program = path.join(root, '.local/bin/clamd')
    if (!existsSync(program)) throw new Error('there is no clamd; deploy/local/tools.sh clamav installs it')
    this.daemon = spawn(program, ['-c', path.join(this.directory, 'clamd.conf')], { stdio: 'ignore' })
    await until(() => this.answers(), 'the scanner to answer')
  }

  answers() {
    return new Promise((resolve) => {
      const asking = net.connect(this.port, '127.0.0.1', () => asking.write('zPING\0'))
      asking.on('data', (answer) => { asking.destroy(); resolve(`${answer}` === 'PONG\0') })
      asking.on('error', () => resolve(false))
      asking.on('end', () => resolve(false))
    })
  }

  /** Kills it, with whatever it is doing. */
  async kill() {
    if (!this.daemon || this.daemon.exitCode !== null || this.daemon.signalCode !== null) return
    this.daemon.kill('SIGKILL')
    await once(this.daemon, 'exit')
  }
}

function freePort() {
  return new Promise((resolve) => {
    const server = net.createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address()
      server.close(() => resolve(port))
    })
  })
}
