// The landlord's journey with JavaScript switched off: the same pages do the same.
// Alone: node --test tests/browser/without-javascript.test.mjs

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'

import * as files from './files.mjs'
import { aCase, aDocument, aLandlord, aLetter, aTask, byCaseworker, day, shows } from './given.mjs'
import { Person, launch } from './person.mjs'
import { Portal, until } from './portal.mjs'

const password = 'pebble garden trumpet'
const reason = 'Tell us why you are not able to complete this task so we can help you.'

describe('without JavaScript', { timeout: 8 * 60_000 }, () => {
  let browser, portal, landlord, reference, una

  before(async () => {
    browser = await launch()
    portal = await Portal.lent()
    landlord = await aLandlord(portal, 'Juniper Homes', 'Una Vale', 'una.vale@juniper.example')
    reference = await aCase(portal, landlord, 'Aspen Rudd', 'No heating')
    await aTask(portal, reference, 'Send the gas certificate', { due: 1 })
    await aTask(portal, reference, 'Send the rent account', { due: 20 })
    await byCaseworker(portal, 'message', 'write', reference, 'When was the boiler serviced?')
    una = await Person.at(browser, portal, { javaScriptEnabled: false })
  })

  after(async () => {
    await browser?.close()
    await portal?.giveBack()
  })

  const rows = () => una.page.locator('.house-table tbody tr')

  test('ID-2 ID-4 a password is set by the link, and somebody logs in with the code', async () => {
    await una.go('/login')
    await una.button('Next').click()
    assert.match((await una.problems())[0], /Enter your username/)
    await una.setPassword(landlord.username, password)
    await una.logIn(landlord.username, password)
    assert.equal(await una.heading(), 'Welcome Juniper Homes')
  })

  test('CA-5 CA-6 the cases are listed, sorted, filtered and opened', async () => {
    await shows(una, '/', 'Send the rent account')
    assert.equal(await rows().count(), 3) // two tasks, and their case
    await una.page.locator('summary').filter({ hasText: 'Cases' }).click()
    await una.link('Open cases').first().click()
    await una.page.getByRole('columnheader').getByRole('link', { name: 'Complainant' }).click()
    assert.equal(await rows().count(), 1)
    await una.page.locator('summary').filter({ hasText: 'Filter' }).click()
    await una.field('Complainant').fill('Nobody')
    await una.button('Apply filters').click()
    await una.sees('No case fits these filters.')
    await una.page.locator('.moj-filter__tag').click()
    await una.link(reference).first().click()
    assert.equal(await una.heading(), `Case ${reference}`)
    for (const tab of ['Tasks', 'Documents', 'Messages', 'Overview']) {
      await una.page.getByRole('navigation', { name: 'Parts of this case' }).getByRole('link', { name: tab }).click()
      assert.equal(await una.page.locator('h2').filter({ hasText: tab }).first().isVisible(), true)
    }
  })

  test('TA-4 TA-5 tasks are completed and reported, and mistakes are said beside their fields', async () => {
    await una.go('/tasks')
    await una.menuEntry('Send the gas certificate', 'Task completed')
    await una.field('Date').fill('yesterday')
    await una.button('Complete').click()
    assert.ok(await una.problemOf('completed_on'))
    assert.equal(await una.field('Date').inputValue(), 'yesterday')
    await una.field('Date').fill(day(0).typed)
    await una.button('Complete').click()
    await una.page.getByRole('alert').waitFor()
    await una.go('/tasks')
    assert.equal(await rows().count(), 1)

    await una.menuEntry('Send the rent account', 'Unable to complete')
    await una.field(reason).fill('x'.repeat(281))
    await una.button('Send Message').click()
    assert.match(await una.problemOf('message'), /280/)
    await una.field(reason).fill('The accounts are with our auditors.')
    await una.button('Send Message').click()
    await una.page.getByRole('alert').waitFor()
    const [task] = await portal.casework('task', 'list', '--case', reference, '--state', 'awaiting-answer')
    assert.equal(task.unable.message, 'The accounts are with our auditors.')
  })

  test('TA-1 a letter is opened and acknowledged', async () => {
    await aLetter(portal, reference, 'Why we look at it.txt', 'Read why we look at it', 14)
    await shows(una, '/tasks', 'Read why we look at it')
    await una.link('Read why we look at it').click()
    const letter = una.link('Why we look at it.txt')
    await until(async () => {
      await una.page.reload()
      return letter.isVisible()
    }, 'the letter to be checked')
    const [download] = await Promise.all([una.page.waitForEvent('download'), letter.click()])
    assert.equal(download.suggestedFilename(), 'Why we look at it.txt')
    await una.button('I have read this letter').click()
    await una.sees('We have noted that you have read “Read why we look at it”')
  })

  test('ME-2 ME-3 a message is answered with a document, and a refused document loses neither', async () => {
    const [pdf] = await files.ordinary(browser)
    const [, { file, says }] = await files.refused()
    await una.go(`/cases/${reference}/messages`)
    await una.field('Write a message').fill('In March.\n  See the report.')
    await una.page.locator('input[type=file]').setInputFiles([pdf, file])
    await una.button('Send Message').click()
    assert.match((await una.problems()).join('\n'), says)
    assert.equal(await una.field('Write a message').inputValue(), 'In March.\n  See the report.')
    await una.button('Send Message').click()
    await una.sees('See the report.')
    await una.link(pdf.name).first().waitFor()
  })

  test('DO-1 documents are uploaded in one go, and each says what became of it', async () => {
    await una.go(`/cases/${reference}/documents`)
    await una.button('Upload documents').click()
    assert.ok((await una.problems()).length >= 1)
    const [, ...good] = await files.ordinary(browser)
    const bad = (await files.refused()).slice(0, 3)
    await una.field('Category of the documents').selectOption({ label: 'Evidence' })
    await una.page.locator('input[type=file]').setInputFiles([...good, ...bad.map(({ file }) => file)])
    await una.button('Upload documents').click()
    const said = await una.page.locator('main').innerText()
    for (const { says } of bad) assert.match(said, says)
    for (const { name } of good) await una.page.locator('#documents').getByText(name).first().waitFor()
    const address = await una.link(good[0].name).first().getAttribute('href')
    assert.deepEqual(await (await una.context.request.get(address)).body(), good[0].buffer)
  })

  test('DO-3 whoever goes back to the form is told of what they send again, and another file is added', async () => {
    const send = async (name) => {
      await una.field('Category of the documents').selectOption({ label: 'Evidence' })
      await una.page.locator('input[type=file]').setInputFiles({ name, mimeType: 'text/plain', buffer: Buffer.from(name) })
      await una.button('Upload documents').click()
      return una.page.getByRole('alert').innerText()
    }
    await una.go(`/cases/${reference}/documents`)
    assert.doesNotMatch(await send('Sent at first.txt'), /already/)
    await una.page.goBack()
    assert.match(await send('Sent at first.txt'), /The case already had the same file/)
    await una.page.goBack()
    assert.doesNotMatch(await send('Sent after that.txt'), /already/)
  })

  test('the documents of a case are filtered', async () => {
    await una.field('Show category').selectOption({ label: 'Policy or procedure' })
    await una.button('Apply filters').click()
    await una.sees('No document fits these filters.')
    await una.link('Clear filters').click()
    await una.field('Show category').selectOption({ label: 'Evidence' })
    await una.button('Apply filters').click()
    assert.ok((await rows().allInnerTexts()).every((it) => it.includes('Evidence')))
    assert.ok(await rows().count() >= 2)
  })

  test('ME-3 ME-4 a document of the case is attached, and older messages have pages', async () => {
    await aDocument(portal, reference, 'Inspection of May.txt')
    await until(async () => {
      await una.go(`/cases/${reference}/documents`)
      return una.link('Inspection of May.txt').isVisible()
    }, 'the document to be checked')
    await una.go(`/cases/${reference}/messages`)
    await una.field('Write a message').fill('It is in the inspection.')
    await una.button('Choose documents from this case').click()
    await una.field('Search by name').fill('may')
    await una.button('Search').click()
    await una.field('Inspection of May.txt').check()
    assert.equal(await una.field('Write a message').inputValue(), 'It is in the inspection.')
    await una.button('Send Message').click()
    await una.page.locator('.moj-message-item').last().getByRole('link', { name: 'Inspection of May.txt' }).waitFor()

    for (let n = 1; n <= 26; n += 1) await byCaseworker(portal, 'message', 'write', reference, `Question ${n}`)
    await shows(una, `/cases/${reference}/messages`, 'Question 26')
    await una.link('Show older messages').click()
    await una.sees('When was the boiler serviced?')
    await una.link('Show newer messages').click()
    await una.sees('Question 26')
  })

  test('NO-2 notices have pages', async () => {
    await shows(una, '/notifications', 'Next page')
    await una.link('Next page').click()
    await una.sees('There is a new case')
    assert.equal(await una.link('Next page').count(), 0)
    await una.link('Previous page').click()
    await una.link('Next page').waitFor()
  })

  test('NO-2 a notification leads to what it is about and is read then', async () => {
    await una.go('/notifications')
    const unread = await una.page.locator('.house-table__unread').count()
    assert.ok(unread > 0)
    await una.page.locator('.house-table__unread').filter({ hasText: reference }).first().getByRole('button').click()
    assert.match(una.page.url(), new RegExp(`/(cases/${reference}|tasks)`))
    await una.go('/notifications')
    assert.ok((await una.page.locator('.house-table__unread').count()) < unread)
    await una.button('Mark all as read').click()
    assert.equal(await una.page.locator('.house-table__unread').count(), 0)
  })

  test('ID-8 ID-9 users are managed and the account is kept', async () => {
    await una.go('/users/new')
    await una.field('Full name').fill('Pat Dunn')
    await una.field('Email address').fill('pat.dunn@juniper.example')
    await una.button('Create account').click()
    await una.page.getByRole('alert').waitFor()
    for (const [action, says] of [
      ['Reset password', 'We have emailed pat.dunn@juniper.example a link'],
      ['Deactivate', 'Pat Dunn can no longer log in.'],
      ['Reactivate', 'Pat Dunn can log in again.']
    ]) {
      await una.menuEntry('Pat Dunn', action)
      await una.button(action).click()
      await una.sees(says)
    }
    await una.page.locator('input[name=codes_to]').last().check()
    await una.button('Save').click()
    await una.page.getByRole('alert').waitFor()

    await una.go('/account/password')
    await una.field('Current password').fill(password)
    await una.field('New password').fill('anchor pillow comet')
    await una.field('Type the new password again').fill('anchor pillow comet')
    await una.button('Change password').click()
    await una.page.getByRole('alert').waitFor()
    await portal.email(landlord.username, ({ subject }) => /password/i.test(subject) && /chang/i.test(subject))
  })

  test('ID-8 another session is ended', async () => {
    const elsewhere = await Person.at(browser, portal, { javaScriptEnabled: false })
    await elsewhere.logIn(landlord.username, 'anchor pillow comet')
    await una.go('/account')
    await una.page.getByRole('button', { name: /^End the session/ }).click()
    await elsewhere.waitsAt('/tasks', /\/(login|session-ended)/)
    await elsewhere.context.close()
  })

  test('a session that ended leads to the log-in, and from there back to the page', async () => {
    await portal.casework('account', 'log-out', landlord.username)
    await until(async () => {
      await una.go('/cases/closed')
      return /\/(login|session-ended)/.test(una.page.url())
    }, 'the end of the session')
    await una.logIn(landlord.username, 'anchor pillow comet')
    await una.page.locator('summary.house-header__link').filter({ hasText: 'Account' }).click()
    await una.button('Log out').first().click()
    await una.sees('You have logged out.')
    await una.page.goBack()
    assert.match(una.page.url(), /\/login/)
  })
})
