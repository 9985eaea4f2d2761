// The Customer Insight workspace: a complaint from the call that brings it to the end of stage 2, by the colleagues who work on it. The numbers
// in the names are rules of the product and paragraphs of the policy.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'

import { day } from './given.mjs'
import { Keys } from './keys.mjs'
import { Person, launch } from './person.mjs'
import { Portal, basePort, caseworker, senior } from './portal.mjs'

const password = 'three plum violins'
const mei = 'mei.sutherby@ombudsman.example'
const callum = 'callum.wetherby@ombudsman.example'
const yusuf = 'yusuf.garland@ombudsman.example'
const ruth = 'ruth.ellingham@reviewer.example'

let portal
let browser
let investigator
let reference

/** A colleague, logged in, where their work begins. */
async function colleague(username, options = {}) {
  const person = await Person.at(browser, portal, options)
  await person.setPassword(username, password)
  await person.enterPassword(username, password)
  const mark = await portal.mark(username)
  await person.button('Send 2FA Verification Code').click()
  await person.field('Please enter the 2FA code').fill(await person.code(username, mark))
  await person.button('Verify').click()
  await person.button('Verify').waitFor({ state: 'detached' })
  return person
}

const at = (end = '') => `/service-complaints/${reference}${end}`

/** Opens the form of a step. */
async function opens(person, step) {
  const answer = await person.go(at(`/steps/${step}`))
  assert.equal(answer.status(), 200, step)
}

/** The text of the tag beside a task. */
async function statusOf(person, task) {
  const item = person.page.locator('.govuk-task-list__item').filter({ hasText: task })
  return (await item.locator('.govuk-task-list__status').innerText()).replace('●', '').trim()
}

before(async () => {
  portal = new Portal('insight', basePort + 120)
  await portal.upWithStaff()
  const staff = [
    ['Mei Sutherby', mei, 'complaints-investigator'],
    ['Callum Wetherby', callum, 'complaints-investigator'],
    ['Yusuf Garland', yusuf, 'customer-insight-manager'],
    ['Ruth Ellingham', ruth, 'independent-reviewer']
  ]
  for (const [name, username, role] of staff) {
    await portal.casework('staff', 'add', name, '--username', username, '--role', role)
  }
  browser = await launch()
  investigator = await colleague(mei)
})

after(async () => {
  await browser?.close()
  await portal?.down()
})

test('an investigator begins at their own complaints, and has none at first', async () => {
  assert.equal(await investigator.heading(), 'My complaints')
  await investigator.sees('You handle no complaints')
  await investigator.picture('insight-none')
})

test('sc_1_1_6 a complaint by telephone is recorded, and what is missing is told beside its field', async () => {
  await investigator.link('Record a complaint').first().click()
  await investigator.field('Name').fill('Asha Verma')
  await investigator.button('Record it').click()

  assert.ok((await investigator.problems()).length >= 3)
  assert.ok(await investigator.problemOf('channel'))
  assert.ok(await investigator.problemOf('summary'))
  assert.equal(await investigator.field('Name').inputValue(), 'Asha Verma', 'what was typed is kept')
  await investigator.picture('insight-record-problems')

  await investigator.page.getByLabel('Telephone', { exact: true }).check()
  await investigator.field('When was it received?').fill(day(-1).typed)
  await investigator.field('What was said, in the person’s words').fill('Nobody called me back, though I was promised a call.')
  await investigator.page.getByLabel('Resident', { exact: true }).check()
  await investigator.button('Record it').click()
  assert.equal(await investigator.problemOf('service_user.email'), 'Enter the email address that letters go to, or choose letters on paper')
  await investigator.field('Email address').fill('asha@resident.example')
  await investigator.button('Record it').click()
  await investigator.sees('The complaint is recorded. Its reference is')
  reference = await investigator.heading()
  assert.match(reference, /^SC\d{9}$/)
  await investigator.go(at('/files'))
  await investigator.sees('The person has sent no files.')
  await investigator.sees('This complaint did not come by the form on our website.')
  await investigator.picture('insight-files-none')
  await investigator.go(at())
})

test('sc_2_3_2 what is missing before the acknowledgement is a list of tasks that lead to where it is filled in', async () => {
  assert.equal(await statusOf(investigator, 'Reasonable adjustments'), 'To do')
  assert.equal(await statusOf(investigator, 'Record the acknowledgement'), 'Cannot start yet')
  await investigator.picture('insight-received')

  await investigator.link('Reasonable adjustments').click()
  assert.match(investigator.page.url(), /steps\/define#needs\.reasonable_adjustments$/)
  await investigator.field('Definition: what is complained about').fill('The call that was promised was not made\nMessages were not passed on')
  await investigator.field('Desired outcome, as we understand it').fill('An apology')
  await investigator.field('Early resolution').fill('A call was offered, and declined')
  await investigator.field('How can the person be reached?').fill('07700 900123')
  await investigator.field('How does the person prefer to be reached?').fill('Telephone, mornings')
  await investigator.field('Reasonable adjustments').fill('None')
  await investigator.picture('insight-define')
  await investigator.button('Save').click()

  assert.equal(await statusOf(investigator, 'Reasonable adjustments'), 'Done')
  assert.equal(await statusOf(investigator, 'Vulnerabilities and safeguarding'), 'To do')
  assert.equal(await statusOf(investigator, 'Record the acknowledgement'), 'Cannot start yet')

  await opens(investigator, 'acknowledge')
  await investigator.field('Where can it be seen?').fill('The letter on file')
  await investigator.button('Record it').click()
  const [problem] = await investigator.problems()
  assert.match(problem, /can’t be acknowledged without the vulnerabilities/)

  await opens(investigator, 'define')
  await investigator.field('Vulnerabilities and safeguarding').fill('None')
  await investigator.button('Save').click()
  assert.equal(await statusOf(investigator, 'Write the letter: Acknowledgement'), 'To do')
  assert.equal(await statusOf(investigator, 'Record the acknowledgement'), 'Or')
})

test('sc_4_4_1 an acknowledgement can’t be before the complaint, and starts the clock of the response', async () => {
  await investigator.link('Record the acknowledgement').click()
  await investigator.field('When was it sent?').fill(day(-9).typed)
  await investigator.button('Record it').click()
  assert.ok(await investigator.problemOf('proof'))
  await investigator.field('Where can it be seen?').fill('The letter on file')
  await investigator.button('Record it').click()
  assert.match(await investigator.problemOf('on'), /^It can’t be before \d+ \w+ \d{4}$/)

  await investigator.field('When was it sent?').fill(day(0).typed)
  await investigator.button('Record it').click()
  await investigator.sees('the time for the response runs')
  await investigator.sees('Stage 1 investigation')
  await investigator.sees(/Response due in (9|10) working days/)
})

test('a form that is sent twice changes nothing the second time, and says what happened', async () => {
  // A second window, opened before the first one sends.
  await opens(investigator, 'assign')
  const second = await investigator.page.context().newPage()
  await second.goto(at('/steps/assign'))
  await investigator.field('Who handles it?').selectOption({ label: 'Mei Sutherby' })
  await investigator.button('Give it').click()
  await investigator.sees('The complaint has been given to them.')

  await second.getByLabel('Who handles it?').selectOption({ label: 'Callum Wetherby' })
  await second.getByRole('button', { name: 'Give it' }).click()
  await second.getByText('The complaint was changed since you opened this form').first().waitFor()
  await second.getByText(/Gave it to Mei Sutherby, by Mei Sutherby/).waitFor()
  assert.equal(await second.getByLabel('Who handles it?').locator('option:checked').innerText(), 'Callum Wetherby', 'what was chosen is kept')
  await second.close()

  await investigator.go('/service-complaints')
  await investigator.sees(reference)
  await investigator.picture('insight-mine')
})

test('sc_4_4_3 a response is extended within the policy’s days, and not answered before the person was told', async () => {
  await opens(investigator, 'extend')
  await investigator.field('By how many working days?').fill('11')
  await investigator.field('Why is more time needed?').fill('A colleague is away')
  await investigator.button('Extend it').click()
  assert.match(await investigator.problemOf('working_days'), /10 working days at the most/)
  await investigator.picture('insight-extend-problem')
  await investigator.field('By how many working days?').fill('5')
  await investigator.button('Extend it').click()

  assert.equal(await statusOf(investigator, 'Write the letter: Extension'), 'To do')
  await investigator.link('Record that the person was told').click()
  await investigator.field('Where can it be seen?').fill('Letter of today')
  await investigator.button('Record it').click()
  await investigator.go(at('/clocks'))
  await investigator.sees('The person was told: Letter of today')
  await investigator.picture('insight-clocks')
})

test('sc_4_4_4 more time is asked of a senior colleague, who decides, and nobody decides their own request', async () => {
  const manager = await colleague(yusuf)
  await manager.go(at('/steps/ask'))
  await manager.page.getByLabel('More time than the policy’s extension').check()
  await manager.field('Why?').fill('The recordings have to be restored')
  await manager.field('The revised date').fill(day(60).typed)
  await manager.button('Ask').click()
  await manager.sees('Senior colleagues have been asked')
  await manager.go('/service-complaints/approvals')
  await manager.sees('You asked for this yourself')
  await manager.picture('insight-own-approval')

  const decider = await colleague(senior)
  await decider.go('/service-complaints/approvals')
  await decider.page.getByRole('link', { name: `Decide about ${reference}` }).click()
  await decider.button('Save the decision').click()
  assert.equal(await decider.problemOf('agreed'), 'Choose whether you agree')
  await decider.picture('insight-decide-problem')
  await decider.page.getByLabel('Yes', { exact: true }).check()
  await decider.field('Comment').fill('Agreed, once')
  await decider.button('Save the decision').click()
  await decider.sees('Your decision is saved')
  await decider.go('/service-complaints/approvals')
  await decider.sees('Nothing waits for a decision')
  decider.assertContent()
  manager.assertContent()

  await opens(investigator, 'told')
  await investigator.field('Where can it be seen?').fill('Second letter')
  await investigator.button('Record it').click()
})

test('sc_6_4_8 every element is decided by itself, by the keys alone', async () => {
  const keys = new Keys(investigator)
  await investigator.go(at())
  await keys.follow(investigator.page.getByRole('link', { name: 'Finding: The call that was promised was not made' }))
  await keys.to(investigator.page.getByLabel('Upheld', { exact: true }))
  await keys.press('Space')
  await keys.fill(investigator.field('Why, in words for the person'), 'Nobody took the call over.')
  await keys.follow(investigator.button('Save the finding'))
  assert.equal(await statusOf(investigator, 'Finding: The call that was promised'), 'Done')

  await investigator.link('Finding: Messages were not passed on').click()
  await investigator.button('Save the finding').click()
  assert.equal(await investigator.problemOf('decision'), 'Choose a decision')
  await investigator.page.getByLabel('Not upheld').check()
  await investigator.field('Why, in words for the person').fill('They were.')
  await investigator.button('Save the finding').click()
  assert.equal(await statusOf(investigator, 'Record the stage 1 response'), 'Cannot start yet')
})

test('sc_9_appendix_a compensation outside its band is refused beside the sum', async () => {
  await investigator.link('Offer a remedy').first().click()
  await investigator.page.getByLabel('Compensation', { exact: true }).check()
  await investigator.field('In a sentence for the person').fill('For the time and trouble')
  await investigator.page.getByLabel('Service failure: £50 to £100').check()
  await investigator.field('How much, in whole pounds?').fill('150')
  await investigator.button('Offer it').click()
  assert.equal(await investigator.problemOf('remedy.pounds'), '£150 is outside the band of £50 to £100')
  await investigator.picture('insight-offer-problem')
  await investigator.field('How much, in whole pounds?').fill('75')
  await investigator.button('Offer it').click()

  await investigator.go(at('/remedies'))
  await investigator.sees('£75, service failure')
  await investigator.page.getByRole('link', { name: 'Promise an action that delivers it' }).click()
  await investigator.field('What is to be done?').fill('Pay the compensation')
  await investigator.field('Who is accountable?').selectOption({ label: 'Mei Sutherby' })
  await investigator.field('By when?').fill(day(10).typed)
  await investigator.button('Promise it').click()
  await investigator.go(at('/remedies'))
  await investigator.picture('insight-remedies')
})

test('sc_10_4_9 what was promised is on the monitoring list until it is done, with what shows it', async () => {
  await investigator.go('/service-complaints/monitoring?show=mine')
  await investigator.sees('Pay the compensation')
  await investigator.picture('insight-monitoring')
})

test('sc_8_4_15 stage 2 goes to a colleague who had no part in stage 1', async () => {
  await opens(investigator, 'answer-stage-1')
  await investigator.field('Where can it be seen?').fill('The letter on file')
  await investigator.picture('insight-answer')
  await investigator.button('Record it').click()
  await investigator.sees('Stage 1 answered')

  await opens(investigator, 'request-stage-2')
  await investigator.button('Record it').click()
  assert.ok((await investigator.problems()).length > 0)
  await investigator.field('Why does the person disagree?').fill('Nobody read my letter')
  await investigator.field('What was not covered, or missed?').fill('The letter of March')
  await investigator.button('Record it').click()
  await investigator.sees('Stage 2 requested')
  await investigator.picture('insight-requested')

  await opens(investigator, 'accept')
  await investigator.field('Where can it be seen?').fill('The letter on file')
  await investigator.field('Who reviews it?').selectOption({ label: 'Mei Sutherby' })
  await investigator.button('Accept it').click()
  assert.equal(await investigator.problemOf('handler_id'), 'Stage 2 goes to a colleague who had no part in stage 1')
  await investigator.picture('insight-involved')
  await investigator.field('Who reviews it?').selectOption({ label: 'Callum Wetherby' })
  await investigator.button('Accept it').click()
  await investigator.sees('Stage 2 review')
})

test('the reviewer of stage 2 ends it without JavaScript, and the action goes on being followed', async () => {
  const reviewer = await colleague(callum, { javaScriptEnabled: false })
  await reviewer.go(at())
  await reviewer.link('Finding: The letter of March').click()
  await reviewer.page.getByLabel('Not upheld').check()
  await reviewer.field('Why, in words for the person').fill('It was read on the day it came.')
  await reviewer.button('Save the finding').click()
  await reviewer.link('Record the stage 2 response').click()
  await reviewer.field('The complaint and why it was escalated, in a summary').fill('A call was not made, and a letter was thought to be unread.')
  await reviewer.field('Where can it be seen?').fill('The letter on file')
  await reviewer.button('Record it').click()
  await reviewer.sees('Answered at stage 2')
  await reviewer.link('Follow up: Pay the compensation').click()
  await reviewer.field('When was it done?').fill(day(0).typed)
  await reviewer.button('Complete it').click()
  assert.ok(await reviewer.problemOf('evidence'))
  await reviewer.field('What shows that it was done?').fill('The payment’s receipt')
  await reviewer.button('Complete it').click()
  await reviewer.sees('The action is completed')
  await reviewer.go('/service-complaints/monitoring')
  await reviewer.sees('No action is open')
})

test('sc_11_4_21 what the person writes after the end is recorded, and it is said whether it is answered', async () => {
  await opens(investigator, 'correspondence')
  await investigator.field('What does it say?').fill('Thank you for the payment.')
  await investigator.button('Record it').click()
  await investigator.sees('Acknowledge it and give the advice that fits')
  await opens(investigator, 'note')
  await investigator.page.getByLabel('Evidence', { exact: true }).check()
  await investigator.field('What is to be kept?').fill('Recording of the call, kept with the case')
  await investigator.button('Save the note').click()
  await investigator.go(at('/notes'))
  await investigator.sees('To be acknowledged (policy 4.21)')
  await investigator.page.getByRole('link', { name: /^Write the answer/ }).click()
  assert.equal(await investigator.page.getByLabel('Answer after the closing', { exact: true }).isChecked(), true)
  await investigator.go(at('/notes'))
  await investigator.sees('Recording of the call')
  await investigator.picture('insight-notes')
  for (const part of ['', '/findings', '/timeline']) {
    await investigator.go(at(part))
    await investigator.picture(`insight-ended${part.replace('/', '-')}`)
  }
})

test('all complaints are found by how they begin, by standing and by who handles them', async () => {
  await investigator.go('/service-complaints/all')
  await investigator.page.getByText('Filter', { exact: true }).click()
  await investigator.field('Reference or name').fill('asha')
  await investigator.field('Standing').selectOption({ label: 'Ended' })
  await investigator.button('Apply filters').click()
  await investigator.sees(reference)
  await investigator.picture('insight-all')
  await investigator.field('Reference or name').fill('nobody of that name')
  await investigator.button('Apply filters').click()
  await investigator.sees('No complaint fits these filters')
})

test('sc_15 the independent reviewer reads everything and is offered no step', async () => {
  const reader = await colleague(ruth)
  assert.equal(await reader.heading(), 'All complaints')
  for (const part of ['', '/files', '/clocks', '/findings', '/remedies', '/notes', '/timeline']) {
    const answer = await reader.go(at(part))
    assert.equal(answer.status(), 200, part)
    assert.equal(await reader.page.locator('a[href*="/steps/"]').count(), 0, part)
  }
  for (const closed of ['/service-complaints/record', '/service-complaints/approvals', at('/steps/note')]) {
    const answer = await reader.go(closed)
    assert.equal(answer.status(), 404, closed)
  }
  reader.assertContent()
})

test('id_12 for a caseworker the workspace is not there', async () => {
  const person = await colleague(caseworker)
  for (const address of ['/service-complaints', '/service-complaints/all', '/service-complaints/record', at(), at('/files'), at('/clocks'), at('/steps/note'), at('/steps/link')]) {
    const answer = await person.go(address)
    assert.equal(answer.status(), 404, address)
  }
  // They record a complaint and see to their own actions (1.6, 4.29), and are led to nothing else (1.8).
  assert.equal(await person.page.locator('a[href^="/service-complaints"]').count(), 0)
  person.assertContent()
})

test('nothing on any page broke its policy or its scripts', () => {
  investigator.assertContent()
})
