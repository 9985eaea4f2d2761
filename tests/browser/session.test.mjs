// How a session stays and ends: the warning before a quiet one ends, in one tab and in two, and what is there after the end.
// Alone: node --test tests/browser/session.test.mjs

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'

import { aCase, aLandlord, anAdministrator, byCaseworker, shows } from './given.mjs'
import { Person, launch } from './person.mjs'
import { Portal, until } from './portal.mjs'

const password = 'kettle harvest violin'
const warning = 'You are about to be logged out'

describe('a session', { timeout: 5 * 60_000 }, () => {
  let browser, portal, landlord, gil, messages

  before(async () => {
    browser = await launch()
    portal = await Portal.lent()
    landlord = await aLandlord(portal, 'Harbour Homes', 'Gil Roe', 'gil.roe@harbour.example')
    gil = await anAdministrator(browser, portal, landlord, password)
    const reference = await aCase(portal, landlord, 'Wren Abbot', 'No hot water')
    await byCaseworker(portal, 'message', 'write', reference, 'When will the boiler be mended?')
    messages = `/cases/${reference}/messages`
    await shows(gil, messages, 'When will the boiler be mended?')
  })

  after(async () => {
    await browser?.close()
    await portal?.giveBack()
  })

  /**
   * A tab whose clock can be moved. The server’s can’t, so while `left` is a number the tab hears that the session has so many seconds left, as
   * it would after so much quiet; when it is undefined, the server is asked.
   */
  async function aTab(person, address) {
    const page = await person.context.newPage()
    const tab = Object.assign(new Person(portal, person.context, page), { left: undefined, extendable: true })
    await page.clock.install()
    await page.route('**/session/remaining', (route) =>
      tab.left === undefined ? route.continue() : route.fulfill({ json: { seconds: tab.left, extendable: tab.extendable } }))
    await page.goto(address)
    tab.dialog = page.getByRole('dialog', { name: warning })
    return tab
  }

  /** Nobody does anything for 25 minutes, and so every tab warns. The tabs of a browser share its clock. */
  async function quiet(tabs, left = 300) {
    for (const tab of tabs) tab.left = left
    await tabs[0].page.clock.fastForward('25:00')
    for (const tab of tabs) await tab.dialog.waitFor()
  }

  const focused = (tab) => tab.page.evaluate(() => document.activeElement.textContent.trim())

  test('ID-10 the warning traps the focus, says how long is left, and one press of Enter or Escape keeps the session, any number of times', async () => {
    const tab = await aTab(gil, messages)
    const link = tab.page.getByRole('link', { name: 'Overview' })
    await link.focus()
    for (let times = 0; times < 12; times += 1) {
      await quiet([tab])
      assert.equal(await focused(tab), 'Stay logged in')
      if (times === 0) {
        assert.match(await tab.dialog.innerText(), /we will log you out in 5 minutes|4 minutes 5\d seconds/)
        await tab.picture('idle-warning')
        const stops = []
        for (const key of ['Tab', 'Tab', 'Tab', 'Shift+Tab', 'Shift+Tab', 'Shift+Tab']) {
          await tab.page.keyboard.press(key)
          stops.push(await focused(tab))
        }
        assert.deepEqual(stops, ['Log out', 'Stay logged in', 'Log out', 'Stay logged in', 'Log out', 'Stay logged in'])
      }
      // The server is asked again, and has the session that the press has kept.
      tab.left = undefined
      const kept = tab.page.waitForResponse(/\/session\/extend$/)
      await tab.page.keyboard.press(times % 2 ? 'Escape' : 'Enter')
      assert.equal((await kept).status(), 200)
      await tab.dialog.waitFor({ state: 'hidden' })
      assert.ok(await link.evaluate((it) => it === document.activeElement), 'the focus is back where it was')
    }
    tab.assertContent()
    await tab.page.close()
  })

  test('WCAG 4.1.3 the time that is left is announced by the minute, and in the last minute by 20 seconds', async () => {
    const tab = await aTab(gil, '/')
    await quiet([tab], 180)
    const spoken = tab.page.locator('[data-idle=spoken]')
    assert.equal(await spoken.getAttribute('aria-live'), 'polite')
    const heard = [await spoken.textContent()]
    for (let second = 179; second > 0; second -= 1) {
      tab.left = second
      await tab.page.clock.runFor(1000)
      const words = await spoken.textContent()
      if (words !== heard.at(-1)) heard.push(words)
    }
    const times = heard.map((words) => words.match(/in (.*)\./)[1])
    assert.ok(times.length >= 5 && times.length <= 7, `announced: ${times.join(', ')}`)
    await tab.page.close()
  })

  test('WCAG 2.2.1 when the longest time of a log-in is over, the warning says so and offers no more', async () => {
    const tab = await aTab(gil, '/')
    tab.extendable = false
    await quiet([tab], 240)
    await tab.sees('You have been logged in for as long as one log-in lasts.')
    assert.equal(await tab.button('Stay logged in').isVisible(), false)
    assert.equal(await focused(tab), 'Log out')
    await tab.assertAccessible('the warning at the end of a log-in')
    await tab.page.close()
  })

  test('ID-10 two tabs warn together, and what one of them does both have', async () => {
    const one = await aTab(gil, messages)
    // A page that opens is activity, which the other tabs hear of and ask the server about.
    const asked = one.page.waitForResponse('**/session/remaining')
    const two = await aTab(gil, '/')
    await (await asked).finished()
    await one.page.evaluate(() => fetch('/session/remaining'))
    await quiet([one, two])
    one.left = two.left = undefined
    await one.button('Stay logged in').click()
    await one.dialog.waitFor({ state: 'hidden' })
    await two.dialog.waitFor({ state: 'hidden' })

    await quiet([one, two])
    one.left = two.left = undefined
    await one.dialog.getByRole('button', { name: 'Log out' }).click()
    await one.sees('You have logged out.')
    await two.page.waitForURL(/\/session-ended/)
    await two.sees('You have been logged out')
    await one.page.close()
    await two.page.close()
    await gil.logIn(landlord.username, password)
  })

  test('ID-10 a session that ended while somebody wrote gives back what was typed after the next log-in, on the same page', async () => {
    const tab = await aTab(gil, messages)
    const text = tab.field('Write a message')
    await text.fill('The engineer came on Monday')
    await portal.casework('account', 'log-out', landlord.username)
    await until(async () => {
      await tab.page.clock.fastForward('25:00')
      return /\/session-ended/.test(tab.page.url())
    }, 'the end of the session')

    assert.equal(await tab.heading(), 'You have been logged out')
    await tab.picture('session-ended')
    await tab.link('Log in again').or(tab.button('Log in again')).click()
    await tab.field('Username').fill(landlord.username)
    await tab.button('Next').click()
    await tab.field('Password').fill(password)
    await tab.button('Log in').click()
    const mark = await portal.mark(landlord.username)
    await tab.button('Send 2FA Verification Code').click()
    await tab.field('Please enter the 2FA code').fill(await tab.code(landlord.username, mark))
    await tab.button('Verify').click()
    await tab.page.waitForURL(`**${messages}`)
    assert.equal(await text.inputValue(), 'The engineer came on Monday')
    tab.assertContent()
    await tab.page.close()
  })

  test('the page of an ended session neither ends a living one nor extends it', async () => {
    await gil.go('/session-ended?next=%2Ftasks')
    assert.equal(await gil.heading(), 'You are still logged in')
    await gil.picture('session-lives')
    await gil.button('Continue').click()
    assert.equal(await gil.heading(), 'My tasks')
    gil.assertContent()
  })
})
