// What a person sees when the portal itself fails: too many requests, a service that does not get at its database, and one that breaks.
// Alone: node --test tests/browser/failures.test.mjs

import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { after, before, describe, test } from 'node:test'
import { promisify } from 'node:util'

import { aCase, aLandlord, anAdministrator, shows } from './given.mjs'
import { Person, launch } from './person.mjs'
import { Portal, basePort } from './portal.mjs'

const run = promisify(execFile)
const password = 'lantern pebble orchard'
/** Not one that other files use: its databases are tampered with. */
const portal = new Portal('failures', basePort + 120)

/** Runs a statement on the portal's own PostgreSQL, as whoever looks after that would. */
async function sql(statement) {
  const read = (file) => readFile(path.join(portal.directory, file), 'utf8')
  const [, , , port] = (await read('pg/data/postmaster.pid')).split('\n')
  const connection = ['--host=127.0.0.1', `--port=${port.trim()}`, '--username=postgres', '--dbname=postgres']
  const environment = { ...process.env, PGPASSWORD: await read('secrets/postgres'), PGSSLMODE: 'disable' }
  await run('psql', ['--no-psqlrc', '--quiet', '--set=ON_ERROR_STOP=1', ...connection, '--command', statement], { env: environment })
}

/** Ends the connections that the case service has to its database. */
const disconnect = "select pg_terminate_backend(pid) from pg_stat_activity where usename = 'case_service'"

describe('a portal that fails', { timeout: 5 * 60_000 }, () => {
  let browser, reference, pia

  before(async () => {
    browser = await launch()
    await portal.upWithStaff()
    const landlord = await aLandlord(portal, 'Larkfield Homes', 'Pia Lund', 'pia@larkfield.example')
    pia = await anAdministrator(browser, portal, landlord, password)
    reference = await aCase(portal, landlord, 'Avery Stone', 'Damp in the hall')
    await shows(pia, `/cases/${reference}`, 'Avery Stone')
  })

  after(async () => {
    await browser?.close()
    await portal.down()
  })

  /** Everything but cases goes on, and cases go on as soon as they can. */
  async function assertOnlyCasesFail() {
    for (const address of ['/account', '/notifications', '/user-guide']) assert.equal((await pia.go(address)).status(), 200, address)
  }

  test('WH-3 too many requests', async () => {
    const anyone = await Person.at(browser, portal)
    let answer
    for (let asked = 0; asked < 6; asked += 1) {
      await anyone.go('/forgot-password')
      await anyone.field('Username').fill('nobody@larkfield.example')
      const answered = anyone.page.waitForResponse((response) => response.request().method() === 'POST')
      await anyone.button('Email me a link').click()
      answer = await answered
    }
    assert.equal(answer.status(), 429)
    assert.ok(Number(answer.headers()['retry-after']) > 60)
    await anyone.sees('Too many requests')
    await anyone.sees(/Try again in \d+ minutes/)
    await anyone.picture('error-429')
    anyone.assertContent()
    await anyone.context.close()
  })

  test('WH-3 a service that gets no connection to its database', async () => {
    await sql('alter role case_service connection limit 0')
    await sql(disconnect)

    const answer = await pia.go(`/cases/${reference}`)

    assert.equal(answer.status(), 503)
    assert.ok(Number(answer.headers()['retry-after']) >= 1)
    await pia.sees('The Portal is not available for the moment')
    await pia.sees(/Try again in/)
    await pia.picture('error-503')
    await assertOnlyCasesFail()
    await sql('alter role case_service connection limit -1')
    await shows(pia, `/cases/${reference}`, 'Avery Stone')
    pia.assertContent()
  })

  test('WH-3 a service whose database turns it away', async () => {
    await sql('alter database casework_case allow_connections false')
    await sql(disconnect)

    const answer = await pia.go(`/cases/${reference}`)

    assert.equal(answer.status(), 500)
    await pia.sees('Sorry, there is a problem with the Portal')
    // What went wrong is for the log, not for the page.
    assert.doesNotMatch(await pia.page.locator('main').innerText(), /database|connection|postgres/i)
    await pia.picture('error-500')
    await assertOnlyCasesFail()
    await sql('alter database casework_case allow_connections true')
    await shows(pia, `/cases/${reference}`, 'Avery Stone')
    pia.assertContent()
  })
})
