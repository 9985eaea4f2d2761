// Every page in its states: with nothing on it, with words that no line can hold, and with every kind of refusal. Each at the width of a desktop
// and at 320 pixels, which is a zoom of 400 %, looked at by axe, and with nothing that runs off the screen.
// Alone: node --test tests/browser/states.test.mjs

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'

import { aCase, aLandlord, aTask, anAdministrator, byCaseworker, shows } from './given.mjs'
import { Person, launch, rules } from './person.mjs'
import { Portal } from './portal.mjs'

const password = 'saddle comet drizzle'
/** As long as each may be, and without a place to break. */
const name = 'Bartholomew'.repeat(19).slice(0, 200)
const title = 'Reinspection'.repeat(17).slice(0, 200)
const message = 'Donaudampfschifffahrt'.repeat(96).slice(0, 2000)
const file = { name: `${'Schriftverkehr'.repeat(15).slice(0, 196)}.txt`, mimeType: 'text/plain', buffer: Buffer.from('The resident rang at nine.') }

describe('every page in its states', { timeout: 8 * 60_000 }, () => {
  let browser, portal, landlord, reference, max

  before(async () => {
    browser = await launch()
    portal = await Portal.lent()
    landlord = await aLandlord(portal, name, name, `${'maximilian'.repeat(6)}@${'elderflower'.repeat(5)}.example`)
    max = await anAdministrator(browser, portal, landlord, password)
  })

  after(async () => {
    await browser?.close()
    await portal?.giveBack()
  })

  test('WCAG 2.5.8 the size of targets is among what axe looks at, and it is heard when it complains', async () => {
    const known = await Person.at(browser, portal)
    await known.go('/login')
    await known.assertAccessible('the log-in')
    const tags = await known.page.evaluate((id) => globalThis.axe.getRules().find(({ ruleId }) => ruleId === id).tags, 'target-size')
    assert.ok(rules.some((rule) => tags.includes(rule)))
    await known.page.evaluate(() => {
      const style = new CSSStyleSheet()
      style.replaceSync('.small { display: inline-block; width: 8px; height: 8px; overflow: hidden }')
      document.adoptedStyleSheets.push(style)
      document.querySelector('main').insertAdjacentHTML('beforeend', '<a class="small" href="/a">a</a><a class="small" href="/b">b</a><img src="/static/none.png">')
    })
    await assert.rejects(known.assertAccessible('the log-in'), /target-size[\s\S]*image-alt|image-alt[\s\S]*target-size/)
    await known.context.close()
  })

  test('WH-3 with nothing on them', async () => {
    for (const [address, says, picture] of [
      ['/', 'There are no tasks waiting for you', 'home'],
      ['/cases/open', 'You have no open cases.', 'open-cases'],
      ['/cases/closed', 'You have no closed cases.', 'closed-cases'],
      ['/cases/open?complainant=Nobody', 'No case fits', 'open-cases-filtered'],
      ['/tasks', 'You have no tasks', 'my-tasks'],
      ['/users', 'You have not created any users.', 'users']
    ]) {
      await max.go(address)
      await max.sees(says)
      await max.picture(`empty-${picture}`)
    }
  })

  test('WH-3 with words that no line can hold', async () => {
    reference = await aCase(portal, landlord, name, title)
    const case_ = `/cases/${reference}`
    await max.go(case_)
    for (const [tab, says] of [['/tasks', 'No task has been set'], ['/documents', 'There are no documents'], ['/messages', 'There are no messages']]) {
      await shows(max, `${case_}${tab}`, says)
      await max.picture(`empty-case${tab.replace('/', '-')}`)
    }
    const task = await aTask(portal, reference, title, { due: 1, instructions: message.slice(0, 1000) })
    await byCaseworker(portal, 'message', 'write', reference, message)
    await shows(max, `${case_}/messages`, message.slice(0, 40))
    await max.field('Write a message').fill(message)
    await max.page.locator('input[type=file]').setInputFiles(file)
    await max.button('Send Message').click()
    await max.link(file.name).first().waitFor()
    await max.go('/users/new')
    await max.field('Full name').fill(name)
    await max.field('Email address').fill(`${'wilhelmina'.repeat(6)}@${'elderflower'.repeat(5)}.example`)
    await max.button('Create account').click()
    await max.page.getByRole('alert').waitFor()
    await max.picture('long-users')
    await max.menuEntry(name, 'Reset password')
    await max.picture('long-users-confirm')

    await shows(max, '/tasks', title.slice(0, 40))
    await max.page.locator('details').evaluateAll((all) => all.forEach((it) => { it.open = it.matches('.govuk-details') }))
    await max.picture('long-my-tasks')
    for (const [address, picture] of [
      ['/', 'home'], ['/cases/open', 'open-cases'], [`/cases/open?complainant=${name}`, 'open-cases-filtered'],
      [case_, 'case-overview'], [`${case_}/tasks`, 'case-tasks'], [`${case_}/documents`, 'case-documents'], [`${case_}/messages`, 'case-messages'],
      [`/tasks/${task.id}`, 'task'], [`/tasks/${task.id}/completed`, 'task-completed'], [`/tasks/${task.id}/unable`, 'task-unable'],
      ['/notifications', 'notifications'], ['/account', 'profile'], ['/account/password', 'edit-password']
    ]) {
      await max.go(address)
      await max.picture(`long-${picture}`)
    }

    await max.page.locator('summary').filter({ hasText: 'Account' }).click()
    await max.picture('long-account-menu')
    await max.go(`/tasks/${task.id}/unable`)
    await max.field('Tell us why you are not able to complete this task so we can help you.').fill(message)
    await max.button('Send Message').click()
    assert.match(await max.problemOf('message'), /280/)
    await max.picture('long-task-unable-error')
    await max.go(`${case_}/documents`)
    await max.field('Category of the documents').selectOption({ label: 'Evidence' })
    await max.page.locator('input[type=file]').setInputFiles([{ ...file, name: file.name.replace('.txt', '.odt') }, { ...file, buffer: Buffer.from('Another') }])
    await max.picture('long-case-documents-chosen')
    await max.button('Upload documents').click()
    await max.page.getByText(/OpenDocument/).last().waitFor()
    await max.picture('long-case-documents-refused')
    await max.go('/cases/open')
    await max.page.locator('summary').filter({ hasText: 'Filter' }).click()
    await max.picture('open-cases-filter')
    await max.field('Opened from').fill('the day before yesterday')
    await max.button('Apply filters').click()
    assert.ok((await max.problems()).length > 0)
    await max.picture('open-cases-filter-error')
  })

  test('WH-3 with a refusal', async () => {
    assert.equal((await max.go('/nothing-here')).status(), 404)
    await max.picture('error-404')

    const send = async (address, change) => {
      await max.go(address)
      const answer = max.page.waitForResponse((response) => response.request().method() === 'POST')
      await change()
      return (await answer).status()
    }
    const alter = (field, value) => max.page.locator(`main input[name=${field}]`).first().evaluate((it, text) => { it.value = text }, value)
    await max.go('/users')
    await max.menuEntry(name, 'Deactivate')
    const deactivate = max.page.url()
    assert.equal(await send(deactivate, async () => {
      await alter('version', '0')
      await max.button('Deactivate').click()
    }), 409)
    await max.picture('error-409')
    assert.equal(await send(deactivate, async () => {
      await alter('version', 'x')
      await max.button('Deactivate').click()
    }), 400)
    await max.picture('error-400')
    assert.equal(await send(deactivate, async () => {
      await alter('csrf', 'forged')
      await max.button('Deactivate').click()
    }), 403)
    await max.picture('error-403')
    assert.equal(await send('/users/new', async () => {
      await max.field('Full name').fill('x'.repeat(600_000))
      await max.button('Create account').click()
    }), 413)
    await max.picture('error-413')
    max.assertContent()
  })

  test('WH-3 the pages that everybody may read, whose contents and links lead somewhere', async () => {
    const anyone = await Person.at(browser, portal)
    for (const address of ['/user-guide', '/accessibility', '/cookies', '/privacy']) {
      await anyone.go(address)
      await anyone.picture(`help${address.replace('/', '-')}`)
      const broken = await anyone.page.locator('a[href^="#"]').evaluateAll((links) => links.map((it) => it.hash.slice(1)).filter((id) => !document.getElementById(id)))
      assert.deepEqual(broken, [], address)
    }

    // The list of cookies is the truth: each that a browser has got is on it.
    const listed = await (async () => {
      await anyone.go('/cookies')
      return anyone.page.locator('main').innerText()
    })()
    const kept = (await max.context.cookies()).map((cookie) => cookie.name)
    assert.ok(kept.length >= 3)
    for (const cookie of kept) assert.ok(listed.includes(cookie), cookie)

    // Every link to a section of the guide, on any page of a landlord’s, finds it.
    await anyone.go('/user-guide')
    const sections = await anyone.page.locator('[id]').evaluateAll((all) => all.map((it) => it.id))
    const asked = new Set()
    const see = async (person, address) => {
      await person.go(address)
      for (const href of await person.page.locator('a[href^="/user-guide#"]').evaluateAll((links) => links.map((it) => it.hash.slice(1)))) asked.add(href)
    }
    for (const address of ['/login', '/forgot-password', '/nothing-here', '/session-ended']) await see(anyone, address)
    for (const address of ['/', '/cases/open', '/tasks', '/users', '/account', '/notifications', `/cases/${reference}/documents`, `/cases/${reference}/messages`]) await see(max, address)
    assert.ok(asked.size >= 5, [...asked].join(' '))
    for (const section of asked) assert.ok(sections.includes(section), section)
    anyone.assertContent()
    await anyone.context.close()
  })
})
