// The pages of complaints in their states: with words that no line can hold, and with refusals, at the width of a desktop and at 320 pixels; and by the
// keys alone. Alone: node --test tests/browser/complaint-states.test.mjs

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'

import { day } from './given.mjs'
import { Keys } from './keys.mjs'
import { Person, launch } from './person.mjs'
import { Portal, until } from './portal.mjs'
import { aColleague, complains, defines, loggedIn } from './workspace.mjs'

const username = 'joss.merrin@states.example'
/** As long as each may be, and without a place to break. */
const name = 'Bartholomew'.repeat(19).slice(0, 200)
const word = 'Donaudampfschifffahrt'
const text = word.repeat(96).slice(0, 2000)
const file = { name: `${'Schriftverkehr'.repeat(15).slice(0, 196)}.txt`, mimeType: 'text/plain', buffer: Buffer.from('Nobody rang.') }

describe('the pages of complaints', { timeout: 8 * 60_000 }, () => {
  let browser, portal, max, joss, reference, path

  const at = (end = '') => `/service-complaints/${reference}${end}`

  before(async () => {
    browser = await launch()
    portal = await Portal.lent()
    await aColleague(portal, name, username, 'complaints-investigator')
    max = await Person.at(browser, portal)
    joss = await loggedIn(browser, portal, username)
  })

  after(async () => {
    await browser?.close()
    await portal?.giveBack()
  })

  test('WH-3 the public form and the private page with words that no line can hold', async () => {
    const email = `${'maximilian'.repeat(6)}@${'elderflower'.repeat(5)}.example`
    let page = 0
    const each = () => {
      page += 1
      return max.picture(`long-complain-${page}`)
    }
    const sent = await complains(max, { name, email, text, outcome: text, reference: 'R'.repeat(30), files: [file], each })
    reference = sent.reference
    path = new URL(sent.link).pathname
    for (const [end, picture] of [['', 'complaint'], ['/files', 'complaint-files']]) {
      await max.go(`${path}${end}`)
      await max.picture(`long-${picture}`)
    }
    await max.page.locator('#files').setInputFiles([{ ...file, name: file.name.replace('.txt', '.odt') }])
    await max.button('Send files').click()
    assert.equal((await max.problems()).length, 1)
    await max.picture('long-complaint-files-refused')
  })

  test('WH-3 every part of a complaint with words that no line can hold', async () => {
    await defines(joss, reference, { elements: [text.slice(0, 1000), `${word} twice`] })
    await joss.go(at('/steps/acknowledge'))
    await joss.field('Where can it be seen?').fill('The letter on file')
    await joss.button('Record it').click()
    await joss.go(at())
    await joss.page.locator('.govuk-task-list').getByRole('link', { name: /^Finding/ }).first().click()
    await joss.page.getByLabel('Upheld', { exact: true }).check()
    await joss.field('Why, in words for the person').fill(text)
    await joss.picture('long-insight-finding')
    await joss.button('Save the finding').click()
    await joss.go(at('/steps/promise'))
    await joss.field('What is to be done?').fill(text.slice(0, 1000))
    await joss.field('Who is accountable?').selectOption({ label: name })
    await joss.field('By when?').fill(day(9).typed)
    await joss.button('Promise it').click()
    await joss.go(at('/steps/note'))
    await joss.page.getByLabel('Contact with the person', { exact: true }).check()
    await joss.field('What is to be kept?').fill(text)
    await joss.button('Save the note').click()
    await joss.go(at('/letters/write?kind=LETTER_KIND_PROGRESS_UPDATE'))
    await joss.button('Continue').click()
    await joss.field('What has been done').fill(text)
    await joss.button('Save and see the letter').click()
    await joss.picture('long-letters-draft')
    await until(async () => {
      await joss.go(at('/files'))
      return joss.link(file.name).count()
    }, 'the file, which is checked first')
    for (const end of ['', '/files', '/clocks', '/findings', '/remedies', '/letters', '/notes', '/timeline', '/steps/link', '/steps/assign', '/letters/write']) {
      await joss.go(at(end))
      await joss.page.locator('details').evaluateAll((all) => all.forEach((it) => { it.open = it.matches('.govuk-details') }))
      await joss.picture(`long-insight${end.replaceAll('/', '-')}`)
    }
  })

  test('WH-3 with a refusal: what is not there, what was altered, and what has moved on', async () => {
    for (const nothing of ['/service-complaints/SC200099999', '/service-complaints/SC200099999/files', at('/files/made-up'), at('/steps/made-up'), at('/letters/made-up')]) {
      assert.equal((await joss.go(nothing)).status(), 404, nothing)
    }
    await joss.picture('insight-404')
    for (const end of ['', '/files', '/stage-2', '/message']) {
      assert.equal((await max.go(`/complaint/made-up${end}`)).status(), 410, end)
      assert.equal(await max.heading(), 'This link does not work')
    }
    for (const [end, says] of [['/stage-2', 'this can’t be done any more'], ['/message', 'this can’t be done any more']]) {
      await max.go(`${path}${end}`)
      assert.equal(new URL(max.page.url()).pathname, path)
      await max.sees(says)
    }
    await joss.go(at('/steps/define'))
    assert.equal(new URL(joss.page.url()).pathname, at())
    await joss.sees('That can’t be done as the complaint stands now.')

    await max.go(`${path}/files`)
    await max.page.locator('main input[name=csrf]').evaluate((it) => { it.value = 'forged' })
    await max.page.locator('#files').setInputFiles([file])
    const answer = max.page.waitForResponse((response) => response.request().method() === 'POST')
    await max.button('Send files').click()
    assert.equal((await answer).status(), 403)
  })

  test('WCAG 2.1.1 WCAG 2.1.2 the keys reach every part of every page, and no part keeps them', async () => {
    for (const [person, addresses] of [
      [max, ['/complain', '/complain/factsheet', '/complain/link', '/complain/landlord', '/complain/request', path, `${path}/files`, '/privacy']],
      [joss, [
        '/service-complaints', '/service-complaints/all', '/service-complaints/record', '/service-complaints/letters', at(), at('/files'), at('/clocks'), at('/remedies'),
        at('/letters'), at('/notes'), at('/timeline'), at('/steps/assign'), at('/steps/link'), at('/letters/write')
      ]]
    ]) {
      const keys = new Keys(person)
      for (const address of addresses) {
        await person.go(address)
        const stops = await keys.roundTrip()
        assert.equal(stops[0], 'Skip to main content', address)
        assert.ok(stops.includes('Complain about our service'), address)
      }
    }
  })

  test('SC-15 by the keys alone, files are sent by the private link and the link is sent again', async () => {
    const keys = new Keys(max)
    await max.go(path)
    await keys.follow(max.link('send us files'))
    await keys.choose(max.page.locator('#files'), [{ ...file, name: 'Another letter.txt' }])
    await keys.follow(max.button('Send files'))
    await max.sees('1 file was added')
    await max.sees('Another letter.txt')

    const worker = new Keys(joss)
    await joss.go(at())
    await worker.follow(joss.link('Send the private link again').last())
    await worker.follow(joss.button('Send the link'))
    await joss.sees('A new private link is on its way by email.')
  })

  test('nothing on any page broke its policy or its scripts', () => {
    for (const person of [max, joss]) person.assertContent()
  })
})
