// What is put right about a person, and how somebody who was not reached or not told yet hears after all (policy 3.2, 4.1, 4.6, SC-12).
// Alone: node --test tests/browser/amending.test.mjs

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'

import { launch } from './person.mjs'
import { Portal, until } from './portal.mjs'
import { aColleague, defines, loggedIn, records } from './workspace.mjs'

const ada = 'ada.brook@amends.example'
const eli = 'eli.marsh@amends.example'

describe('what is put right about a person', { timeout: 6 * 60_000 }, () => {
  let browser, portal, worker, reference

  const at = (end = '') => `/service-complaints/${reference}${end}`

  before(async () => {
    browser = await launch()
    portal = await Portal.lent()
    await aColleague(portal, 'Ada Brook', ada, 'complaints-investigator')
    worker = await loggedIn(browser, portal, ada)
    reference = await records(worker, { name: 'Eli Marsh', email: eli })
    await defines(worker, reference, { elements: ['The call was not made', 'You decided against me'] })
    await worker.go(at('/letters/write?kind=LETTER_KIND_ACKNOWLEDGEMENT'))
    await worker.button('Continue').click()
    await worker.button('Save and see the letter').click()
    await worker.button('Send the letter').click()
    await worker.sees('The letter is on its way by email.')
  })

  after(async () => {
    await browser?.close()
    await portal?.giveBack()
  })

  test('SC-2 a format without its address is refused beside the field, and what is changed keeps what stood there', async () => {
    await worker.go(at())
    await worker.link('Change the person’s details').click()
    assert.equal(await worker.heading(), 'Change the person’s details')
    await worker.picture('amend-person')
    await worker.field('Letter').check()
    await worker.button('Save the change').click()
    assert.match(await worker.problemOf('service_user.postal_address'), /^Enter the postal address that letters go to/)
    assert.equal(await worker.problemOf('reason'), 'Enter a reason')
    await worker.picture('amend-person-problems')
    await worker.field('Postal address').fill('7 Mill Lane\nBrackenfold\nBF1 2AB')
    await worker.field('Why is it changed?').fill('They asked for letters on paper')
    await worker.button('Save the change').click()
    await worker.sees('Changed. The timeline keeps what stood there before.')
    await worker.sees(/7 Mill Lane/)
    await worker.go(at('/timeline'))
    await worker.sees(/They asked for letters on paper/)
    await worker.picture('amend-person-timeline')
  })

  test('SC-2 3.2 needs that come up later are kept with why', async () => {
    await worker.go(at())
    await worker.link('Change the person’s needs').click()
    await worker.page.locator('[name="needs.reasonable_adjustments"]').fill('Large print, and time to read before we call')
    await worker.picture('amend-needs')
    await worker.field('Why is it changed?').fill('Said on the call of today')
    await worker.button('Save the change').click()
    await worker.sees('Large print, and time to read before we call')
  })

  test('SC-12 a letter goes out once more, to the address that is given, and waits for the post', async () => {
    await worker.go(at('/letters'))
    await worker.page.locator('main').getByRole('link', { name: /Acknowledgement/ }).first().click()
    await worker.link('Send the letter again').click()
    assert.equal(await worker.heading(), 'Send the letter again')
    await worker.picture('letter-again')
    await worker.button('Send it again').click()
    assert.equal(await worker.problemOf('delivery'), 'Choose how it goes now')
    await worker.field('By post').check()
    await worker.field('Postal address').fill('')
    await worker.button('Send it again').click()
    assert.match(await worker.problemOf('postal_address'), /^Enter the/)
    await worker.picture('letter-again-problems')
    await worker.field('By post').check()
    await worker.field('Postal address').fill('7 Mill Lane\nBrackenfold\nBF1 2AB')
    await worker.button('Send it again').click()
    await worker.sees('The letter is ready for the post. Print it, and record when it was posted.')
    await worker.sees(/We sent you this letter on .*\. Here it is again\./)
    await worker.picture('letter-again-sent')
  })

  test('SC-12 NO-3 a letter that the mail server refuses is said to be, and goes once more to the address that is right', async () => {
    const wrong = 'no.such.mailbox@amends.example'
    await portal.refuses(wrong)
    const refused = await records(worker, { name: 'Fay Lowe', email: wrong })
    await defines(worker, refused)
    await worker.go(`/service-complaints/${refused}/letters/write?kind=LETTER_KIND_ACKNOWLEDGEMENT`)
    await worker.button('Continue').click()
    await worker.button('Save and see the letter').click()
    await worker.button('Send the letter').click()
    await worker.sees('The letter is on its way by email.')
    const again = () => worker.page.locator('.govuk-task-list').getByRole('link', { name: /^Send it again/ })
    await until(async () => {
      await worker.go(`/service-complaints/${refused}`)
      return (await again().count()) > 0
    }, 'the word that the letter was refused')
    await worker.sees('The mail server refused it.')
    await worker.picture('letter-refused-to-do')
    await again().click()
    await worker.field('By email').check()
    await worker.picture('letter-refused-again')
    await worker.field('Email address').fill('fay.lowe@amends.example')
    await worker.button('Send it again').click()
    await worker.picture('letter-refused-sent')
    const mail = await portal.email('fay.lowe@amends.example', (email) => email.text.includes(refused))
    assert.match(mail.text, /It did not reach you, so here it is again/)
    await worker.go(`/service-complaints/${refused}`)
    assert.equal(await again().count(), 0)
  })

  test('SC-5 4.6 that a point is not investigated waits to be told, and how it was told is recorded with where it can be seen', async () => {
    await worker.go(at('/findings'))
    await worker.page.locator('main').getByRole('link', { name: /Take .*out|not investigate/i }).last().click()
    await worker.page.getByRole('radio').first().check()
    await worker.picture('exclude-element')
    for (const area of await worker.page.locator('main textarea').all()) await area.fill('It is about the decision on the landlord.')
    await worker.page.locator('main form button[type=submit]').last().click()
    await worker.go(at())
    await worker.picture('telling-to-do')
    await worker.page.locator('.govuk-task-list').getByRole('link', { name: /^Record how the person was told/ }).click()
    await worker.button('Record it').click()
    assert.ok(await worker.problemOf('proof'))
    await worker.picture('told-of-problems')
    await worker.field('Where can it be seen?').fill('The note of the call of today')
    await worker.button('Record it').click()
    await worker.sees('It is recorded that the person was told.')
    await worker.go(at())
    assert.equal(await worker.page.locator('.govuk-task-list').getByRole('link', { name: /^Record how the person was told/ }).count(), 0)
  })

  test('nothing on any page broke its policy or its scripts', () => {
    assert.deepEqual(worker.complaints, [])
  })
})
