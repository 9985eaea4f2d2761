// Somebody without an account complains about the service and follows the complaint by its private link (SC-1, SC-15).
// Alone: node --test tests/browser/complain.test.mjs

import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { after, before, describe, test } from 'node:test'

import { ordinary, refused } from './files.mjs'
import { day } from './given.mjs'
import { Person, launch } from './person.mjs'
import { Portal, until } from './portal.mjs'
import { aColleague, doesNext, loggedIn } from './workspace.mjs'

const address = 'asha.verma@resident.example'
const petra = 'petra.lang@complain.example'

/** The first date in a text, such as 15 March 2026. */
const dates = /\d{1,2} [A-Z][a-z]+ \d{4}/

describe('complaining about the service', { timeout: 8 * 60_000 }, () => {
  let browser, portal, asha, reference, link, letter, zipped, worker

  before(async () => {
    browser = await launch()
    portal = await Portal.lent()
    asha = await Person.at(browser, portal)
    letter = (await ordinary(browser))[0]
    zipped = (await refused())[0].file
  })

  after(async () => {
    await browser?.close()
    await portal?.giveBack()
  })

  const next = (person) => person.button('Continue').click()

  /** Presses Continue with nothing filled in, which says what to do, and answers the question then. */
  async function question(person, heading, problem, answer, picture) {
    await person.page.getByRole('heading', { level: 1, name: heading }).waitFor()
    if (picture) await person.picture(`complain-${picture}`)
    if (problem) {
      await next(person)
      assert.match((await person.problems())[0], problem)
      if (picture) await person.picture(`complain-${picture}-problem`)
    }
    await answer()
    await next(person)
  }

  /** Answers every question up to the files. */
  async function fillIn(person, { problems = false, picture = false, email = address } = {}) {
    const check = (problem) => (problems ? problem : undefined)
    const seen = (name) => (picture ? name : undefined)
    await question(person, 'Who are you?', check(/Select who you are/), () => person.field('A resident').check(), seen('who'))
    await question(person, 'What is your complaint about?', check(/Select what/), () => person.field('The service you had from us').check(), seen('about'))
    await question(person, 'What is your full name?', check(/Enter your full name/), () => person.field('What is your full name?').fill('Asha Verma'), seen('name'))
    await question(person, 'How should we write to you?', check(/Select how/), () => person.field('By email').check(), seen('format'))
    await question(person, 'How can we reach you?', check(/Select how you prefer/), async () => {
      await person.field('Email').check()
      await person.field('Email address').fill(email)
    }, seen('contact'))
    await question(person, 'Do you need us to do anything differently?', check(/Tell us which changes/), async () => {
      await person.field('Yes').check()
      await person.field('If yes, what do you need us to do?').fill('Please call after noon.')
    }, seen('changes'))
    await question(person, 'Is there anything we should know to help or protect you?', check(/Tell us what we should know/), () => person.field('No').check(), seen('care'))
    await question(person, 'What happened?', check(/Tell us what happened/), () => person.field('What happened?').fill('Nobody called me back.\nI asked twice.'), seen('summary'))
    await question(person, 'When did it last happen?', check(/Enter the date/), () => person.field('Date').fill(day(-400).typed), seen('date'))
    await question(person, 'What do you want to happen?', check(/Tell us what you want/), () => person.field('What do you want to happen?').fill('An apology'), seen('outcome'))
    await question(person, 'What is your case reference? (optional)', undefined, () => Promise.resolve(), seen('case'))
  }

  test('SC-15 what a complaint is, where else to go, the steps as a diagram and in words, and the factsheet', async () => {
    await asha.go('/complain')
    await asha.picture('complain')
    await asha.sees('within 5 working days')
    await asha.sees('Another ombudsman or regulator is responsible for this.')
    assert.equal(await asha.page.locator('svg[role="img"]').count(), 1)
    await asha.link('Factsheet about complaints, to read or print').click()
    await asha.picture('complain-factsheet')
    await asha.page.emulateMedia({ media: 'print' })
    await asha.sees('within 10 working days of that')
    await asha.page.emulateMedia({ media: 'screen' })
  })

  test('SC-15 1.7 the factsheet can be taken in large print and in easy read, too', async () => {
    await asha.go('/complain/factsheet')
    for (const name of ['Factsheet (PDF)', 'Factsheet in large print (PDF)', 'Factsheet in easy read (PDF)']) {
      const [download] = await Promise.all([asha.page.waitForEvent('download'), asha.link(name).click()])
      assert.match(download.suggestedFilename(), /^factsheet.*\.pdf$/)
      assert.match(String(await readFile(await download.path())), /^%PDF-/)
    }
    assert.equal((await asha.go('/complain/factsheet.pdf?format=braille')).status(), 404)
  })

  test('SC-1 2.3 what is about a landlord or a request is shown where to go', async () => {
    await asha.go('/complain')
    await asha.button('Start now').click()
    await asha.field('A resident').check()
    await next(asha)
    await asha.field('A landlord').check()
    await next(asha)
    assert.equal(await asha.heading(), 'Complain about a landlord')
    await asha.picture('complain-landlord')
    await asha.link('My complaint is about your service after all').click()
    assert.equal(await asha.field('A landlord').isChecked(), true)
    await asha.field('I am not complaining: I want you to do something on my case').check()
    await next(asha)
    assert.equal(await asha.heading(), 'Ask for something on your case')
    await asha.picture('complain-request')
  })

  test('SC-1 the form is filled in page by page, and says what to do about each mistake', async () => {
    await asha.go('/complain')
    await asha.sees('You have started a complaint in this browser')
    await asha.picture('complain-going-on')
    await asha.button('Delete it and start again').click()
    await fillIn(asha, { problems: true, picture: true })
    assert.equal(await asha.heading(), 'Do you want to send us any files?')
  })

  test('SC-1 DO-2 files are taken or refused one by one, and taken back', async () => {
    await asha.picture('complain-files')
    await asha.page.locator('#files').setInputFiles([letter, zipped])
    await asha.button('Add files').click()
    const problems = await asha.problems()
    assert.equal(problems.length, 1)
    assert.match(problems[0], /Evidence\.pdf.*(compressed|zip)/i)
    await asha.picture('complain-files-problem')
    assert.equal(await asha.page.locator('.govuk-summary-list__row').count(), 1)
    await asha.page.getByRole('button', { name: /^Remove/ }).click()
    await asha.sees('The file was removed')
    assert.equal(await asha.page.locator('.govuk-summary-list__row').count(), 0)
    await asha.page.locator('#files').setInputFiles([letter])
    await asha.button('Add files').click()
    await asha.sees('1 file was added')
    await next(asha)
  })

  test('SC-1 2.6 answers are checked and changed, and what is long ago is told and can be sent', async () => {
    assert.equal(await asha.heading(), 'Check your answers before you send your complaint')
    await asha.sees('happened more than 12 months ago')
    await asha.picture('complain-check')
    await asha.page.getByRole('link', { name: 'Change When it last happened' }).click()
    assert.equal(await asha.field('Date').inputValue(), day(-400).typed)
    await asha.page.goBack()
    await asha.page.getByRole('link', { name: 'Change How we write to you' }).click()
    await asha.field('By letter in large print').check()
    await next(asha)
    // A changed answer asks for what it needs.
    assert.equal(await asha.heading(), 'How can we reach you?')
    await asha.field('Postal address').fill('1 Elm Road\nLeeds')
    await next(asha)
    assert.equal(await asha.heading(), 'Check your answers before you send your complaint')
    await asha.sees('1 Elm Road')
    await asha.button('Send my complaint').click()
    assert.match((await asha.problems())[0], /Confirm that what you told us is true/)
  })

  test('SC-1 who fills in what nobody sees is told what to do, and loses nothing', async () => {
    await asha.page.locator('#website').evaluate((field) => { field.value = 'https://spam.example' })
    await asha.field('What I have told you is true as far as I know').check()
    await asha.button('Send my complaint').click()
    assert.equal(await asha.heading(), 'We could not send your complaint')
    await asha.picture('complain-automated')
    await asha.link('Go back to your answers').click()
    await asha.sees('Nobody called me back.')
  })

  test('SC-1 it is sent once, with a reference, what happens next, and a receipt by email', async () => {
    const mark = await portal.mark(address)
    await asha.field('What I have told you is true as far as I know').check()
    await asha.button('Send my complaint').click()
    assert.equal(await asha.heading(), 'We have your complaint')
    reference = (await asha.page.locator('.govuk-panel__body strong').innerText()).trim()
    assert.match(reference, /^SC\d{9}$/)
    await asha.picture('complain-sent')
    await asha.go('/complain/check-your-answers')
    assert.equal(await asha.heading(), 'We have your complaint', 'it can not be sent again')

    const email = await portal.email(address, ({ subject }) => subject.includes(reference), mark)
    assert.match(email.text, dates)
    assert.match(email.text, /\/complain\/factsheet/)
    ;[link] = email.text.match(/http\S*\/complaint\/[\w-]+/)
    assert.ok(!asha.page.url().includes(reference), 'no address tells whose complaint it is')
  })

  test('SC-15 the private link tells where it is, what is next and by when', async () => {
    const answer = await asha.page.goto(link)
    assert.equal(answer.headers()['referrer-policy'], 'no-referrer')
    assert.equal(answer.headers()['cache-control'], 'no-store')
    assert.equal(await asha.page.locator('meta[name="robots"]').getAttribute('content'), 'noindex')
    await asha.sees('We have received your complaint.')
    assert.match(await asha.page.locator('.govuk-inset-text').first().innerText(), dates)
    assert.equal(await asha.page.locator('[aria-current="step"]').count(), 1)
    await asha.picture('complaint-received')
  })

  test('SC-15 a wrong link says how to get another, and the answer tells nobody what there is', async () => {
    await asha.go('/complaint/made-up')
    assert.equal(await asha.heading(), 'This link does not work')
    await asha.picture('complaint-link-ended')
    await asha.link('Get a new link').click()
    await asha.button('Email me a link').click()
    assert.equal((await asha.problems()).length, 2)
    await asha.picture('complaint-link-problem')
    const mark = await portal.mark(address)
    for (const [typed, to] of [['SC200099999', address], [reference, address]]) {
      await asha.go('/complain/link')
      await asha.field('Reference number of your complaint').fill(typed)
      await asha.field('Email address').fill(to)
      await asha.button('Email me a link').click()
      assert.equal(await asha.heading(), 'Check your email')
    }
    await asha.picture('complaint-link-sent')
    const email = await portal.email(address, ({ subject }) => subject.includes(reference), mark)
    const [again] = email.text.match(/http\S*\/complaint\/[\w-]+/)
    assert.notEqual(again, link)
    for (const one of [link, again]) {
      await asha.page.goto(one)
      await asha.sees('We have received your complaint.')
    }
  })

  test('SC-1 2.6 whoever deals with it sees the form as it was filled in, and the files once they are clean', async () => {
    await aColleague(portal, 'Petra Lang', petra, 'complaints-investigator')
    worker = await loggedIn(browser, portal, petra)
    await worker.go(`/service-complaints/${reference}`)
    await worker.link('The form and the files that came with it').click()
    await worker.sees('Nobody called me back.')
    await worker.sees('Please call after noon.')
    await worker.sees('more than 12 months ago')
    await worker.sees('1 Elm Road')
    await until(async () => {
      await worker.page.reload()
      return worker.link(letter.name).count()
    }, 'the file, which is checked first')
    await worker.sees('with the form')
    await worker.picture('insight-files')
    const [download] = await Promise.all([worker.page.waitForEvent('download'), worker.link(letter.name).click()])
    assert.equal(download.suggestedFilename(), letter.name)
    const href = await worker.link(letter.name).getAttribute('href')
    const answer = await worker.context.request.get(href)
    assert.deepEqual(await answer.body(), letter.buffer)
    assert.match(answer.headers()['content-disposition'], /^attachment/)
    assert.match(answer.headers()['content-security-policy'], /sandbox/)
    assert.equal(answer.headers()['cache-control'], 'no-store')
    for (const wrong of [href.replace(/[\w-]+$/, '0198c000-0000-7000-8000-000000000000'), href.replace(reference, 'SC200099999')]) {
      assert.equal((await worker.context.request.get(wrong)).status(), 404, wrong)
    }
    const anyone = await Person.at(browser, portal)
    await anyone.go(href)
    assert.match(anyone.page.url(), /\/login/)
    await anyone.context.close()
  })

  test('SC-15 a colleague sends the private link again, and the history tells so', async () => {
    await worker.go(`/service-complaints/${reference}`)
    await worker.link('Send the private link again').last().click()
    await worker.sees(address)
    await worker.picture('insight-link')
    const mark = await portal.mark(address)
    await worker.button('Send the link').click()
    await worker.sees('A new private link is on its way by email.')
    const email = await portal.email(address, ({ text }) => text.includes('/complaint/'), mark)
    const [again] = email.text.match(/http\S*\/complaint\/[\w-]+/)
    await asha.page.goto(again)
    await asha.sees('We have received your complaint.')
    await worker.go(`/service-complaints/${reference}/timeline`)
    await worker.sees('Sent the person a new private link')
    link = again
  })

  test('SC-8 4.12 files go with a request for stage 2, each taken or refused by itself, and whoever deals with it sees them', async () => {
    const at = (end) => `/service-complaints/${reference}${end}`
    await worker.go(at('/steps/define'))
    await worker.field('Definition: what is complained about').fill('The call that was promised was not made')
    await worker.field('Early resolution').fill('A call was offered, and declined')
    await worker.button('Save').click()
    await doesNext(worker, reference, 'Record the acknowledgement')
    await worker.field('Where can it be seen?').fill('The letter on file')
    await worker.button('Record it').click()
    await doesNext(worker, reference, 'Finding: The call')
    await worker.page.getByLabel('Not upheld', { exact: true }).check()
    await worker.field('Why, in words for the person').fill('We called on the day that we had said.')
    await worker.button('Save the finding').click()
    await doesNext(worker, reference, 'Record the stage 1 response')
    await worker.field('Where can it be seen?').fill('The letter on file')
    await worker.button('Record it').click()
    await worker.sees('Stage 1 answered')

    await asha.page.goto(link)
    assert.equal(await asha.page.getByRole('link', { name: 'send us files' }).count(), 0, 'they go with the request')
    await asha.go(`${new URL(link).pathname}/files`)
    await asha.sees('this can’t be done any more')
    await asha.button('Ask for stage 2').click()
    await asha.picture('complaint-stage-2')
    await asha.button('Ask for stage 2').click()
    assert.match((await asha.problems())[0], /Tell us why you disagree/)
    await asha.field('Why do you disagree with our response?').fill('You called another number.')
    await asha.button('Ask for stage 2').click()
    await asha.sees('We have your request for stage 2.')
    await asha.picture('complaint-files')
    await asha.button('Send files').click()
    assert.match((await asha.problems())[0], /Choose a file/)
    await asha.page.locator('#files').setInputFiles([{ ...letter, name: 'Telephone bill.pdf' }, zipped])
    await asha.button('Send files').click()
    assert.match((await asha.problems())[0], /Evidence\.pdf.*(compressed|zip)/i)
    await asha.sees('Telephone bill.pdf')
    await asha.picture('complaint-files-problem')
    await asha.link('I have no more files').click()
    await asha.sees('You asked for stage 2.')

    await worker.go(at('/timeline'))
    await worker.sees('The person sent a file')
    await until(async () => {
      await worker.go(at('/files'))
      return worker.link('Telephone bill.pdf').count()
    }, 'the file, which is checked first')
    await worker.sees(/by the private link/)
    await worker.picture('insight-files-stage-2')
    worker.assertContent()
  })

  test('SC-1 the same without JavaScript, by keyboard', async () => {
    const ben = await Person.at(browser, portal, { javaScriptEnabled: false })
    const to = 'ben.okoro@resident.example'
    await ben.go('/complain')
    await ben.button('Start now').focus()
    await ben.page.keyboard.press('Enter')
    await fillIn(ben, { problems: true, email: to })
    await ben.page.locator('#files').setInputFiles([letter])
    await ben.button('Add files').click()
    await ben.sees('1 file was added')
    await next(ben)
    const declared = ben.field('What I have told you is true as far as I know')
    await declared.waitFor()
    await ben.looks()
    await declared.focus()
    await ben.page.keyboard.press('Space')
    assert.equal(await declared.isChecked(), true)
    await ben.button('Send my complaint').focus()
    await ben.page.keyboard.press('Enter')
    await ben.page.getByRole('heading', { level: 1, name: 'We have your complaint' }).waitFor()
    const email = await portal.email(to, ({ text }) => text.includes('/complaint/'))
    const [own] = email.text.match(/http\S*\/complaint\/[\w-]+/)
    await ben.page.goto(own)
    await ben.sees('We have received your complaint.')
  })

  test('nothing on any page broke its policy or its scripts', () => asha.assertContent())
})
