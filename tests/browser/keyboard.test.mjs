// The landlord's journey with the keyboard alone: nothing here has a mouse.
// Alone: node --test tests/browser/keyboard.test.mjs

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'

import * as files from './files.mjs'
import { aCase, aDocument, aLandlord, aLetter, aTask, byCaseworker, day, shows } from './given.mjs'
import { Keys } from './keys.mjs'
import { Person, launch } from './person.mjs'
import { Portal, until } from './portal.mjs'

const password = 'ribbon cactus harbour'

describe('with the keyboard alone', { timeout: 8 * 60_000 }, () => {
  let browser, portal, landlord, reference, ivy, keys

  before(async () => {
    browser = await launch()
    portal = await Portal.lent()
    landlord = await aLandlord(portal, 'Meadow Homes', 'Ivy Stone', 'ivy.stone@meadow.example')
    reference = await aCase(portal, landlord, 'Rowan Pike', 'Mould in the kitchen')
    await aCase(portal, landlord, 'Hazel Munt', 'Broken lift')
    await aTask(portal, reference, 'Send the survey', { due: 2 })
    await aTask(portal, reference, 'Send the repair log', { due: 12 })
    await byCaseworker(portal, 'message', 'write', reference, 'Could you send us the survey?')
    await aLetter(portal, reference, 'What we look at.txt', 'Read what we look at', 14)
    ivy = await Person.at(browser, portal)
    keys = new Keys(ivy)
  })

  after(async () => {
    await browser?.close()
    await portal?.giveBack()
  })

  const heading = (name) => ivy.page.getByRole('heading', { level: 1, name })
  const main = () => ivy.page.locator('main')

  test('WCAG 2.4.1 the first key leads past the header, on every page', async () => {
    await ivy.go('/login')
    const first = await keys.step()
    assert.equal(first.name, 'Skip to main content')
    await keys.press('Enter')
    assert.equal(await ivy.page.evaluate(() => document.activeElement.id), 'main-content')
    await keys.step()
    assert.equal(await ivy.page.evaluate(() => document.activeElement.name), 'username')
  })

  const entersUsername = async () => {
    await ivy.go('/login')
    await keys.fill(ivy.field('Username'), landlord.username)
    await keys.follow(ivy.button('Next'))
  }

  test('ID-2 ID-3 the first password is set by the emailed link', async () => {
    await entersUsername()
    await keys.follow(ivy.link('Forgot your password?'))
    const mark = await portal.mark(landlord.username)
    await keys.follow(ivy.button('Email me a link'))
    const email = await portal.email(landlord.username, ({ text }) => text.includes('/set-password/'), mark)
    await ivy.go(email.text.match(/http\S*\/set-password\/[\w-]+/)[0])
    await keys.fill(ivy.field('New password'), password)
    await keys.fill(ivy.field('Type it again'), 'ribbon cactus harvest')
    await keys.follow(ivy.button('Set password'))
    assert.match((await ivy.problems())[0], /not the same/)
    for (const label of ['New password', 'Type it again']) await keys.fill(ivy.field(label), password)
    await keys.follow(ivy.button('Set password'))
    await ivy.sees('Your password is set')
  })

  test('ID-4 somebody logs in', async () => {
    await entersUsername()
    await keys.fill(ivy.field('Password'), password)
    await Promise.all([ivy.page.waitForURL('**/login/verification'), keys.press('Enter')])
    const mark = await portal.mark(landlord.username)
    await keys.follow(ivy.button('Send 2FA Verification Code'))
    await keys.fill(ivy.field('Please enter the 2FA code'), await ivy.code(landlord.username, mark))
    await keys.press('Enter')
    await heading('Welcome Meadow Homes').waitFor()
  })

  test('CA-5 the cases are found through the menu, filtered and opened', async () => {
    await shows(ivy, '/', 'Send the repair log')
    const menu = ivy.page.locator('summary').filter({ hasText: 'Cases' })
    await keys.use(menu)
    await keys.press('Escape')
    assert.ok(await menu.evaluate((it) => it === document.activeElement && !it.parentElement.open), 'Escape closes the menu and stays on it')
    await keys.press('Space')
    await keys.follow(ivy.link('Open cases').first())
    await heading('Open cases').waitFor()
    assert.equal(await main().getByRole('link', { name: /^20\d+/ }).count(), 2)

    await keys.use(ivy.page.locator('summary').filter({ hasText: 'Filter' }), 'Space')
    await keys.fill(ivy.field('Complainant'), 'Rowan')
    await keys.to(ivy.field('Team'))
    await keys.press('ArrowDown')
    await keys.follow(ivy.button('Apply filters'))
    assert.equal(await main().getByRole('link', { name: /^20\d+/ }).count(), 1)
    await keys.follow(main().locator('table').getByRole('link', { name: reference }))
    await heading(`Case ${reference}`).waitFor()
  })

  test('CA-6 every tab of the case is reached, and no part of a page keeps the focus', async () => {
    for (const tab of ['Tasks', 'Documents', 'Messages', 'Overview']) {
      await keys.follow(ivy.page.getByRole('navigation', { name: 'Parts of this case' }).getByRole('link', { name: tab }))
      const stops = await keys.roundTrip()
      assert.equal(stops[0], 'Skip to main content')
      assert.ok(stops.includes('Privacy'), `${tab}: ${stops.join(' · ')}`)
    }
    for (const address of ['/', '/cases/closed', '/tasks', '/notifications', '/account', '/account/password', '/users', '/users/new', '/user-guide']) {
      await ivy.go(address)
      await keys.roundTrip()
    }
  })

  test('TA-4 a task is completed', async () => {
    await ivy.go('/')
    await keys.use(ivy.page.locator('summary').filter({ hasText: 'Tasks' }))
    await keys.follow(ivy.link('My tasks').first())
    const row = ivy.page.getByRole('row').filter({ hasText: 'Send the survey' })
    await keys.use(row.locator('summary').filter({ hasText: 'Actions for' }))
    await keys.follow(row.getByRole('link', { name: 'Task completed' }))
    await keys.fill(ivy.field('Date'), day(1).typed)
    await keys.press('Enter')
    await main().getByRole('alert').waitFor()
    await keys.use(main().getByRole('alert').getByRole('link'))
    assert.equal(await ivy.field('Date').evaluate((it) => it === document.activeElement), true)
    await keys.press('ControlOrMeta+A')
    await keys.type(day(0).typed)
    await Promise.all([ivy.page.waitForEvent('load'), keys.press('Enter')])
    await main().getByRole('alert').waitFor()
    assert.equal(await main().locator('table').getByText('Send the survey').count(), 0)
  })

  test('TA-4 a task that was completed by mistake is reopened', async () => {
    await ivy.go('/tasks?show=ended')
    await keys.follow(main().getByRole('link', { name: 'Send the survey', exact: true }))
    await keys.follow(ivy.button('Reopen this task'))
    await ivy.sees('“Send the survey” is open again')
  })

  test('TA-1 a letter is opened and acknowledged', async () => {
    await shows(ivy, '/tasks', 'Read what we look at')
    await keys.follow(main().getByRole('link', { name: 'Read what we look at', exact: true }))
    const letter = ivy.link('What we look at.txt')
    await until(async () => {
      await ivy.page.reload()
      return letter.isVisible()
    }, 'the letter to be checked')
    await keys.to(letter)
    const [download] = await Promise.all([ivy.page.waitForEvent('download'), keys.press('Enter')])
    assert.equal(download.suggestedFilename(), 'What we look at.txt')
    await keys.follow(ivy.button('I have read this letter'))
    await ivy.sees('We have noted that you have read “Read what we look at”')
  })

  test('TA-5 a task is reported as unable to complete', async () => {
    await ivy.go('/tasks')
    const row = ivy.page.getByRole('row').filter({ hasText: 'Send the repair log' })
    await keys.use(row.locator('summary').filter({ hasText: 'Actions for' }))
    await keys.follow(row.getByRole('link', { name: 'Unable to complete' }))
    await keys.fill(ivy.field('Tell us why you are not able to complete this task so we can help you.'), 'The contractor has it.')
    await keys.follow(ivy.button('Send Message'))
    await main().getByRole('alert').waitFor()
  })

  test('ME-3 a message is answered, with a document', async () => {
    await shows(ivy, `/cases/${reference}/messages`, 'Could you send us the survey?')
    const [pdf] = await files.ordinary(browser)
    await keys.fill(ivy.field('Write a message'), 'Here it is.')
    await keys.choose(ivy.field('Attach documents'), pdf)
    await keys.follow(ivy.button('Send Message'))
    await ivy.sees('Here it is.')
    await ivy.link(pdf.name).first().waitFor()
  })

  test('ME-3 documents of the case are looked for and attached', async () => {
    await aDocument(portal, reference, 'Inspection of June.txt')
    await shows(ivy, `/cases/${reference}/documents`, 'Inspection of June.txt')
    await until(async () => {
      await ivy.page.reload()
      return ivy.link('Inspection of June.txt').isVisible()
    }, 'the document to be checked')
    await ivy.go(`/cases/${reference}/messages`)
    await keys.fill(ivy.field('Write a message'), 'It is in the inspection.')
    await keys.follow(ivy.button('Choose documents from this case'))
    await keys.fill(ivy.field('Search by name'), 'june')
    await keys.follow(ivy.button('Search'))
    await keys.use(ivy.field('Inspection of June.txt'), 'Space')
    await keys.follow(ivy.button('Send Message'))
    const sent = ivy.page.locator('.moj-message-item').last()
    assert.equal(await sent.locator('.moj-message-item__text').innerText(), 'It is in the inspection.')
    assert.deepEqual(await sent.locator('ul a').allInnerTexts(), ['Inspection of June.txt'])
  })

  test('ME-4 NO-2 older messages and older notices are reached, and the way back', async () => {
    for (let n = 1; n <= 26; n += 1) await byCaseworker(portal, 'message', 'write', reference, `Question ${n}`)
    await shows(ivy, `/cases/${reference}/messages`, 'Question 26')
    await keys.follow(ivy.link('Show older messages'))
    await ivy.sees('Could you send us the survey?')
    await keys.follow(ivy.link('Show newer messages'))
    await ivy.sees('Question 26')
    await shows(ivy, '/notifications', 'Next page')
    const listed = () => main().locator('tbody tr').count()
    assert.equal(await listed(), 25)
    await keys.follow(ivy.link('Next page'))
    await ivy.sees('There is a new case')
    assert.equal(await ivy.link('Next page').count(), 0)
    await keys.follow(ivy.link('Previous page'))
    assert.equal(await listed(), 25)
  })

  test('DO-1 WCAG 2.5.7 several documents are uploaded without dragging, and what became of them is announced', async () => {
    await ivy.go(`/cases/${reference}/documents`)
    const [, docx, xlsx] = await files.ordinary(browser)
    await keys.to(ivy.field('Category of the documents'))
    await keys.type('Evid')
    await keys.use(ivy.field('Set same category for all documents'), 'Space')
    await keys.choose(ivy.page.locator('input[type=file]'), [docx, xlsx])
    const live = ivy.page.locator('[data-upload=live]')
    assert.equal(await live.innerText(), '2 documents are ready to upload.')
    await keys.use(ivy.button('Upload documents'))
    for (const { name } of [docx, xlsx]) await ivy.page.locator('#documents').getByText(name).waitFor()
    assert.equal(await live.getAttribute('aria-live'), 'polite')
  })

  test('DO-5 a document is downloaded', async () => {
    await ivy.go(`/cases/${reference}/documents`)
    const link = ivy.page.locator('#documents tbody').getByRole('link').first()
    await keys.to(link)
    const [download] = await Promise.all([ivy.page.waitForEvent('download'), keys.press('Enter')])
    assert.ok(download.suggestedFilename())
  })

  test('CA-5 a list is sorted', async () => {
    await ivy.go('/cases/open')
    await keys.follow(ivy.page.getByRole('columnheader').getByRole('link', { name: 'Complainant' }))
    const sorted = ivy.page.locator('th[aria-sort=ascending], th[aria-sort=descending]')
    assert.match(await sorted.innerText(), /Complainant/)
  })

  test('NO-2 a notice is opened, and all are marked as read', async () => {
    await ivy.go('/notifications')
    const unread = ivy.page.locator('.house-table__unread')
    const before = await unread.count()
    await keys.follow(unread.first().getByRole('button'))
    assert.doesNotMatch(ivy.page.url(), /notifications/)
    await ivy.go('/notifications')
    assert.ok(await unread.count() < before)
    await keys.follow(ivy.button('Mark all as read'))
    assert.equal(await unread.count(), 0)
  })

  test('ID-9 a sub account is created, its password is reset, and it is deactivated and reactivated', async () => {
    await ivy.go('/users')
    await keys.follow(ivy.button('Create a new user'))
    await keys.fill(ivy.field('Full name'), 'Noel Marsh')
    await keys.fill(ivy.field('Email address'), 'noel.marsh@meadow.example')
    await keys.follow(ivy.button('Create account'))
    for (const [action, says] of [
      ['Reset password', 'We have emailed noel.marsh@meadow.example a link'],
      ['Deactivate', 'Noel Marsh can no longer log in.'],
      ['Reactivate', 'Noel Marsh can log in again.']
    ]) {
      const row = ivy.page.getByRole('row').filter({ hasText: 'Noel Marsh' })
      await keys.use(row.locator('summary').filter({ hasText: 'Actions for' }))
      await ivy.assertAccessible(`the open menu of a user, before: ${action}`)
      await keys.follow(row.getByRole('link', { name: action }))
      await keys.follow(ivy.button(action))
      await ivy.sees(says)
    }
  })

  test('ID-8 another session is ended', async () => {
    const elsewhere = await Person.at(browser, portal)
    await elsewhere.logIn(landlord.username, password)
    await ivy.go('/account')
    await keys.follow(main().getByRole('button', { name: /^End the session/ }))
    await elsewhere.waitsAt('/tasks', /\/(login|session-ended)/)
    await elsewhere.context.close()
  })

  test('ID-8 the own password is edited', async () => {
    await ivy.go('/account')
    await keys.follow(ivy.button('Edit password'))
    await keys.fill(ivy.field('Current password'), password)
    for (const label of ['New password', 'Type the new password again']) await keys.fill(ivy.field(label), 'walnut ferry candle')
    await keys.follow(ivy.button('Change password'))
    await main().getByRole('alert').waitFor()
  })

  test('ID-10 the warning of a quiet session is answered', async () => {
    await ivy.page.clock.install()
    await ivy.go('/tasks')
    // The server’s answer, as it would be after 25 minutes: the browser’s clock can be moved and the server’s can’t.
    await ivy.page.route('**/session/remaining', (route) => route.fulfill({ json: { seconds: 300, extendable: true } }))
    await ivy.page.clock.fastForward('25:00')
    await ivy.page.getByRole('heading', { name: 'You are about to be logged out' }).waitFor()
    await keys.step()
    await keys.step('Shift+Tab')
    const kept = ivy.page.waitForResponse(/\/session\/extend$/)
    await keys.press('Enter')
    assert.equal((await kept).status(), 200)
    await ivy.page.getByRole('heading', { name: 'You are about to be logged out' }).waitFor({ state: 'hidden' })
    await ivy.page.unroute('**/session/remaining')
  })

  test('somebody logs out', async () => {
    await ivy.go('/')
    await keys.use(ivy.page.locator('summary').filter({ hasText: 'Account' }))
    await keys.follow(ivy.page.getByRole('button', { name: 'Log out' }).first())
    await ivy.sees('You have logged out.')
    ivy.assertContent()
  })
})
