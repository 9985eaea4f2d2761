// A person at a browser: what they press, what they see, and a picture of every page.

import assert from 'node:assert/strict'
import { mkdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'

import { chromium } from 'playwright-core'

import { root, until } from './portal.mjs'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
export const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']
export const pictures = path.join(root, 'target/screenshots')

const wide = { width: 1280, height: 900 }
// What is left of 1,280 pixels at a zoom of 400 %, which is also the smallest phone (WCAG 1.4.10).
const phone = { width: 320, height: 640 }
const tablet = { width: 700, height: 900 }

/** Debian's Chromium. As root it can't have its own sandbox. */
export function launch() {
  mkdirSync(pictures, { recursive: true })
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-quic', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-first-run']
  })
}

/** A person with a browser of their own. */
export class Person {
  static async at(browser, portal, options = {}) {
    const context = await browser.newContext({ viewport: wide, baseURL: portal.url, locale: 'en-GB', timezoneId: 'Europe/London', ...options })
    // Generous: only what fails ever waits for so long, and machines that build meanwhile are slow.
    context.setDefaultTimeout(30_000)
    return new Person(portal, context, await context.newPage())
  }

  constructor(portal, context, page) {
    Object.assign(this, { portal, context, page, complaints: [] })
    // A page that breaks its own policy or its scripts is broken, whatever it looks like.
    page.on('console', (message) => {
      if (message.type() === 'error' && !/status of (4|5)\d\d/.test(message.text())) this.complaints.push(`${page.url()}: ${message.text()}`)
    })
    page.on('pageerror', (error) => this.complaints.push(`${page.url()}: ${error}`))
  }

  go(address) {
    return this.page.goto(address)
  }

  button(name) {
    return this.page.getByRole('button', { name, exact: true })
  }

  link(name) {
    return this.page.getByRole('link', { name, exact: true })
  }

  field(label) {
    return this.page.getByLabel(label, { exact: true })
  }

  async heading() {
    return (await this.page.locator('h1').innerText()).trim()
  }

  async sees(text) {
    await this.page.getByText(text).filter({ visible: true }).first().waitFor()
  }

  /** The sentence beside a field that says what is wrong with it. */
  async problemOf(id) {
    const sentence = await this.page.locator(`[id="${id}-error"]`).innerText()
    return sentence.replace(/^Error:\s*/, '').trim()
  }

  /** The problems that the summary at the top lists. A press waits until its answer begins, and so this waits until the page is whole. */
  async problems() {
    await this.page.waitForLoadState()
    return this.page.locator('.govuk-error-summary__list li').allInnerTexts()
  }

  /** Leaves a picture of the page, phone-wide and wide, and lets axe look at both. */
  async picture(name) {
    for (const size of [phone, tablet, wide]) {
      await this.page.setViewportSize(size)
      const over = await this.page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
      assert.ok(over <= 0, `${name} is ${over} pixels wider than a window of ${size.width}`)
      if (size === tablet) continue
      const suffix = size === phone ? '-phone' : ''
      await this.photograph(`${name}${suffix}`)
      await this.assertAccessible(`${name}${suffix}`)
    }
  }

  /** A picture of the whole page as it stands. A busy Chromium refuses one now and then and takes the next. */
  async photograph(name) {
    const taken = () => this.page.screenshot({ path: path.join(pictures, `${name}.png`), fullPage: true }).then(() => true, (refused) => {
      if (!/Unable to capture screenshot/.test(refused.message)) throw refused
      return false
    })
    await until(taken, `a picture of ${name}`)
  }

  /** What a person does before pressing a key: Chromium drops those that are pressed before a page's first paint. */
  async looks() {
    await until(() => this.page.evaluate(() => performance.getEntriesByType('paint').length > 0), 'the first paint')
  }

  /** axe finds nothing to say about the page as it stands. */
  async assertAccessible(name) {
    if (!(await this.page.evaluate(() => Boolean(globalThis.axe)))) await this.page.evaluate(axe)
    const { violations } = await this.page.evaluate((values) => globalThis.axe.run({ runOnly: { type: 'tag', values } }), rules)
    const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ')}`)
    assert.deepEqual(found, [], `${name} (${this.page.url()})`)
  }

  /** Asks for a link to set a password, as at a first log-in, and opens it. */
  async openResetLink(username, picture) {
    const { portal, page } = this
    await this.enterUsername(username)
    const mark = await portal.mark(username)
    await this.link('Forgot your password?').click()
    if (picture) await this.picture('forgot-password')
    await this.button('Email me a link').click()
    if (picture) await this.picture('forgot-password-sent')
    const email = await portal.email(username, ({ text }) => text.includes('/set-password/'), mark)
    const [link] = email.text.match(/http\S*\/set-password\/[\w-]+/)
    await page.goto(link)
    if (picture) await this.picture('set-password')
    return link
  }

  async typeNewPassword(password) {
    await this.field('New password').fill(password)
    await this.field('Type it again').fill(password)
    await this.button('Set password').click()
    await this.sees('Your password is set')
  }

  /** Follows the emailed link that a request for one brings, and sets a password with it. */
  async setPassword(username, password, picture) {
    const link = await this.openResetLink(username, picture)
    await this.typeNewPassword(password)
    return link
  }

  async enterUsername(username) {
    await this.go('/login')
    await this.field('Username').fill(username)
    await this.button('Next').click()
  }

  async enterPassword(username, password) {
    await this.enterUsername(username)
    await this.field('Password').fill(password)
    await this.button('Log in').click()
  }

  /** Logs in with the emailed code, which goes to `contact`. */
  async logIn(username, password, { contact = username, picture } = {}) {
    await this.enterPassword(username, password)
    if (picture) await this.picture('login-verification')
    const mark = await this.portal.mark(contact)
    await this.button('Send 2FA Verification Code').click()
    const code = await this.code(contact, mark)
    if (picture) await this.picture('login-code')
    await this.field('Please enter the 2FA code').fill(code)
    await this.button('Verify').click()
    await this.page.getByRole('heading', { level: 1, name: /^Welcome/ }).waitFor()
  }

  /** Opens the menu of a row, found by a text in it, and presses one of its entries. */
  async menuEntry(text, entry) {
    const row = this.page.getByRole('row').filter({ hasText: text })
    await row.getByText('Actions for').click({ force: true })
    await row.getByRole('link', { name: entry }).click()
  }

  /** Opens an address until it leads to another: a change of rights takes effect within a second. */
  waitsAt(address, lands) {
    return until(async () => {
      await this.go(address)
      return lands.test(this.page.url())
    }, `${address} to lead to ${lands}`)
  }

  /** The code of the next email to an address. */
  async code(contact, mark) {
    const email = await this.portal.email(contact, ({ text }) => /^\s*\d{6}\s*$/m.test(text), mark)
    return email.text.match(/^\s*(\d{6})\s*$/m)[1]
  }

  /** Nothing on any page broke its policy or its scripts. */
  assertContent() {
    assert.deepEqual(this.complaints, [])
  }
}
