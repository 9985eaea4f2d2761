// What colleagues outside Customer Insight do with service complaints: any of them records one that reached them (policy 1.6), and each sees what was
// promised in their name (policy 4.29). Alone: node --test tests/browser/colleagues.test.mjs

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'

import { aLandlord, anAdministrator, day, shows } from './given.mjs'
import { launch } from './person.mjs'
import { Portal, until } from './portal.mjs'
import { aColleague, alsoLoggedIn, loggedIn, records } from './workspace.mjs'

const nadia = 'nadia.orme@colleagues.example'
const tomas = 'tomas.reed@colleagues.example'

describe('colleagues outside Customer Insight', { timeout: 8 * 60_000 }, () => {
  let browser, portal, caseworker, investigator, reference

  const at = (end = '') => `/service-complaints/${reference}${end}`

  /** Promises an action in the caseworker's name, due some days from today. */
  async function promises(what, due) {
    await investigator.go(at('/steps/promise'))
    await investigator.field('What is to be done?').fill(what)
    await investigator.field('Who is accountable?').selectOption({ label: 'Nadia Orme' })
    await investigator.field('By when?').fill(day(due).typed)
    await investigator.button('Promise it').click()
    await investigator.sees('The action is followed until it is done.')
  }

  before(async () => {
    browser = await launch()
    portal = await Portal.lent()
    await aColleague(portal, 'Nadia Orme', nadia, 'caseworker', '--team', 'dispute-support')
    await aColleague(portal, 'Tomas Reed', tomas, 'complaints-investigator')
    caseworker = await loggedIn(browser, portal, nadia)
    investigator = await loggedIn(browser, portal, tomas)
  })

  after(async () => {
    await browser?.close()
    await portal?.giveBack()
  })

  test('sc_1_1_6 a caseworker records a complaint that they were told of by telephone', async () => {
    await caseworker.page.locator('.house-menu summary, .house-menu__button').filter({ hasText: 'Service complaints' }).first().click()
    await caseworker.page.getByRole('link', { name: 'Record a complaint' }).first().click()
    assert.equal(await caseworker.heading(), 'Record a complaint')
    await caseworker.picture('colleague-record')
    await caseworker.button('Record it').click()
    assert.ok(await caseworker.problemOf('channel'))
    assert.ok(await caseworker.problemOf('summary'))
    assert.ok(await caseworker.problemOf('service_user.name'))
    await caseworker.picture('colleague-record-problems')

    await caseworker.page.getByLabel('Telephone', { exact: true }).check()
    await caseworker.field('When was it received?').fill(day(0).typed)
    await caseworker.field('What was said, in the person’s words').fill('I was promised a call on Monday, and nobody called.')
    await caseworker.field('Name').fill('Asha Verma')
    await caseworker.field('Resident').check()
    await caseworker.button('Record it').click()
    assert.equal(await caseworker.problemOf('service_user.email'), 'Enter the email address that letters go to, or choose letters on paper')
    assert.equal(await caseworker.field('Name').inputValue(), 'Asha Verma')
    await caseworker.field('Email address').fill('asha.verma@colleagues.example')
    await caseworker.button('Record it').click()
    assert.equal(await caseworker.heading(), 'What happens next')
    await caseworker.sees(/Its reference is SC\d{9}\. Customer Insight acknowledges it by/)
    await caseworker.picture('colleague-recorded')
  })

  test('sc_1_1_8 what they recorded is not shown to them from then on', async () => {
    const told = await caseworker.page.getByText(/Its reference is SC\d{9}/).first().innerText()
    const recorded = told.match(/SC\d{9}/)[0]
    assert.equal((await caseworker.go(`/service-complaints/${recorded}`)).status(), 404)
    await investigator.go(`/service-complaints/${recorded}`)
    await investigator.sees('I was promised a call on Monday, and nobody called.')
  })

  test('sc_10_4_29 nobody has promised anything in their name at first', async () => {
    await caseworker.go('/my-actions')
    await caseworker.sees('You have no open actions.')
    await caseworker.picture('my-actions-none')
  })

  test('sc_10_4_29 what was promised in their name is listed, soonest due first, and no more of the complaint', async () => {
    reference = await records(investigator, { name: 'Ben Okoro', email: 'ben.okoro@colleagues.example' })
    await promises('Send the letter of March again', 40)
    await promises('Telephone Ben Okoro about his case, and write down in the case what was said on the call and when we call again', 5)
    await shows(caseworker, '/my-actions', 'Send the letter of March again')
    const rows = await caseworker.page.locator('tbody tr').allInnerTexts()
    assert.equal(rows.length, 2)
    assert.match(rows[0], /Telephone Ben Okoro/)
    assert.ok(!(await caseworker.page.locator('main').innerText()).includes(reference))
    await caseworker.picture('my-actions')
  })

  test('sc_10_4_29 an action without its day and what shows it is refused beside both fields', async () => {
    await caseworker.page.getByRole('link', { name: /^Complete: .*Telephone Ben Okoro/ }).click()
    assert.equal(await caseworker.heading(), 'Complete an action')
    await caseworker.picture('my-action')
    await caseworker.field('When was it done?').fill('')
    await caseworker.button('Complete it').click()
    assert.equal((await caseworker.problems()).length, 2)
    assert.ok(await caseworker.problemOf('on'))
    assert.ok(await caseworker.problemOf('evidence'))
    await caseworker.picture('my-action-problems')
  })

  test('sc_10_4_30 an action is not done on a day to come; done today with what shows it, it is off the list', async () => {
    await caseworker.field('When was it done?').fill(day(3).typed)
    await caseworker.page.locator('[name=evidence]').fill('The note of the call of today')
    await caseworker.button('Complete it').click()
    assert.match(await caseworker.problemOf('on'), /is in the future/)
    assert.equal(await caseworker.page.locator('[name=evidence]').inputValue(), 'The note of the call of today')
    await caseworker.field('When was it done?').fill(day(0).typed)
    await caseworker.button('Complete it').click()
    assert.match(await caseworker.page.locator('.govuk-notification-banner').innerText(), /complete/i)
    await caseworker.picture('my-action-done')
    await caseworker.go('/my-actions')
    assert.equal(await caseworker.page.getByText(/Telephone Ben Okoro/).count(), 0)
  })

  test('sc_10_4_9 what keeps a colleague from an action is said to whoever handles the complaint, and stands beside the action', async () => {
    await caseworker.go('/my-actions')
    await caseworker.page.getByRole('link', { name: /^Say what keeps you from it.*Send the letter of March again/ }).click()
    assert.equal(await caseworker.heading(), 'Say what keeps you from an action')
    await caseworker.picture('my-action-hindered')
    await caseworker.button('Tell Customer Insight').click()
    assert.equal(await caseworker.problemOf('why'), 'Enter what keeps you from it')
    await caseworker.picture('my-action-hindered-problem')
    await caseworker.field('What keeps you from it?').fill('The letter of March is not in the case, and nobody knows who wrote it.')
    await caseworker.button('Tell Customer Insight').click()
    await caseworker.sees('Customer Insight is told.')
    await caseworker.sees(/You said: The letter of March is not in the case/)
    await caseworker.picture('my-actions-hindered')
    await investigator.go(`/service-complaints/${reference}/remedies`)
    await investigator.sees('What stands in the way')
    await investigator.sees(/The letter of March is not in the case/)
    await investigator.picture('remedies-hindered')
    await investigator.go('/service-complaints/monitoring')
    await investigator.sees(/In the way:.*The letter of March is not in the case/)
    await investigator.picture('monitoring-hindered')
    await until(async () => {
      await investigator.go('/notifications')
      return (await investigator.page.getByText('An action can’t be done as it was promised').count()) > 0
    }, 'the word that an action can’t be done')
  })

  test('sc_1_1_8 others are not shown the pages: Customer Insight has its own, and a landlord has none', async () => {
    await caseworker.go('/my-actions')
    const open = await caseworker.page.getByRole('link', { name: /^Complete: .*Send the letter of March again/ }).getAttribute('href')
    const landlord = await aLandlord(portal, 'Alder Homes', 'Olu Grant', 'olu.grant@colleagues.example')
    const administrator = await anAdministrator(browser, portal, landlord, 'three plum violins')
    for (const person of [investigator, administrator]) {
      for (const address of ['/my-actions', open, '/record-service-complaint', '/record-service-complaint/done']) {
        assert.equal((await person.go(address)).status(), 404, address)
      }
      assert.equal(await person.link('My actions').count(), 0)
    }
    const other = await loggedIn(browser, portal, await anotherCaseworker())
    await other.go('/my-actions')
    await other.sees('You have no open actions.')
    assert.equal((await other.go(open)).status(), 404)
  })

  async function anotherCaseworker() {
    const username = 'lena.hart@colleagues.example'
    await aColleague(portal, 'Lena Hart', username, 'caseworker', '--team', 'dispute-support')
    return username
  }

  test('ID-8 a person sees where they are logged in, and ends another session', async () => {
    const other = await alsoLoggedIn(browser, portal, nadia)
    await caseworker.go('/account')
    assert.equal(await caseworker.page.locator('tbody tr').count(), 2)
    await caseworker.sees('This one')
    await caseworker.picture('profile')
    await caseworker.page.getByRole('button', { name: /^End/ }).click()
    await until(async () => {
      await other.go('/my-actions')
      return other.page.url().includes('/login') || (await other.page.getByText('My actions').count()) === 0
    }, 'the other session to end')
    await caseworker.go('/account')
    assert.equal(await caseworker.page.locator('tbody tr').count(), 1)
  })

  test('nothing on any page broke its policy or its scripts', () => {
    caseworker.assertContent()
    investigator.assertContent()
  })
})
