// The landlord's journey, from the operator's command that onboards it to the last page, on a portal started from nothing.
// Alone: node --test tests/browser/journey.test.mjs

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'

import * as files from './files.mjs'
import { aCase, aTask, anAdministrator, aLandlord, byCaseworker, day } from './given.mjs'
import { Person, launch } from './person.mjs'
import { Portal, basePort, caseworker, until } from './portal.mjs'

const portal = new Portal('journey', basePort)
const administrator = 'sam.okafor@riverside.example'
const password = 'copper lantern orchard'

describe('the landlord’s journey', { timeout: 15 * 60_000 }, () => {
  let browser, sam, landlord, reference

  before(async () => {
    browser = await launch()
    console.log(await portal.up())
  })

  after(async () => {
    await browser?.close()
    await portal.down()
  })

  test('ID-2 an operator onboards a landlord, whose administrator sets a password by the emailed link', async () => {
    ;[landlord] = await portal.casework('landlord', 'onboard', 'Riverside Homes', '--administrator', 'Sam Okafor', '--username', administrator)
    assert.equal(landlord.name, 'Riverside Homes')

    sam = await Person.at(browser, portal)
    await sam.go('/login')
    await sam.picture('login-username')
    const link = await sam.setPassword(administrator, password, true)

    await sam.go(link)
    assert.equal(await sam.heading(), 'This link no longer works')
    await sam.picture('link-ended')
  })

  test('ID-3 a request for an unknown address is answered like any other', async () => {
    const stranger = await Person.at(browser, portal)
    await stranger.go('/forgot-password')
    await stranger.field('Username').fill('nobody@riverside.example')
    await stranger.button('Email me a link').click()
    const unknown = await stranger.page.locator('main').innerText()
    await stranger.go('/forgot-password')
    await stranger.field('Username').fill(administrator)
    await stranger.button('Email me a link').click()

    assert.equal(await stranger.page.locator('main').innerText(), unknown)
    assert.deepEqual(await portal.emails('nobody@riverside.example'), [])
  })

  test('ID-4 every form says what is wrong beside the field and keeps what was typed', async () => {
    await sam.go('/login')
    await sam.field('Username').fill('not an address')
    await sam.button('Next').click()
    assert.match((await sam.problems())[0], /Enter your username/)
    assert.equal(await sam.field('Username').inputValue(), 'not an address')
    await sam.picture('login-username-error')

    await sam.field('Username').fill(administrator)
    await sam.button('Next').click()
    await sam.sees('Not you? Click here')
    await sam.picture('login-password')
    await sam.enterPassword(administrator, 'not the password')
    assert.match((await sam.problems())[0], /username or password is not right/)
    await sam.picture('login-password-error')
  })

  test('ID-4 the administrator logs in with the emailed code and sees the home page', async () => {
    await sam.logIn(administrator, password, { picture: true })

    assert.equal(await sam.heading(), 'Welcome Riverside Homes')
    await sam.picture('home-empty')
    await sam.go('/cases/open')
    await sam.sees('You have no open cases.')
    await sam.picture('open-cases-empty')
  })

  test('CA-5 a case and its tasks appear on the home page, soonest due first', async () => {
    reference = await aCase(portal, landlord, 'Asha Verma', 'Damp and mould in the bedroom')
    await byCaseworker(portal, 'case', 'assign', reference, caseworker)
    await aTask(portal, reference, 'Record complaint and update', { kind: 'record-complaint', due: 30 })
    await aTask(portal, reference, 'Provide the repair records', { due: 1, instructions: 'Please send us the repair log from January.' })

    const titles = () => sam.page.locator('.house-table').first().locator('tbody tr').allInnerTexts()
    const rows = await until(async () => {
      await sam.go('/')
      const rows = await titles()
      return rows.length === 2 && rows
    }, 'the two tasks on the home page')
    assert.match(rows[0], /Asha Verma[\s\S]*Riverside Homes[\s\S]*Provide the repair records[\s\S]*Approaching/)
    assert.match(rows[1], /Record complaint and update[\s\S]*Pending\/New/)
    const cases = await sam.page.locator('.house-table').last().locator('tbody tr').allInnerTexts()
    assert.equal(cases.length, 1)
    assert.match(cases[0], /Asha Verma[\s\S]*Approaching/)
    await sam.page.getByText('Details of Provide the repair records').click()
    await sam.sees('Please send us the repair log from January.')
    await sam.picture('home')

    for (const subject of [/new case/i, /task/i]) {
      await portal.email(administrator, (email) => subject.test(email.subject))
    }
  })

  test('CA-6 the case has its team, its owner and four tabs', async () => {
    await sam.link(reference).first().click()
    await sam.sees('Dispute Support')
    await until(async () => {
      await sam.page.reload()
      return sam.page.getByText('Amara Feldon').first().isVisible()
    }, 'the owner on the case')
    await sam.picture('case-overview')
    await sam.link('Tasks').click()
    await sam.picture('case-tasks')
    await sam.link('Documents').click()
    await sam.sees('There are no documents on this case.')
    await sam.picture('case-documents-empty')
    await sam.link('Messages').click()
    await sam.sees('There are no messages on this case')
    await sam.picture('case-messages-empty')
    assert.equal(await sam.button('Send Message').count(), 0, 'ME-1: a landlord can’t start a conversation')
  })

  test('TA-4 a task is completed with a date, which can’t be in the future', async () => {
    await sam.go('/tasks')
    await sam.picture('my-tasks')
    await sam.menuEntry('Provide the repair records', 'Task completed')
    await sam.picture('task-completed')
    await sam.field('Date').fill(day(1).typed)
    await sam.button('Complete').click()
    assert.equal((await sam.problems()).length, 1)
    assert.equal(await sam.field('Date').inputValue(), day(1).typed)
    await sam.picture('task-completed-error')

    await sam.field('Date').fill(day(0).typed)
    await sam.button('Complete').click()
    await sam.page.getByRole('alert').waitFor()
    assert.equal(await sam.page.locator('.house-table').getByText('Provide the repair records').count(), 0)
    const [ended] = await portal.casework('task', 'list', '--case', reference, '--state', 'ended')
    assert.equal(ended.status, 'TASK_STATUS_COMPLETED')
    assert.equal(ended.completedOn, day(0).iso)
  })

  test('TA-5 a task is reported as unable to complete, and the caseworker answers', async () => {
    await sam.go('/tasks')
    await sam.menuEntry('Record complaint and update', 'Unable to complete')
    await sam.picture('task-unable')
    await sam.field('Tell us why you are not able to complete this task so we can help you.').fill('x'.repeat(281))
    await sam.button('Send Message').click()
    assert.match((await sam.problems())[0], /280/)
    await sam.picture('task-unable-error')
    await sam.field('Tell us why you are not able to complete this task so we can help you.').fill('The resident has asked us to wait until Monday.')
    await sam.button('Send Message').click()
    await sam.page.getByRole('alert').waitFor()

    const [task] = await portal.casework('task', 'list', '--case', reference, '--state', 'awaiting-answer')
    assert.equal(task.unable.message, 'The resident has asked us to wait until Monday.')
    const mark = await portal.mark(administrator)
    await byCaseworker(portal, 'task', 'answer', task.id, 'new-date', '--due', day(40).iso, '--words', 'That is fine.')
    await portal.email(administrator, (email) => /task/i.test(email.subject), mark)
  })

  test('ME-1 a caseworker’s message arrives in the thread, in the bell and as an email', async () => {
    const mark = await portal.mark(administrator)
    await byCaseworker(portal, 'message', 'write', reference, 'Has the resident received your answer?')

    const email = await portal.email(administrator, ({ subject }) => /message/i.test(subject), mark)
    assert.ok(!email.text.includes('Has the resident received'), 'NO-1: case content stays in the portal')
    await sam.go('/notifications')
    const notice = sam.page.getByRole('row').filter({ hasText: /message/i }).filter({ hasText: 'New' })
    await notice.filter({ hasText: reference }).first().waitFor()
    await sam.picture('notifications')
    await sam.go(`/cases/${reference}/messages`)
    await sam.sees('Has the resident received your answer?')
    await sam.sees('Amara Feldon')
    await sam.picture('case-messages')
  })

  test('ME-2 ME-3 the landlord replies with an attachment', async () => {
    const [pdf] = await files.ordinary(browser)
    await sam.field('Write a message').fill('x'.repeat(2001))
    await sam.button('Send Message').click()
    assert.match((await sam.problems())[0], /2000|2,000/)
    await sam.picture('case-messages-error')

    await sam.field('Write a message').fill('Yes, on Tuesday.\nThe answer is attached.')
    await sam.page.locator('input[type=file]').setInputFiles(pdf)
    const mark = await portal.mark(caseworker)
    await sam.button('Send Message').click()
    await sam.sees('The answer is attached.')
    await sam.link('Stage 1 response.pdf').waitFor()
    await sam.picture('case-messages-replied')
    await portal.email(caseworker, ({ subject }) => /message|reply/i.test(subject), mark)
  })

  test('DO-1 DO-2 several files go up at once, and what is not taken is refused one by one with its reason', async () => {
    await sam.go(`/cases/${reference}/documents`)
    const good = await files.ordinary(browser)
    const bad = await files.refused()
    await sam.field('Category of the documents').selectOption({ label: 'Evidence' })
    await sam.page.locator('input[type=file]').setInputFiles([...good.slice(1), ...bad.map(({ file }) => file)])
    await sam.button('Upload documents').click()

    const page = sam.page
    for (const { name } of good.slice(1)) await page.locator('#documents').getByText(name).waitFor()
    const said = await page.locator('main').innerText()
    for (const { file, says } of bad) {
      assert.match(said, says)
      assert.equal(await page.locator('#documents').getByText(file.name).count(), 0)
    }
    await sam.picture('case-documents')
  })

  test('DO-1 the same form does the same without JavaScript', async () => {
    const plain = await Person.at(browser, portal, { javaScriptEnabled: false, storageState: await sam.context.storageState() })
    await plain.go(`/cases/${reference}/documents`)
    const bad = await files.refused()
    await plain.field('Category of the documents').selectOption({ label: 'Other' })
    await plain.page.locator('input[type=file]').setInputFiles([
      { name: 'Notes.txt', mimeType: 'text/plain', buffer: Buffer.from('The resident rang at nine.') },
      ...bad.map(({ file }) => file)
    ])
    await plain.button('Upload documents').click()

    const said = await plain.page.locator('main').innerText()
    for (const { says } of bad) assert.match(said, says)
    await plain.page.locator('#documents').getByText('Notes.txt').waitFor()
    await plain.context.close()
  })

  test('DO-5 a download resumes by range and can’t run in the portal’s origin', async () => {
    await sam.go(`/cases/${reference}/documents`)
    const address = await sam.link('Notes.txt').getAttribute('href')
    const whole = await sam.context.request.get(address)
    const part = await sam.context.request.get(address, { headers: { range: 'bytes=4-11' } })

    assert.equal(await whole.text(), 'The resident rang at nine.')
    assert.match(whole.headers()['content-disposition'], /^attachment/)
    assert.match(whole.headers()['content-security-policy'], /sandbox/)
    assert.equal(part.status(), 206)
    assert.equal(await part.text(), 'resident')
  })

  test('ID-9 three sub-accounts can be created and a fourth is refused', async () => {
    await sam.go('/users')
    await sam.picture('users-empty')
    for (const name of ['Noor Haddad', 'Lee Chen', 'Ola Berg']) {
      await sam.go('/users/new')
      await sam.field('Full name').fill(name)
      await sam.field('Email address').fill(`${name.toLowerCase().replace(' ', '.')}@riverside.example`)
      await sam.button('Create account').click()
      await sam.page.getByRole('alert').waitFor()
    }
    await sam.picture('users')

    await sam.go('/users/new')
    await sam.picture('users-new')
    await sam.field('Full name').fill('One Toomany')
    await sam.field('Email address').fill('one.toomany@riverside.example')
    await sam.button('Create account').click()
    assert.match((await sam.problems())[0], /as many active sub accounts/)
    assert.equal(await sam.field('Full name').inputValue(), 'One Toomany')
    await sam.picture('users-new-error')
  })

  test('ID-9 a sub-account is deactivated, which makes room for another, and reactivated', async () => {
    const press = async (entry, confirmed) => {
      await sam.go('/users')
      await sam.menuEntry('Ola Berg', entry)
      await sam.picture(`users-${entry.toLowerCase()}`)
      await sam.button(entry).click()
      await sam.sees(confirmed)
    }
    await press('Deactivate', 'Ola Berg can no longer log in.')
    await sam.button('Create a new user').waitFor()
    await press('Reactivate', 'Ola Berg can log in again.')
  })

  test('ID-9 a sub-account logs in with its own code, sees the same cases and manages no users', async () => {
    const username = 'noor.haddad@riverside.example'
    const noor = await Person.at(browser, portal)
    await noor.setPassword(username, 'velvet harbour sparrow')
    await noor.logIn(username, 'velvet harbour sparrow')
    await noor.go('/cases/open')
    await noor.link(reference).waitFor()
    await noor.picture('open-cases')

    assert.equal((await noor.go('/users')).status(), 403)
    await noor.picture('error-403')
    noor.assertContent()
    await noor.context.close()
  })

  test('ID-8 profile and settings show the account and end a session', async () => {
    const elsewhere = await Person.at(browser, portal)
    await elsewhere.logIn(administrator, password)
    await sam.go('/account')
    await sam.picture('profile')
    await sam.page.getByRole('button', { name: /^End the session/ }).first().click()
    await sam.page.getByRole('alert').waitFor()
    // A page that was asked for a moment ago may still be answered: an ending takes effect within a second.
    await until(async () => {
      await elsewhere.go('/')
      return /\/login|\/session-ended/.test(elsewhere.page.url())
    }, 'the ended session to be logged out')
    await elsewhere.context.close()

    await sam.go('/account/password')
    await sam.picture('edit-password')
    await sam.field('Current password').fill('not the password')
    await sam.field('New password').fill('short')
    await sam.field('Type the new password again').fill('short')
    await sam.button('Change password').click()
    assert.ok((await sam.problems()).length >= 1)
    await sam.picture('edit-password-error')
  })

  test('CA-4 another landlord gets “not found” for every address of the first one’s', async () => {
    const other = await aLandlord(portal, 'Hillside Trust', 'Kim Ito', 'kim@hillside.example')
    const kim = await anAdministrator(browser, portal, other, 'granite teapot meadow')
    await sam.go(`/cases/${reference}/documents`)
    const document = await sam.link('Notes.txt').getAttribute('href')
    const tasks = await portal.casework('task', 'list', '--case', reference)
    const task = tasks.find(({ status }) => status !== 'TASK_STATUS_COMPLETED')

    const case_ = `/cases/${reference}`
    for (const address of [case_, `${case_}/tasks`, `${case_}/documents`, `${case_}/messages`, document, `/tasks/${task.id}/completed`, `/tasks/${task.id}/unable`]) {
      assert.equal((await kim.go(address)).status(), 404, address)
    }
    await kim.picture('error-404')

    // What is sent is refused alike, though it comes from a page of Kim’s own with its token.
    await kim.go('/tasks')
    const csrf = await kim.page.locator('input[name=csrf]').first().inputValue()
    const file = { name: 'Kim.txt', mimeType: 'text/plain', buffer: Buffer.from('Kim was here.') }
    const { version } = task
    const sent = [
      [`${case_}/messages`, { multipart: { csrf, request_id: crypto.randomUUID(), text: 'Kim was here.' } }],
      [`${case_}/messages`, { multipart: { csrf, request_id: crypto.randomUUID(), text: 'Kim was here.', files: file } }],
      [`${case_}/documents`, { multipart: { csrf, request_id: crypto.randomUUID(), category: 'DOCUMENT_CATEGORY_EVIDENCE', files: file } }],
      [`/tasks/${task.id}/completed`, { form: { csrf, version, completed_on: day(0).typed } }],
      [`/tasks/${task.id}/unable`, { form: { csrf, version, message: 'Kim was here.' } }]
    ]
    for (const [address, body] of sent) {
      const answer = await kim.context.request.post(address, { ...body, headers: { origin: portal.url }, maxRedirects: 0 })
      assert.equal(answer.status(), 404, `POST ${address}`)
    }
    for (const address of [`${case_}/messages`, `${case_}/documents`]) {
      await sam.go(address)
      assert.equal(await sam.page.getByText(/Kim/).count(), 0, address)
    }
    assert.deepEqual(await portal.casework('task', 'list', '--case', reference), tasks)

    for (const address of ['/', '/cases/open', '/cases/closed', `/cases/open?reference=${reference}`, '/tasks', '/notifications']) {
      await kim.go(address)
      assert.equal(await kim.page.locator('.house-table').getByText(reference).count(), 0, address)
    }
    await kim.context.close()
  })

  test('ID-6 wrong passwords lock the account for a while, and the reset link still works', async () => {
    const username = 'lee.chen@riverside.example'
    const lee = await Person.at(browser, portal)
    await lee.setPassword(username, 'walnut ribbon compass')
    const attacker = await Person.at(browser, portal)
    for (let wrong = 0; wrong < 6; wrong += 1) await attacker.enterPassword(username, `wrong password number ${wrong}`)
    const [words] = await attacker.problems()

    await attacker.enterPassword(username, 'walnut ribbon compass')
    assert.deepEqual(await attacker.problems(), [words], 'the right password gets the same words while it is locked')
    const locks = await portal.casework('lock', 'list')
    assert.ok(locks.some((lock) => lock.username === username))
    await portal.email(username, ({ subject }) => /lock/i.test(subject))

    await lee.setPassword(username, 'thimble cricket avenue')
    await lee.logIn(username, 'thimble cricket avenue')
    assert.ok(!(await portal.casework('lock', 'list')).some((lock) => lock.username === username))
    await attacker.context.close()
    await lee.context.close()
  })

  test('WH-3 the help pages are there for everyone, and an unknown page says so', async () => {
    const anyone = await Person.at(browser, portal)
    for (const [address, name] of [['/user-guide', 'user-guide'], ['/accessibility', 'accessibility'], ['/cookies', 'cookies'], ['/privacy', 'privacy']]) {
      assert.equal((await anyone.go(address)).status(), 200)
      await anyone.picture(name)
    }
    assert.equal((await anyone.go('/nothing-here')).status(), 404)
    assert.match((await anyone.go('/tasks')).url(), /\/login\?next=%2Ftasks$/)
    anyone.assertContent()
    await anyone.context.close()
  })

  test('the demonstration caseload fills every list', async () => {
    const username = 'landlord@test-landlord.example'
    const dani = await Person.at(browser, portal)
    await dani.setPassword(username, 'parsley tunnel mosaic')
    await dani.logIn(username, 'parsley tunnel mosaic')
    assert.equal(await dani.heading(), 'Welcome TEST TEST Landlord')
    await dani.picture('home-demonstration')
    for (const colour of ['Overdue', 'Approaching', 'Pending/New']) await dani.sees(colour)
    await dani.go('/cases/open')
    await dani.picture('open-cases-demonstration')
    await dani.go('/cases/closed')
    await dani.sees('Case closed')
    await dani.picture('closed-cases')
    await dani.context.close()

    const imogen = await Person.at(browser, portal)
    await imogen.setPassword('complaints@brackenfold-homes.example', 'saffron anchor thistle')
    await imogen.logIn('complaints@brackenfold-homes.example', 'saffron anchor thistle')
    await imogen.go('/cases/open')
    const first = await imogen.page.locator('.house-table tbody tr').allInnerTexts()
    await imogen.page.getByRole('link', { name: /^Next/ }).click()
    const second = await imogen.page.locator('.house-table tbody tr').allInnerTexts()
    assert.equal(first.length, 25)
    assert.equal(second.filter((row) => first.includes(row)).length, 0)
    await imogen.picture('open-cases-second-page')
    await imogen.page.getByRole('link', { name: /^Previous/ }).click()
    assert.deepEqual(await imogen.page.locator('.house-table tbody tr').allInnerTexts(), first)
    imogen.assertContent()
    await imogen.context.close()
  })

  test('a log-out ends the session, and going back shows nothing', async () => {
    await sam.go('/')
    await sam.page.getByText('Account', { exact: false }).first().click()
    await sam.button('Log out').first().click()
    await sam.sees('You have logged out.')
    await sam.page.goBack()
    assert.match(sam.page.url(), /\/login/)
    sam.assertContent()
  })

  test('a second start goes on from what is there', async () => {
    await portal.down()
    await portal.local('up', '--port', `${portal.port}`)
    await sam.logIn(administrator, password)
    await sam.go(`/cases/${reference}/messages`)
    await sam.sees('The answer is attached.')
  })
})
