// What people type about complaints is shown and never run: to whoever complains, to the colleagues who deal with it, and to casework.
// Alone: node --test tests/browser/injection-complaints.test.mjs

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'

import { aCase, aLandlord, day, shows } from './given.mjs'
import { Watch, line, payloads, text } from './payloads.mjs'
import { launch } from './person.mjs'
import { Portal, until } from './portal.mjs'
import { aColleague, complains, loggedIn } from './workspace.mjs'

const worker = 'wren.oakley@injection.example'
const caseworker = 'silas.dray@injection.example'
const mallory = 'mallory@injection.example'

describe('what people type about complaints', { timeout: 8 * 60_000 }, () => {
  let browser, portal, watch, eve, wren, case_, reference, link

  const at = (end = '') => `/service-complaints/${reference}${end}`

  /** Somebody of the staff who is watched. */
  async function staff(name, username, role, ...more) {
    await aColleague(portal, name, username, role, ...more)
    const known = await loggedIn(browser, portal, username)
    const person = await watch.person({ storageState: await known.context.storageState() })
    await known.context.close()
    return person
  }

  /** Opens addresses, on each of which nothing may run. */
  async function opens(person, ...addresses) {
    for (const address of addresses) {
      await person.go(address)
      assert.equal(new URL(person.page.url()).host, new URL(portal.url).host)
      await watch.assertInert(person)
    }
  }

  before(async () => {
    browser = await launch()
    portal = await Portal.lent()
    watch = new Watch(browser, portal)
    eve = await watch.person()
    const landlord = await aLandlord(portal, 'Hazard Homes', 'Ada Hazard', 'ada@hazard.example')
    case_ = await aCase(portal, landlord, 'Eve Mallory', 'No heating')
    // Among the people to choose from, too.
    wren = await staff(line, worker, 'complaints-investigator')
  })

  after(async () => {
    await browser?.close()
    await portal?.giveBack()
  })

  test('ASVS 1.2.1 what somebody without an account types comes back as typed, refused or not', async () => {
    await eve.go('/complain')
    const file = { name: '<svg onload=ran() class=injected>.txt', mimeType: 'text/plain', buffer: Buffer.from(`A note\n${text}`) }
    const inert = () => watch.assertInert(eve)
    const sent = await complains(eve, { name: line, email: mallory, text, outcome: text, reference: case_, files: [file], each: inert })
    ;({ reference, link } = sent)
    await inert()
    await opens(eve, link)
    const path = new URL(link).pathname
    await opens(eve, `${path}/files`)
    await eve.page.locator('#files').setInputFiles([file, { ...file, name: '"><img class=injected src=x onerror=ran()>.odt' }])
    await eve.button('Send files').click()
    await inert()
    await opens(eve, path)
  })

  test('ASVS 1.2.1 what an address says is never run', async () => {
    for (const payload of [line, ...payloads.slice(0, 6), 'javascript:ran()']) {
      const typed = encodeURIComponent(payload)
      await opens(eve, `/complaint/${typed}`, `/complaint/${typed}/files`, `/complaint/${typed}/stage-2`, `/complain/form/${typed}`)
      await opens(
        wren, `/service-complaints/${typed}`, `/service-complaints/${typed}/files`, `/service-complaints/${typed}/letters/write?kind=${typed}`,
        `/service-complaints/all?search=${typed}&standing=${typed}&handler=${typed}&page=${typed}`, `/service-complaints/monitoring?show=${typed}`,
        at(`/steps/decide?item=${typed}`), at(`/letters/write?kind=${typed}`), `/risk-reviews/${typed}`
      )
    }
  })

  test('ASVS 1.2.1 what colleagues type is shown as typed on every page of the complaint', async () => {
    const types = async (step, fields, button) => {
      await wren.go(at(`/steps/${step}`))
      for (const [field, value] of Object.entries(fields)) await wren.field(field).fill(value)
      await wren.button(button).click()
      await watch.assertInert(wren)
    }
    await types('define', {
      'Definition: what is complained about': payloads.slice(0, 12).join('\n'),
      'Desired outcome, as we understand it': text.slice(0, 1900),
      'Early resolution': text.slice(0, 1900),
      'How can the person be reached?': line,
      'How does the person prefer to be reached?': line
    }, 'Save')
    await wren.go(at('/steps/note'))
    await wren.page.getByLabel('Evidence', { exact: true }).check()
    await wren.field('What is to be kept?').fill(text)
    await wren.button('Save the note').click()
    await types('acknowledge', { 'Where can it be seen?': line }, 'Record it')
    await wren.go(at('/steps/ask'))
    await wren.page.getByLabel('More time than the policy’s extension').check()
    await wren.field('Why?').fill(text.slice(0, 900))
    await wren.field('The revised date').fill(line)
    await wren.button('Ask').click()
    await watch.assertInert(wren)
    assert.ok((await wren.problems()).length > 0)

    await wren.go(at())
    await wren.page.locator('.govuk-task-list').getByRole('link', { name: /^Finding/ }).first().click()
    await wren.page.getByLabel('Upheld', { exact: true }).check()
    await wren.field('Why, in words for the person').fill(text)
    await wren.button('Save the finding').click()
    await wren.go(at('/steps/offer'))
    await wren.page.getByLabel('Fresh review of the risk assessment', { exact: true }).check()
    await wren.field('In a sentence for the person').fill(text.slice(0, 1900))
    await wren.button('Offer it').click()
    await watch.assertInert(wren)
    await wren.go(at('/remedies'))
    await wren.page.getByRole('link', { name: 'Promise an action that delivers it' }).click()
    await wren.field('What is to be done?').fill(line)
    await wren.field('Who is accountable?').selectOption({ label: line })
    await wren.field('By when?').fill(day(10).typed)
    await wren.button('Promise it').click()
    await watch.assertInert(wren)

    await wren.go(at('/letters/write?kind=LETTER_KIND_PROGRESS_UPDATE'))
    await wren.button('Continue').click()
    await wren.field('What has been done').fill(text)
    await wren.button('Save and see the letter').click()
    await watch.assertInert(wren)
    assert.ok((await wren.page.locator('.govuk-inset-text').last().innerText()).includes(payloads[0]))
    const draft = new URL(wren.page.url()).pathname

    await until(async () => {
      await wren.go(at('/files'))
      return wren.page.getByRole('link', { name: /svg onload/ }).count()
    }, 'the files, which are checked first')
    await watch.assertInert(wren)
    await wren.sees(payloads[0])
    await opens(
      wren, '/service-complaints', '/service-complaints/all', '/service-complaints/monitoring', '/service-complaints/letters', at(), at('/clocks'),
      at('/findings'), at('/remedies'), at('/letters'), at('/notes'), at('/timeline'), at('/steps/define'), at('/steps/assign'), at('/steps/link'),
      at('/steps/promise'), `${draft}/edit`, draft, '/notifications'
    )
    const file = wren.context.request.get(await (async () => {
      await wren.go(at('/files'))
      return wren.page.getByRole('link', { name: /svg onload/ }).first().getAttribute('href')
    })())
    const headers = (await file).headers()
    assert.match(headers['content-disposition'], /^attachment/)
    assert.match(headers['content-security-policy'], /sandbox/)
    assert.equal(headers['x-content-type-options'], 'nosniff')
    assert.match(headers['content-type'], /^text\/plain/)
  })

  test('ASVS 1.2.1 what casework types into a risk review is shown as typed', async () => {
    const silas = await staff('Silas Dray', caseworker, 'caseworker', '--team', 'dispute-support')
    await shows(silas, `/cases/${case_}`, `Service complaint ${reference}`)
    await watch.assertInert(silas)
    await silas.page.getByRole('link', { name: /^Answer the risk review/ }).click()
    await silas.field('What is new, or was not known before? (optional)').fill(text)
    await silas.field('What Customer Insight is told').fill(line)
    await silas.button('Answer the review').click()
    await watch.assertInert(silas)
    assert.ok((await silas.problems()).length > 0)
    await silas.page.getByLabel('It is an inconvenience').check()
    await silas.page.getByLabel('Nothing is known that makes the issue weigh more').check()
    await silas.button('Answer the review').click()
    await silas.page.waitForURL(`**/cases/${case_}`)
    await opens(silas, `/cases/${case_}`)
    await until(async () => {
      await wren.go(at('/remedies'))
      return wren.page.getByText(line).filter({ visible: true }).count()
    }, 'the sentence for Customer Insight')
    await watch.assertInert(wren)
  })

  test('nothing on any page broke its policy or its scripts', () => {
    for (const person of [eve, wren]) person.assertContent()
  })
})
