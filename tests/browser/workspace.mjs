// What journeys of the Customer Insight workspace start from: colleagues who are logged in, and complaints.

import assert from 'node:assert/strict'

import { day } from './given.mjs'
import { Person } from './person.mjs'

const password = 'three plum violins'

/** Somebody new on the staff. */
export function aColleague(portal, name, username, role, ...more) {
  return portal.casework('staff', 'add', name, '--username', username, '--role', role, ...more)
}

/** A colleague, logged in for the first time, where their work begins. */
export async function loggedIn(browser, portal, username, options = {}) {
  const person = await Person.at(browser, portal, options)
  await person.setPassword(username, password)
  return again(person, username)
}

/** A colleague whose password is set, logged in in another window. */
export async function alsoLoggedIn(browser, portal, username, options = {}) {
  return again(await Person.at(browser, portal, options), username)
}

async function again(person, username) {
  await person.enterPassword(username, password)
  const mark = await person.portal.mark(username)
  await person.button('Send 2FA Verification Code').click()
  await person.field('Please enter the 2FA code').fill(await person.code(username, mark))
  await person.button('Verify').click()
  await person.button('Verify').waitFor({ state: 'detached' })
  return person
}

/** Records a complaint that came by telephone today, and says its reference. */
export async function records(worker, { name, email = '', address = '', format = 'Email', summary = 'Nobody called me back.' }) {
  await worker.go('/service-complaints/record')
  await worker.page.getByRole('group', { name: 'How did it come?' }).getByLabel('Telephone', { exact: true }).check()
  await worker.field('When was it received?').fill(day(0).typed)
  await worker.field('What was said, in the person’s words').fill(summary)
  await worker.field('Name').fill(name)
  await worker.field('Resident').check()
  await worker.field('Email address').fill(email)
  await worker.field('Postal address').fill(address)
  await worker.page.getByRole('group', { name: 'How do we send letters?' }).getByLabel(format, { exact: true }).check()
  await worker.button('Record it').click()
  await worker.sees('The complaint is recorded. Its reference is')
  return worker.heading()
}

/** Sets out what must be known before the acknowledgement. */
export async function defines(worker, reference, { elements = ['The call that was promised was not made'] } = {}) {
  await worker.go(`/service-complaints/${reference}/steps/define`)
  await worker.field('Definition: what is complained about').fill(elements.join('\n'))
  await worker.field('Desired outcome, as we understand it').fill('An apology')
  await worker.field('Early resolution').fill('A call was offered, and declined')
  await worker.field('How can the person be reached?').fill('By letter')
  await worker.field('How does the person prefer to be reached?').fill('By letter')
  await worker.field('Reasonable adjustments').fill('None')
  await worker.field('Vulnerabilities and safeguarding').fill('None')
  await worker.button('Save').click()
  await worker.sees('Saved.')
}

/** Follows what is to be done next on a complaint, by the name of the task. */
export async function doesNext(worker, reference, task) {
  await worker.go(`/service-complaints/${reference}`)
  await worker.page.locator('.govuk-task-list').getByRole('link', { name: task }).click()
}

/** What people who complain without an account are asked, in order: the heading, and what is done on the page. */
const questions = ({ name, email, text, outcome, reference }) => [
  ['Who are you?', (person) => person.field('A resident').check()],
  ['What is your complaint about?', (person) => person.field('The service you had from us').check()],
  ['What is your full name?', (person) => person.field('What is your full name?').fill(name)],
  ['How should we write to you?', (person) => person.field('By email').check()],
  ['How can we reach you?', async (person) => {
    await person.field('Email').check()
    await person.field('Email address').fill(email)
  }],
  ['Do you need us to do anything differently?', async (person) => {
    await person.field('Yes').check()
    await person.field('If yes, what do you need us to do?').fill(text)
  }],
  ['Is there anything we should know to help or protect you?', (person) => person.field('No').check()],
  ['What happened?', (person) => person.field('What happened?').fill(text)],
  ['When did it last happen?', (person) => person.field('Date').fill(day(-3).typed)],
  ['What do you want to happen?', (person) => person.field('What do you want to happen?').fill(outcome)],
  ['What is your case reference? (optional)', (person) => person.page.getByLabel('What is your case reference? (optional)').fill(reference)]
]

/** Fills in and sends the public form, and says the complaint's reference and its private link. `each` looks at every page before its answer is sent. */
export async function complains(person, { name, email, text, outcome = 'An apology', reference = '', files = [], each = () => {} }) {
  const next = () => person.button('Continue').click()
  await person.go('/complain')
  await person.button('Start now').click()
  for (const [heading, answer] of questions({ name, email, text, outcome, reference })) {
    await person.page.getByRole('heading', { level: 1, name: heading }).waitFor()
    // What must be answered is asked for once more.
    if (!heading.endsWith('(optional)')) {
      await next()
      assert.equal((await person.problems()).length, 1, heading)
    }
    await each(heading)
    await answer(person)
    await next()
  }
  if (files.length > 0) {
    await person.page.locator('#files').setInputFiles(files)
    await person.button('Add files').click()
    await person.sees(/added$/)
    await each('files')
    await next()
  } else {
    await person.button('Continue without files').click()
  }
  await each('check')
  await person.field('What I have told you is true as far as I know').check()
  const mark = await person.portal.mark(email)
  await person.button('Send my complaint').click()
  await person.page.getByRole('heading', { level: 1, name: 'We have your complaint' }).waitFor()
  const complaint = (await person.page.locator('.govuk-panel__body strong').innerText()).trim()
  const receipt = await person.portal.email(email, ({ text: words }) => words.includes('/complaint/'), mark)
  return { reference: complaint, link: receipt.text.match(/http\S*\/complaint\/[\w-]+/)[0] }
}
