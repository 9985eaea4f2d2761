// Logging in and passwords: what each form says when something is wrong, and the ways round.
// Alone: node --test tests/browser/login.test.mjs

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'

import { aLandlord, anAdministrator, day } from './given.mjs'
import { Person, launch } from './person.mjs'
import { Portal, senior } from './portal.mjs'

const password = 'marble lantern otter'

describe('logging in', { timeout: 5 * 60_000 }, () => {
  let browser, portal, landlord, ada

  before(async () => {
    browser = await launch()
    portal = await Portal.lent()
    landlord = await aLandlord(portal, 'Elmfield Homes', 'Ada Quist', 'ada.quist@elmfield.example')
    ada = await Person.at(browser, portal)
  })

  after(async () => {
    await browser?.close()
    await portal?.giveBack()
  })

  /** Every mistake is in the summary, which has the focus and leads to its field, where it is said again. */
  async function assertSays(field, words) {
    const [first] = await ada.problems()
    assert.match(first, words)
    assert.match(await ada.problemOf(field), words)
    assert.match(await ada.page.title(), /^Error: /)
    const summary = ada.page.locator('.govuk-error-summary')
    assert.ok(await summary.evaluate((it) => it === document.activeElement), 'the summary has the focus')
    await summary.getByRole('link').first().click()
    assert.equal(await ada.page.evaluate(() => document.activeElement.id), field)
  }

  test('ID-3 “Forgot your password?” takes an email address', async () => {
    await ada.go('/forgot-password')
    await ada.button('Email me a link').click()
    await assertSays('username', /Enter your username, which is an email address/)
    await ada.field('Username').fill('ada.quist')
    await ada.button('Email me a link').click()
    await assertSays('username', /Enter your username, which is an email address/)
    assert.equal(await ada.field('Username').inputValue(), 'ada.quist')
    await ada.picture('forgot-password-error')
  })

  test('ID-7 a new password is typed twice, is long and is hard to guess; until then the link still works', async () => {
    await ada.openResetLink(landlord.username)
    for (const [typed, again, field, words, picture] of [
      [password, 'marble lantern other', 'repeated', /not the same/, 'mismatch'],
      ['short', 'short', 'password', /15 characters or more/, 'short'],
      ['passwordpassword1', 'passwordpassword1', 'password', /harder to guess/, 'common'],
      ['Elmfield Homes Ada Quist', 'Elmfield Homes Ada Quist', 'password', /harder to guess/, 'own-words']
    ]) {
      await ada.field('New password').fill(typed)
      await ada.field('Type it again').fill(again)
      await ada.button('Set password').click()
      await assertSays(field, words)
      assert.equal(await ada.field('New password').inputValue(), '', 'a password is never sent back')
      await ada.picture(`set-password-${picture}`)
    }
    await ada.field('New password').fill(password)
    await ada.field('Type it again').fill(password)
    await ada.button('Set password').click()
    await ada.sees('Your password is set')
    await ada.picture('login-password-set')
  })

  test('ID-4 “Not you?” goes back to the username, whichever step shows it', async () => {
    await ada.enterUsername('somebody.else@elmfield.example')
    await ada.sees('Logging in as somebody.else@elmfield.example')
    await ada.button('Log in').click()
    await assertSays('password', /Password is required/)
    await ada.picture('login-password-empty')
    await ada.link('Not you? Click here').click()
    assert.equal(await ada.heading(), 'Log in')

    await ada.enterPassword(landlord.username, password)
    await ada.sees('Login Verification')
    await ada.link('Not you? Click here').click()
    assert.equal(await ada.heading(), 'Log in')
  })

  test('ID-5 a code that is empty or wrong is refused beside its field, and another can be sent', async () => {
    await ada.enterPassword(landlord.username, password)
    const before = await portal.mark(landlord.username)
    await ada.button('Send 2FA Verification Code').click()
    const first = await ada.code(landlord.username, before)

    await ada.button('Verify').click()
    await assertSays('code', /Enter the 2FA code/)
    await ada.picture('login-code-empty')
    await ada.field('Please enter the 2FA code').fill(first === '123456' ? '654321' : '123456')
    await ada.button('Verify').click()
    await assertSays('code', /not right, or no longer works/)
    assert.match(await ada.field('Please enter the 2FA code').inputValue(), /^\d{6}$/, 'what was typed is kept, to be corrected')
    await ada.picture('login-code-wrong')

    const mark = await portal.mark(landlord.username)
    await ada.button('Resend code to my email').click()
    await ada.sees('We have sent another code to your email.')
    await ada.picture('login-code-resent')
    const second = await ada.code(landlord.username, mark)
    await ada.field('Please enter the 2FA code').fill(` ${second.slice(0, 3)} ${second.slice(3)} `)
    await ada.button('Verify').click()
    await ada.page.getByRole('heading', { level: 1, name: 'Welcome Elmfield Homes' }).waitFor()
  })

  test('WCAG 3.3.8 usernames, passwords and codes can be pasted and filled in by the browser, and nothing is a puzzle', async () => {
    const mo = await Person.at(browser, portal, { permissions: ['clipboard-read', 'clipboard-write'] })
    const paste = async (label, text, autocomplete) => {
      const field = mo.field(label)
      assert.equal(await field.getAttribute('autocomplete'), autocomplete)
      await mo.page.evaluate((copied) => navigator.clipboard.writeText(copied), text)
      await field.focus()
      await mo.page.keyboard.press('ControlOrMeta+V')
      assert.equal(await field.inputValue(), text)
    }
    await mo.go('/login')
    await paste('Username', landlord.username, 'username')
    await mo.button('Next').click()
    await paste('Password', password, 'current-password')
    await mo.page.getByRole('button', { name: 'Show password' }).click()
    assert.equal(await mo.field('Password').getAttribute('type'), 'text')
    await mo.picture('login-password-shown')
    await mo.button('Log in').click()
    const mark = await portal.mark(landlord.username)
    await mo.button('Send 2FA Verification Code').click()
    await paste('Please enter the 2FA code', await mo.code(landlord.username, mark), 'one-time-code')
    await mo.button('Verify').click()
    await mo.page.getByRole('heading', { level: 1, name: /^Welcome/ }).waitFor()
    mo.assertContent()
    await mo.context.close()
  })

  test('ID-9 the administrator resets a sub-account’s password, which ends it and its sessions', async () => {
    const username = 'bo.lind@elmfield.example'
    await ada.go('/users/new')
    await ada.button('Create account').click()
    assert.equal((await ada.problems()).length, 2)
    await ada.picture('users-new-empty')
    await ada.field('Full name').fill('Bo Lind')
    await ada.field('Email address').fill(username)
    await ada.button('Create account').click()
    await ada.page.getByRole('alert').waitFor()
    const bo = await anAdministrator(browser, portal, { username }, 'thistle bucket window')

    await ada.menuEntry('Bo Lind', 'Reset password')
    assert.equal(await ada.heading(), 'Reset the password of Bo Lind?')
    await ada.picture('users-reset-password')
    const mark = await portal.mark(username)
    await ada.button('Reset password').click()
    await ada.sees(`We have emailed ${username} a link to create a new password.`)
    await ada.picture('users-password-reset')

    const email = await portal.email(username, ({ text }) => text.includes('/set-password/'), mark)
    await bo.page.goto('/')
    await bo.page.waitForURL(/\/(login|session-ended)/)
    await bo.enterPassword(username, 'thistle bucket window')
    assert.match((await bo.problems())[0], /username or password is not right/)
    await bo.page.goto(email.text.match(/http\S*\/set-password\/[\w-]+/)[0])
    await bo.typeNewPassword('velvet comet ladder')
    await bo.logIn(username, 'velvet comet ladder')
    bo.assertContent()
    await bo.context.close()
  })

  test('ID-11 the holder of a restricted account sees why, until when and how to appeal, and nothing else', async () => {
    const words = 'Three messages to our staff were abusive.'
    const review = day(60).iso
    await portal.casework(
      '--on-behalf-of', senior, 'restriction', 'set', '--username', landlord.username, '--reason', words, '--review-on', review)

    await ada.waitsAt('/', /\/restricted$/)
    assert.equal(await ada.heading(), 'Your access to the Portal is restricted')
    await ada.sees(words)
    await ada.sees('You can ask us to look at this decision again.')
    await ada.picture('restricted')
    for (const address of ['/cases/open', '/tasks', '/users', '/account', '/notifications']) {
      await ada.go(address)
      assert.match(ada.page.url(), /\/restricted$/, address)
    }
    await ada.button('Log out').click()
    await ada.sees('You have logged out.')

    await portal.casework('--on-behalf-of', senior, 'restriction', 'lift', '--username', landlord.username)
    await ada.logIn(landlord.username, password)
    ada.assertContent()
  })
})
