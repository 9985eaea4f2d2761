// Somebody without an account complains about the service and follows the complaint by its private link (SC-1, SC-15).
// Alone: node --test tests/browser/complain.test.mjs

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'

import { ordinary, refused } from './files.mjs'
import { day } from './given.mjs'
import { Person, launch } from './person.mjs'
import { Portal } from './portal.mjs'

const address = 'asha.verma@resident.example'

/** The first date in a text, such as 15 March 2026. */
const dates = /\d{1,2} [A-Z][a-z]+ \d{4}/

describe('complaining about the service', { timeout: 8 * 60_000 }, () => {
  let browser, portal, asha, reference, link, letter, zipped

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
    // Chromium drops keys that are pressed before a page's first paint, so a person looks at the page first.
    await ben.page.screenshot()
    const declared = ben.field('What I have told you is true as far as I know')
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
