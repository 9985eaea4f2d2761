// Service requests: somebody asks for something without an account, Customer Insight deals with it, and who is dissatisfied has a complaint of it
// (policy 1.3, 1.5, 2.3). And what a person raises while we investigate (policy 4.5). Alone: node --test tests/browser/requests.test.mjs

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'

import { Person, launch } from './person.mjs'
import { Portal, basePort, caseworker } from './portal.mjs'

const password = 'three plum violins'
const mei = 'mei.sutherby@ombudsman.example'
const asha = 'asha.verma@resident.example'

let portal
let browser
let person
let investigator
let reference
let complaint

async function colleague(username) {
  const staff = await Person.at(browser, portal)
  await staff.setPassword(username, password)
  await staff.enterPassword(username, password)
  const mark = await portal.mark(username)
  await staff.button('Send 2FA Verification Code').click()
  await staff.field('Please enter the 2FA code').fill(await staff.code(username, mark))
  await staff.button('Verify').click()
  await staff.button('Verify').waitFor({ state: 'detached' })
  return staff
}

/** Fills in the public form. */
async function fillIn(who, { email = asha } = {}) {
  await who.field('What do you want us to do?').fill('Please call me about my case.')
  await who.field('Full name').fill('Asha Verma')
  await who.field('A resident').check()
  await who.field('Email address').fill(email)
}

before(async () => {
  portal = new Portal('requests', basePort + 160)
  await portal.upWithStaff()
  await portal.casework('staff', 'add', 'Mei Sutherby', '--username', mei, '--role', 'complaints-investigator')
  browser = await launch()
  person = await Person.at(browser, portal)
  investigator = await colleague(mei)
})

after(async () => {
  await browser?.close()
  await portal?.down()
})

test('sc_1_2_3 there are no requests at first', async () => {
  await investigator.go('/service-complaints/requests')
  await investigator.sees('No service request has been recorded yet')
  await investigator.picture('requests-none')
})

test('sc_1_2_3 the form says beside each field what is missing, and keeps what was typed', async () => {
  await person.go('/complain/request')
  await person.picture('request-form')
  await person.field('Case reference (optional)').fill('202312345')
  // As fast as only a program is.
  await fillIn(person)
  await person.button('Send my request').click()
  assert.match((await person.problems())[0], /program/)
  assert.equal(await person.field('Full name').inputValue(), 'Asha Verma')

  await person.go('/complain/request')
  await person.button('Send my request').click()
  assert.equal((await person.problems()).length, 3)
  assert.ok(await person.problemOf('wanted'))
  assert.ok(await person.problemOf('name'))
  assert.ok(await person.problemOf('email'))
  await person.picture('request-form-problems')
})

test('sc_1_1_3 a request that is sent has a reference and an emailed receipt', async () => {
  const mark = await portal.mark(asha)
  await fillIn(person)
  // The shortest time in which somebody reads the page has to pass; each try says so until it has.
  for (;;) {
    await person.button('Send my request').click()
    await person.page.waitForLoadState()
    if (person.page.url().endsWith('/complain/request/sent')) break
    assert.match((await person.problems())[0], /program/)
  }
  assert.equal(await person.heading(), 'What happens with your request')
  const told = await person.page.getByText(/Your reference is SR\d+/).innerText()
  reference = told.match(/SR\d{9}/)[0]
  await person.picture('request-sent')
  const receipt = await portal.email(asha, ({ text }) => text.includes(reference), mark)
  assert.match(receipt.text, /you can complain about our service/)
})

test('sc_1_2_3 the request is listed with its age, given to somebody and reviewed', async () => {
  await investigator.go('/service-complaints/requests')
  await investigator.sees(reference)
  await investigator.sees('0 working days')
  await investigator.picture('requests')
  await investigator.link(reference).click()
  assert.equal(await investigator.heading(), reference)
  await investigator.picture('request')
  await investigator.link('Give it to a colleague').click()
  await investigator.button('Give it').click()
  assert.ok(await investigator.problemOf('handler_id'))
  await investigator.field('Who sees to it?').selectOption({ label: 'Mei Sutherby' })
  await investigator.button('Give it').click()
  await investigator.sees('The request has been given to them.')
  await investigator.link('Review it').click()
  await investigator.field('How far is it?').fill('The caseworker calls tomorrow')
  await investigator.button('Save the review').click()
  await investigator.sees('Reviewed it: The caseworker calls tomorrow')
})

test('sc_1_2_3 what was done closes the request, and the person is told by email', async () => {
  const mark = await portal.mark(asha)
  await investigator.link('Record what was done').click()
  await investigator.picture('request-answer')
  await investigator.field('What was done, in words for the person').fill('We called you and told you how far your case is.')
  await investigator.button('Close the request').click()
  await investigator.sees('The request is answered and closed.')
  assert.equal(await investigator.link('Record what was done').count(), 0)
  const answer = await portal.email(asha, ({ subject }) => subject === 'What we did about your request', mark)
  assert.match(answer.text, /We called you and told you how far your case is\./)
})

test('sc_1_1_5 who is dissatisfied has a complaint, and each names the other', async () => {
  await investigator.link('Record that the person complains').click()
  await investigator.page.getByLabel('Telephone', { exact: true }).check()
  await investigator.field('What is the person dissatisfied with, in their words?').fill('Nobody called me in the end.')
  await investigator.picture('request-complain')
  await investigator.button('Record the complaint').click()
  await investigator.sees('The complaint is recorded.')
  complaint = await investigator.heading()
  assert.match(complaint, /^SC\d{9}$/)
  await investigator.picture('request-became')
  await investigator.link('The service request that the person was dissatisfied with').click()
  assert.equal(await investigator.heading(), reference)
  await investigator.sees(`Complaint ${complaint}`)
  await investigator.go('/service-complaints/requests?standing=REQUEST_STANDING_COMPLAINT')
  await investigator.sees(reference)
  await investigator.go('/service-complaints/requests?standing=REQUEST_STANDING_OPEN')
  await investigator.sees('No request fits these filters.')
})

test('sc_5_4_5 a point that is raised meanwhile is handled as one of three, and the person is told', async () => {
  const at = (end) => `/service-complaints/${complaint}${end}`
  await investigator.go(at('/steps/define'))
  await investigator.page.locator('[name="elements"]').fill('Nobody called')
  await investigator.page.locator('[name="desired_outcome"]').fill('A call')
  for (const name of ['contact', 'communication_preference', 'reasonable_adjustments', 'vulnerabilities']) {
    await investigator.page.locator(`[name="needs.${name}"]`).fill('None')
  }
  await investigator.page.locator('[name="early_resolution"]').fill('None was possible')
  await investigator.button('Save').click()
  await investigator.go(at('/steps/acknowledge'))
  await investigator.field('Where can it be seen?').fill('The letter on file')
  await investigator.button('Record it').click()

  await investigator.go(at('/steps/add-element'))
  await investigator.button('Record it').click()
  assert.ok(await investigator.problemOf('handling'))
  await investigator.picture('point-problems')
  await investigator.field('What did the person raise?').fill('Please send me the last letter again.')
  await investigator.page.getByLabel('It asks us to do something: record a service request').check()
  await investigator.button('Record it').click()
  assert.match(await investigator.problemOf('told_how'), /Tell the person/)
  await investigator.field('How did you tell them?').fill('A call of today')
  await investigator.button('Record it').click()
  await investigator.sees('The point is recorded, with how it is handled.')
  await investigator.sees(/The person was told on .*: A call of today/)
  await investigator.picture('point')
  await investigator.link('Recorded as a service request').click()
  await investigator.sees(`Complaint ${complaint}`)
})

test('sc_1_1_8 for casework the pages of requests are not there', async () => {
  const staff = await colleague(caseworker)
  for (const end of ['', '/new', `/${reference}`, `/${reference}/steps/answer`]) {
    const answer = await staff.go(`/service-complaints/requests${end}`)
    assert.equal(answer.status(), 404, end)
  }
})
