// The bell in a real browser (NO-2, NO-4): nothing, news and what became of its emails, many pages, long texts; each person's own.
//
// Alone: node --test notifications.test.mjs

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'

import { aCase, aLandlord, aTask, anAdministrator, byCaseworker } from './given.mjs'
import { launch } from './person.mjs'
import { Portal, until } from './portal.mjs'

const password = 'copper meadow lantern'

describe('notifications', { timeout: 5 * 60_000 }, () => {
  let portal, browser, landlord, uma, page, reference

  before(async () => {
    browser = await launch()
    portal = await Portal.lent()
    landlord = await aLandlord(portal, 'Quayside Homes', 'Uma Berrow', 'uma.berrow@quayside.example')
    uma = await anAdministrator(browser, portal, landlord, password)
    page = uma.page
  })

  after(async () => {
    await browser?.close()
    await portal?.giveBack()
  })

  const rows = () => page.locator('main tbody tr')
  const row = (text) => rows().filter({ hasText: text })
  const unread = () => row('New').locator('.govuk-tag--yellow').count()
  /** Reloads the list until it shows some text so many times. */
  const listed = (text, times = 1) => until(async () => {
    await uma.go('/notifications')
    return (await row(text).count()) >= times
  }, `${times} notices with “${text}”`)
  /** What the list says of the email of a notice. */
  const email = (text) => row(text).first().locator('[data-label="Email"]').innerText()
  const markAll = () => uma.button('Mark all as read')

  test('no_2_whom_nothing_happened_to_has_no_notifications', async () => {
    await uma.go('/notifications')
    const all = await rows().count()
    // Setting a password is told to its holder, and nothing else has happened.
    assert.equal(all, await row('Your password').count() + await row('new device').count())
    if (all > 0) {
      await markAll().click()
      await uma.sees('Your notifications are marked as read.')
      assert.equal(await unread(), 0)
      assert.equal(await markAll().count(), 0)
    }
    await uma.picture('notifications-few')
  })

  test('no_4_a_notice_says_what_became_of_its_email', async () => {
    reference = await aCase(portal, landlord, 'Rosa Lind', 'A leak that comes back')
    await listed('There is a new case')
    await until(async () => {
      await uma.go('/notifications')
      return /^Sent \d+ \w+ \d{4} at \d+:\d\d[ap]m$/.test(await email('There is a new case'))
    }, 'the email about the case to be sent')
    assert.equal(await unread(), 1)
    await uma.picture('notifications-new')
  })

  test('no_2_a_notice_leads_to_what_it_is_about_and_is_read_by_that', async () => {
    await aTask(portal, reference, 'Send the repair log')
    await listed('Send the repair log')
    assert.equal(await unread(), 2)
    // Who only looks at the list has read none.
    await uma.go('/notifications')
    assert.equal(await unread(), 2)

    await row('Send the repair log').getByRole('button').click()
    assert.match(page.url(), new RegExp(`/cases/${reference}/tasks$`))
    await uma.go('/notifications')
    assert.equal(await unread(), 1)
    assert.equal(await row('Send the repair log').locator('.govuk-tag--yellow').count(), 0)
  })

  test('no_2_many_notices_have_pages_and_the_last_one_ends', async () => {
    for (let n = 1; n <= 27; n += 1) await byCaseworker(portal, 'message', 'write', reference, `Message ${n}`)
    await listed('New message', 25)
    await uma.picture('notifications-full')
    assert.equal(await markAll().count(), 1)

    await uma.link('Next page').click()
    await uma.sees('There is a new case')
    assert.equal(await uma.link('Next page').count(), 0)
    assert.equal(await markAll().count(), 0, 'from here newer ones would stay unread')
    await uma.picture('notifications-last-page')
    await uma.link('Previous page').click()

    await markAll().click()
    await uma.sees('Your notifications are marked as read.')
    assert.equal(await unread(), 0)
    await uma.link('Next page').click()
    assert.equal(await unread(), 0, 'those of the pages after it as well')
  })

  test('no_2_long_texts_break_and_hide_nothing', async () => {
    const long = 'Provide the structural engineer’s report, the correspondence with the contractor and Donaudampfschifffahrtselektrizitätenhauptbetriebswerk'
    await aTask(portal, reference, long)
    await listed('Donaudampfschifffahrt')
    await uma.picture('notifications-long')
  })

  test('no_4_a_notice_whose_email_the_mail_server_refused_says_so', async () => {
    await portal.refuses(landlord.username)
    await aTask(portal, reference, 'Send the lease')
    await listed('Send the lease')
    await until(async () => {
      await uma.go('/notifications')
      return (await email('Send the lease')) === 'Refused by the mail server'
    }, 'the mail server to refuse the email')
    await uma.picture('notifications-refused')
    uma.assertContent()
  })
})
