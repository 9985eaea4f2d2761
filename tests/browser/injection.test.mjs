// What people type is shown and never run: payloads in every field that a landlord or staff can fill, and every page opened.
// Alone: node --test tests/browser/injection.test.mjs

import assert from 'node:assert/strict'
import { rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { after, before, describe, test } from 'node:test'

import { aCase, aLandlord, aTask, anAdministrator, byCaseworker, day, shows } from './given.mjs'
import { payloads, text, line, Watch } from './payloads.mjs'
import { launch } from './person.mjs'
import { Portal, senior, until } from './portal.mjs'

const password = 'magnet willow spoon'

/** The template of an email that is sent to nobody else meanwhile. */
const template = 'restricted'

describe('what people type', { timeout: 5 * 60_000 }, () => {
  let browser, portal, landlord, eve, reference, watch, ran

  const watched = (options) => watch.person(options)
  const assertInert = (person) => watch.assertInert(person)

  before(async () => {
    browser = await launch()
    portal = await Portal.lent()
    watch = new Watch(browser, portal)
    ;({ ran } = watch)
    landlord = await aLandlord(portal, line, line, 'eve@mallory.example')
    const known = await anAdministrator(browser, portal, landlord, password)
    eve = await watched({ storageState: await known.context.storageState() })
    await known.context.close()
  })

  after(async () => {
    await browser?.close()
    await portal?.giveBack()
  })

  test('the watch itself sees what runs, what is blocked and what is taken for markup', async () => {
    const page = await browser.newPage()
    const seen = []
    await page.exposeFunction('ran', () => seen.push('ran'))
    // Without those that lead away.
    await page.setContent(payloads.filter((it) => !/<(base|meta)/.test(it)).join('\n'))
    await page.locator('.injected').first().waitFor({ state: 'attached' })
    assert.ok(await page.locator('.injected').count() > 5)
    assert.ok(seen.length > 0, 'the payloads run where nothing stops them')
    await page.close()

    await eve.go('/')
    await eve.page.evaluate(() => document.querySelector('main').insertAdjacentHTML('beforeend', '<img src="x" onerror="ran()">'))
    while (ran.length === 0) await eve.page.evaluate(() => new Promise((resolve) => requestAnimationFrame(resolve)))
    assert.match(ran[0], /script-src/)
    ran.length = 0
    eve.complaints.length = 0
  })

  test('ASVS 1.2.1 what staff type is shown as typed on every page', async () => {
    reference = await aCase(portal, landlord, line, line)
    await aTask(portal, reference, line, { due: 1, instructions: text.slice(0, 1900) })
    const withdrawn = await aTask(portal, reference, line, { due: 9 })
    await byCaseworker(portal, 'task', 'withdraw', withdrawn.id, '--reason', line)
    for (let from = 0; from < payloads.length; from += 16) await byCaseworker(portal, 'message', 'write', reference, payloads.slice(from, from + 16).join('\n'))
    await shows(eve, `/cases/${reference}/messages`, payloads.at(-1))
    const shown = await eve.page.locator('.moj-message-item__text').allInnerTexts()
    assert.deepEqual(shown.join('\n').split('\n').map((it) => it.trim()), payloads.map((it) => it.trim()))
    await assertInert(eve)

    // Of a case of its own, because it ends.
    const [decided] = await byCaseworker(
      portal, 'case', 'open', '--landlord', landlord.id, '--complainant', line, '--subject', line, '--representative', line)
    const summary = payloads.join('\n').slice(0, 1000)
    await byCaseworker(portal, 'case', 'outcome', decided.reference, 'resolved', '--summary', summary, '--decided-on', day(0).iso)
    await byCaseworker(portal, 'case', 'move', decided.reference, 'closed')
    await shows(eve, `/cases/${decided.reference}`, 'Representative')
    await eve.sees(payloads[0])
    assert.equal(await eve.page.getByText(line).filter({ visible: true }).count() >= 2, true)
    await assertInert(eve)
  })

  test('ASVS 1.2.1 what a landlord types comes back as typed, refused or not', async () => {
    const case_ = `/cases/${reference}`
    await eve.go(`${case_}/messages`)
    await eve.field('Write a message').fill(`${text}${'x'.repeat(2000)}`)
    await eve.button('Send Message').click()
    assert.match((await eve.problems())[0], /2,?000/)
    await assertInert(eve)
    assert.match(await eve.field('Write a message').inputValue(), /^<script class=injected>/)
    await eve.field('Write a message').fill(text)
    await eve.page.locator('input[type=file]').setInputFiles({ name: `<img class=injected src=x onerror=ran()>${'"\'{{7*7}}'}.txt`, mimeType: 'text/plain', buffer: Buffer.from(`Our notes\n${text}`) })
    await eve.button('Send Message').click()
    await eve.page.getByRole('alert').waitFor()
    assert.deepEqual(await eve.problems(), [])
    await assertInert(eve)

    await eve.go(`${case_}/documents`)
    await eve.field('Category of the documents').selectOption({ label: 'Evidence' })
    await eve.page.locator('input[type=file]').setInputFiles([
      { name: '"><script class=injected>ran()<\u2215script>.html', mimeType: 'text/html', buffer: Buffer.from(`<html>${text}</html>`) },
      { name: '<svg onload=ran() class=injected>.txt', mimeType: 'text/plain', buffer: Buffer.from(`A note\n${text}`) }
    ])
    await assertInert(eve)
    await eve.button('Upload documents').click()
    await eve.page.locator('#documents').getByText(/svg onload/).first().waitFor()
    await assertInert(eve)

    const [task] = await portal.casework('task', 'list', '--case', reference)
    for (const [address, field, button, typed] of [
      [`/tasks/${task.id}/completed`, 'Date', 'Complete', line],
      [`/tasks/${task.id}/unable`, 'Tell us why you are not able to complete this task so we can help you.', 'Send Message', text],
      [`/tasks/${task.id}/unable`, 'Tell us why you are not able to complete this task so we can help you.', 'Send Message', line],
      ['/users/new', 'Email address', 'Create account', line],
      ['/forgot-password', 'Username', 'Email me a link', line]
    ]) {
      await eve.go(address)
      await eve.field(field).fill(typed)
      await eve.button(button).click()
      await eve.page.waitForLoadState()
      await assertInert(eve)
    }
    await byCaseworker(portal, 'task', 'answer', task.id, 'new-date', '--due', day(40).iso, '--words', line)
    await eve.go('/users/new')
    await eve.field('Full name').fill(line)
    await eve.field('Email address').fill('mallet@mallory.example')
    await eve.button('Create account').click()
    await eve.page.getByRole('alert').waitFor()
    await assertInert(eve)
  })

  test('ASVS 1.2.1 what an address says is never run', async () => {
    for (const payload of [line, ...payloads.slice(0, 6), 'javascript:ran()', '//elsewhere.example/']) {
      const typed = encodeURIComponent(payload)
      for (const address of [
        `/cases/open?reference=${typed}&complainant=${typed}&opened_from=${typed}&team=${typed}&sort=${typed}`, `/cases/closed?page=${typed}&trail=${typed}`,
        `/tasks?page=${typed}`, `/login?next=${typed}`, `/session-ended?next=${typed}`, `/cases/${typed}`, `/documents/${typed}`, `/set-password/${typed}`, `/${typed}`
      ]) {
        await eve.go(address)
        assert.equal(new URL(eve.page.url()).host, new URL(portal.url).host)
        await assertInert(eve)
      }
    }
  })

  test('ASVS 3.2.2 every page shows it all and runs nothing, and neither does a document', async () => {
    const tasks = await Promise.all(['open', 'ended'].map((state) => portal.casework('task', 'list', '--case', reference, '--state', state)))
    const case_ = `/cases/${reference}`
    const users = await (async () => {
      await eve.go('/users')
      return eve.page.locator('a[href*="/users/"]').evaluateAll((links) => links.map((it) => it.getAttribute('href')))
    })()
    for (const address of [
      '/', '/cases/open', '/cases/closed', case_, `${case_}/tasks`, `${case_}/documents`, `${case_}/messages`, '/tasks', '/notifications', '/account',
      '/account/password', ...users, ...tasks.flat().flatMap(({ id }) => [`/tasks/${id}`, `/tasks/${id}/completed`, `/tasks/${id}/unable`]),
      '/user-guide', '/accessibility', '/cookies', '/privacy'
    ]) {
      await eve.go(address)
      await assertInert(eve)
    }

    const documents = await until(async () => {
      await eve.go(`${case_}/documents`)
      const links = await eve.page.locator('#documents a[href^="/documents/"]').evaluateAll((all) => all.map((it) => it.getAttribute('href')))
      return links.length >= 2 && links
    }, 'the documents, which are checked first')
    for (const address of documents) {
      const [download] = await Promise.all([eve.page.waitForEvent('download'), eve.page.evaluate((href) => { location.href = href }, address)])
      assert.doesNotMatch(download.suggestedFilename(), /[<>"/]/)
      const headers = (await eve.context.request.get(address)).headers()
      assert.match(headers['content-disposition'], /^attachment/)
      assert.equal(headers['x-content-type-options'], 'nosniff')
      assert.match(headers['content-security-policy'], /sandbox/)
      assert.match(headers['content-security-policy'], /default-src 'none'/)
      assert.equal(headers['cross-origin-resource-policy'], 'same-origin')
      assert.match(headers['cache-control'], /no-store/)
      assert.match(headers['content-type'], /^text\/plain/)
    }
    assert.deepEqual(ran, [])

    // One is withdrawn for a reason.
    await byCaseworker(portal, 'document', 'withdraw', documents[0].replace('/documents/', ''), line)
    await shows(eve, `${case_}/documents`, 'Withdrawn because')
    await eve.sees(line)
    await assertInert(eve)
  })

  test('NO-5 the words that staff give an email are shown as typed, in its text and in its HTML', async () => {
    const [original] = await portal.casework('template', 'show', template)
    const body = path.join(portal.directory, 'injected-words')
    const adapt = async (words) => {
      await writeFile(body, `${original.body}\n\n${words}`)
      return portal.casework('template', 'edit', template, '--subject', original.subject, '--body', body)
    }
    for (const refused of ['{{ran()}}', '{{case_reference}}{{constructor}}', 'Go to https://elsewhere.example/']) await assert.rejects(adapt(refused), refused)
    // Without what a template refuses by itself: braces but those of its facts, and addresses.
    const words = payloads.filter((it) => !/[{}]|:\/\//.test(it))
    await adapt(words.join('\n\n'))
    await rm(body)

    // It is sent to who is restricted, below.
    const [preview] = await portal.casework('template', 'preview', template)
    for (const it of words) assert.ok(preview.text.includes(it), it)
  })

  test('ID-11 the reason of a restriction is shown as typed, and so are the words of its email', async () => {
    const mark = await portal.mark('eve@mallory.example')
    await portal.casework('--on-behalf-of', senior, 'restriction', 'set', '--username', 'eve@mallory.example', '--reason', line, '--review-on', day(30).iso)
    await eve.waitsAt('/', /\/restricted$/)
    await eve.sees(line)
    await assertInert(eve)

    const email = await portal.email('eve@mallory.example', ({ text }) => text.includes(payloads[0]), mark)
    await portal.casework('template', 'restore', template)
    // Where no policy stops anything, as in a mail program without one.
    await eve.go('about:blank')
    await eve.page.setContent(email.html)
    await eve.sees(payloads[0])
    assert.ok(await eve.page.locator('p').count() > payloads.length / 2)
    await assertInert(eve)
    eve.assertContent()
  })
})
