// What is overseen: the report of a period with its counts of enquiries, learning with its themes, recommendations, samples, and what an upheld
// complaint means for the case that it is about. The numbers in the names are rules of the product and paragraphs of the policy.

import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtemp, readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, before, test } from 'node:test'
import { promisify } from 'node:util'

import { aCase, aLandlord, anAdministrator, byCaseworker, day, shows } from './given.mjs'
import { Keys } from './keys.mjs'
import { Person, launch } from './person.mjs'
import { Portal, basePort, caseworker, senior } from './portal.mjs'

const run = promisify(execFile)
const password = 'three plum violins'
const mei = 'mei.sutherby@ombudsman.example'
const yusuf = 'yusuf.garland@ombudsman.example'
const ruth = 'ruth.ellingham@reviewer.example'

let portal
let browser
let investigator
let manager
let reviewer
let worker
let landlord
let decider
/** A complaint about the ombudsman, and the case that it is about. */
let complaint
let first
let second

const at = (page) => `/service-complaints/${page}`
const theMonth = day(0).iso.slice(0, 7)
const typedMonth = `${theMonth.slice(5)}/${theMonth.slice(0, 4)}`
/** The present month as a period. */
const lastOfMonth = new Date(Date.UTC(Number(theMonth.slice(0, 4)), Number(theMonth.slice(5)), 0)).toISOString().slice(0, 10)
const period = `from=${theMonth}-01&to=${lastOfMonth}`

/** A colleague, logged in, where their work begins. */
async function colleague(username) {
  const person = await Person.at(browser, portal)
  await person.setPassword(username, password)
  await person.enterPassword(username, password)
  const mark = await portal.mark(username)
  await person.button('Send 2FA Verification Code').click()
  await person.field('Please enter the 2FA code').fill(await person.code(username, mark))
  await person.button('Verify').click()
  await person.button('Verify').waitFor({ state: 'detached' })
  return person
}

async function opens(person, address) {
  const answer = await person.go(address)
  assert.equal(answer.status(), 200, address)
}

async function isNotThere(person, ...addresses) {
  for (const address of addresses) {
    const answer = await person.go(address)
    assert.equal(answer.status(), 404, address)
  }
}

/** Follows a link that downloads, and gives the file's name and where it is kept. */
async function downloads(person, link) {
  const [download] = await Promise.all([person.page.waitForEvent('download'), link.first().click()])
  const place = path.join(await mkdtemp(path.join(tmpdir(), 'oversight-')), download.suggestedFilename())
  await download.saveAs(place)
  return { name: download.suggestedFilename(), place }
}

/** The lines of a CSV that a link leads to. */
async function table(person, link) {
  const { name, place } = await downloads(person, link)
  assert.match(name, /\.csv$/)
  const text = await readFile(place, 'utf8')
  assert.ok(text.endsWith('\r\n'), name)
  return text.trimEnd().split('\r\n')
}

/** Takes a step of the complaint by its form. */
async function step(person, name, button, fill = async () => {}) {
  await opens(person, at(`${complaint}/steps/${name}`))
  await fill(person)
  await person.button(button).click()
  await person.page.waitForLoadState()
  assert.deepEqual(await person.problems(), [], name)
}

before(async () => {
  portal = new Portal('oversight', basePort + 220)
  await portal.upWithStaff()
  const staff = [
    ['Mei Sutherby', mei, 'complaints-investigator'],
    ['Yusuf Garland', yusuf, 'customer-insight-manager'],
    ['Ruth Ellingham', ruth, 'independent-reviewer']
  ]
  for (const [name, username, role] of staff) {
    await portal.casework('staff', 'add', name, '--username', username, '--role', role)
  }
  browser = await launch()
  const homes = await aLandlord(portal, 'Larkfield Homes', 'Grace Okafor', 'grace.okafor@larkfield.example')
  // One case was closed before, and two wait: their resident is the same.
  const earlier = await aCase(portal, homes, 'Asha Verma', 'Damp in the bedroom')
  await byCaseworker(portal, 'case', 'move', earlier, 'closed')
  first = await aCase(portal, homes, 'Asha Verma', 'Damp in the bedroom, again')
  second = await aCase(portal, homes, 'Asha Verma', 'Repairs to the boiler')
  for (const reference of [first, second]) {
    await byCaseworker(portal, 'case', 'move', reference, 'referral-assessment')
    await byCaseworker(portal, 'case', 'move', reference, 'awaiting-investigation')
  }
  manager = await colleague(yusuf)
  investigator = await colleague(mei)
  reviewer = await colleague(ruth)
  worker = await colleague(caseworker)
  landlord = await anAdministrator(browser, portal, homes, password)
})

after(async () => {
  await browser?.close()
  await portal?.down()
})

test('each page says so while there is nothing to show', async () => {
  for (const [page, words] of [
    ['learning', 'There are no such lessons'],
    ['recommendations', 'There are no such recommendations'],
    ['enquiries', 'No month has been counted yet'],
    ['samples', 'No sample has been drawn yet'],
    ['monitoring', 'No action is open'],
    ['approvals', 'Nothing waits for a decision']
  ]) {
    await opens(manager, at(page))
    await manager.sees(words)
    await manager.picture(`oversight-${page}-none`)
  }
  for (const page of ['dashboard', 'reports', 'themes']) {
    await opens(manager, at(page))
    await manager.picture(`oversight-${page}-none`)
  }
  await opens(worker, '/risk-reviews')
  await worker.sees('No risk review waits for an answer')
  await worker.picture('oversight-risk-reviews-none')
  await opens(worker, '/allocation?queue=enquiries')
  await worker.sees('No case waits in this queue')
  await worker.picture('oversight-allocation-none')
})

test('sc_14_7_1 what was received is counted by the keys alone, and corrected only with a reason', async () => {
  const keys = new Keys(manager)
  await opens(manager, at('enquiries'))
  await keys.follow(manager.link('Record a month’s enquiries'))
  await keys.follow(manager.button('Record it'))
  assert.ok(await manager.problemOf('month'))
  assert.equal(await manager.problemOf('received'), 'Enter 0 or more')
  await manager.picture('oversight-enquiries-problems')

  await keys.fill(manager.field('Which month?'), typedMonth)
  await keys.fill(manager.field('How many were received?'), '1,752')
  await keys.follow(manager.button('Record it'))
  await manager.sees('The count is recorded')
  await manager.sees('1,752')

  await manager.page.getByRole('link', { name: /^Correct/ }).first().click()
  assert.equal(await manager.field('Which month?').inputValue(), typedMonth)
  await manager.field('How many were received?').fill('10')
  await manager.button('Record it').click()
  assert.match(await manager.problemOf('reason'), /say why the count is corrected/)
  assert.equal(await manager.field('How many were received?').inputValue(), '10', 'what was typed is kept')
  await manager.picture('oversight-enquiries-uncorrected')
  await manager.field('If the month was counted before: why is it corrected?').fill('A file was counted twice')
  await manager.button('Record it').click()
  await manager.sees('The count is recorded')
  await manager.sees('A file was counted twice')
  await manager.picture('oversight-enquiries')

  const lines = await table(manager, manager.link('Download all entries as CSV'))
  assert.equal(lines.length, 3)
  assert.match(lines[1], new RegExp(`^${theMonth},2,10,A file was counted twice,Yusuf Garland,`))

  await opens(investigator, at('enquiries'))
  assert.equal(await investigator.page.getByRole('link', { name: /^(Record a month|Correct)/ }).count(), 0)
})

test('sc_14_7_1 a complaint about a case is upheld, and asks for a fresh review of its risk', async () => {
  const { page } = investigator
  await opens(investigator, at('record'))
  await page.getByLabel('Telephone', { exact: true }).check()
  await investigator.field('When was it received?').fill(day(0).typed)
  await investigator.field('What was said, in the person’s words').fill('Nobody called me back, though I was promised a call.')
  await investigator.field('Case reference').fill(first)
  await investigator.field('Name').fill('Asha Verma')
  await investigator.field('Telephone number').fill('020 7946 0000')
  await page.getByLabel('Resident', { exact: true }).check()
  await investigator.button('Record it').click()
  await investigator.sees('The complaint is recorded')
  complaint = await investigator.heading()

  await step(investigator, 'assign', 'Give it', (person) => person.field('Who handles it?').selectOption({ label: 'Mei Sutherby' }))
  await step(investigator, 'define', 'Save', async (person) => {
    await person.field('Definition: what is complained about').fill('The call that was promised was not made')
    await person.field('Desired outcome, as we understand it').fill('An apology')
    await page.getByLabel('We did not provide a service').check()
    await person.field('Early resolution').fill('A call was offered, and declined')
    await person.field('How can the person be reached?').fill('07700 900123')
    await person.field('How does the person prefer to be reached?').fill('Telephone, mornings')
    await person.field('Reasonable adjustments').fill('None')
    await person.field('Vulnerabilities and safeguarding').fill('None')
  })
  await step(investigator, 'acknowledge', 'Record it', async (person) => {
    await person.field('When was it sent?').fill(day(0).typed)
    await person.field('Where can it be seen?').fill('The letter on file')
  })
  await investigator.go(at(complaint))
  await investigator.page.getByRole('link', { name: /^Finding: / }).first().click()
  await page.getByLabel('Upheld', { exact: true }).check()
  await investigator.field('Why, in words for the person').fill('Nobody took the call over.')
  await investigator.button('Save the finding').click()
  await step(investigator, 'offer', 'Offer it', async (person) => {
    await page.getByLabel('Fresh review of the risk assessment').check()
    await person.field('In a sentence for the person').fill('Casework looks again at how urgent your case is')
  })
  await investigator.go(at(`${complaint}/remedies`))
  await page.getByRole('link', { name: 'Promise an action that delivers it' }).click()
  await investigator.field('What is to be done?').fill('A fresh review of the risk')
  await investigator.field('Who is accountable?').selectOption({ label: 'Mei Sutherby' })
  await investigator.field('By when?').fill(day(10).typed)
  await investigator.button('Promise it').click()
  await step(investigator, 'answer-stage-1', 'Record it', (person) => person.field('Where can it be seen?').fill('The letter on file'))
  await investigator.sees('Stage 1 answered')

  await opens(manager, at('monitoring'))
  await manager.sees('A fresh review of the risk')
  await manager.picture('oversight-monitoring')
})

test('sc_14_7_1 the report’s figures lead to their rows, and every figure is checked against the records', async () => {
  await opens(manager, at('reports?from=31/12/2030&to=1/1/2030'))
  await manager.sees('The last date is before the first')
  await manager.picture('oversight-report-problem')

  await opens(manager, at(`reports?${period}`))
  await manager.sees(/^1 complaints? (was|were) investigated and closed/)
  await manager.picture('oversight-report')
  const figures = await table(manager, manager.link('Download all figures as CSV, month by month'))
  assert.ok(figures.some((line) => line.includes('closed.stage_one,1,')), 'closed at stage 1')
  assert.equal(figures[0].split(',').at(-1), theMonth)

  await manager.page.locator('a[href*="figure=closed.stage_one"]').click()
  await manager.sees(complaint)
  await manager.picture('oversight-report-rows')
  const rows = await table(manager, manager.link('Download all rows as CSV'))
  assert.match(rows[1], new RegExp(`^${complaint},,,${day(0).iso},1$`))

  await opens(manager, at(`reports/check?${period}`))
  await manager.sees(/^All \d+ figures agree with the records of 1 complaints?\./)
  await manager.picture('oversight-report-check')
})

test('sc_14_7_6 the manager’s commentary is read with the report, and its earlier version with it', async () => {
  const report = at(`reports?${period}`)
  for (const [link, text] of [['Write the commentary', 'One complaint was upheld.'], ['Change the commentary', 'One complaint was upheld, and we say sorry.']]) {
    await opens(manager, report)
    await manager.link(link).click()
    await manager.page.waitForLoadState()
    await manager.field('What do the figures show?').fill(text)
    if (link === 'Write the commentary') await manager.picture('oversight-commentary')
    await manager.button('Save it').click()
    await manager.page.waitForLoadState()
    await manager.sees('The commentary is saved.')
    await manager.sees(text)
  }
  await opens(reviewer, report)
  await reviewer.sees('One complaint was upheld, and we say sorry.')
  assert.equal(await reviewer.page.getByText('Earlier versions of the commentary').count(), 1)
  assert.equal(await reviewer.page.locator('a[href*="reports/commentary"]').count(), 0, 'only the manager writes it')
  const figures = await table(manager, manager.link('Download all figures as CSV, month by month'))
  assert.ok(figures.some((line) => line.startsWith('Commentary,')), 'the file has it, too')
})

test('sc_14_7_5 each chart of the dashboard has its numbers as a table and as a file', async () => {
  await opens(reviewer, at(`dashboard?${period}`))
  const charts = reviewer.page.locator('section:has(figure svg)')
  const count = await charts.count()
  assert.ok(count >= 5)
  for (let which = 0; which < count; which += 1) {
    const chart = charts.nth(which)
    assert.ok(await chart.locator('svg title').first().textContent(), 'a chart has a title')
    await chart.locator('summary').click()
    assert.ok(await chart.locator('tbody tr').count() > 0, 'a chart has a table')
    const title = await chart.locator('h2').innerText()
    const lines = await table(reviewer, chart.locator('a[href*=".csv"]'))
    assert.ok(lines.length > 1, title)
  }
  await reviewer.picture('oversight-dashboard')
  await opens(reviewer, at('dashboard?from=no&to=date'))
  await reviewer.picture('oversight-dashboard-problem')
})

test('sc_13_6_3 a lesson belongs to a theme, which is merged without losing it', async () => {
  await opens(investigator, at(`learning/new?complaint=${complaint}`))
  await investigator.button('Record it').click()
  assert.ok((await investigator.problems()).length >= 3)
  await investigator.picture('oversight-lesson-problems')
  await investigator.field('Theme').selectOption({ label: 'Conduct and attitude' })
  await investigator.field('What did we learn?').fill('Calls are promised for days on which nobody calls')
  await investigator.field('What is to be done?').fill('Offer days on which somebody calls')
  await investigator.field('Who sees to it?').selectOption({ label: 'Mei Sutherby' })
  await investigator.field('By when?').fill(day(20).typed)
  await investigator.button('Record it').click()
  await investigator.sees('The lesson is recorded')

  await opens(manager, at('themes/new'))
  await manager.field('What do people call it?').fill('Calls that were promised')
  await manager.field('Its short name in files and addresses').fill('Calls!')
  await manager.button('Add it').click()
  assert.match(await manager.problemOf('id'), /small letters, digits and hyphens/)
  await manager.field('Its short name in files and addresses').fill('delay')
  await manager.button('Add it').click()
  assert.match(await manager.problemOf('id'), /a theme of that id already/)
  await manager.picture('oversight-theme-problem')
  await manager.field('Its short name in files and addresses').fill('calls')
  await manager.button('Add it').click()
  await manager.sees('The theme is added')

  await manager.page.getByRole('link', { name: /^Retire or merge ?: Conduct and attitude/ }).click()
  await manager.button('Retire it').click()
  assert.ok(await manager.problemOf('reason'))
  await manager.picture('oversight-theme-retire')
  await manager.field('Do its lessons move?').selectOption({ label: 'Yes, to Calls that were promised' })
  await manager.field('Why is it retired?').fill('It was about calls all the time')
  await manager.button('Retire it').click()
  await manager.sees('The theme is retired')
  await manager.sees('Merged into Calls that were promised')
  await manager.picture('oversight-themes')
  await manager.page.getByRole('link', { name: /show the lessons about Calls that were promised$/ }).click()
  await manager.sees('Calls are promised for days on which nobody calls')
  await manager.picture('oversight-learning')
  await opens(manager, at('themes'))
  await manager.page.getByRole('button', { name: /^Use again ?: Conduct and attitude/ }).click()
  await manager.sees('The theme is in use again')
  assert.equal(await manager.page.getByRole('link', { name: /show the lessons about Conduct/ }).count(), 0, 'moved lessons stay where they are')
  await opens(investigator, at('themes'))
  assert.equal(await investigator.page.getByRole('link', { name: /^(Add a theme|Retire)/ }).count(), 0)
})

test('sc_13_6_3 a lesson is completed with evidence, and signed off by somebody other than its owner', async () => {
  await opens(investigator, at('learning'))
  await investigator.page.getByRole('link', { name: /^Complete it/ }).click()
  await investigator.button('Complete it').click()
  assert.ok(await investigator.problemOf('evidence'))
  await investigator.field('What shows that it was done?').fill('The new rota')
  await investigator.button('Complete it').click()
  await investigator.sees('The lesson is completed')
  await opens(manager, at('learning?status=done'))
  await manager.page.getByRole('link', { name: /^Sign it off/ }).click()
  await manager.button('Save the decision').click()
  assert.ok((await manager.problems()).length > 0, 'nothing chosen signs nothing off')
  await manager.picture('oversight-sign-off-problem')
  await manager.page.getByLabel('Sign it off', { exact: true }).check()
  await manager.button('Save the decision').click()
  await manager.sees('Your decision is saved')
})

test('sc_16_7_4 a recommendation is followed part by part', async () => {
  await opens(manager, at('recommendations/new'))
  await manager.button('Record it').click()
  assert.ok((await manager.problems()).length >= 3)
  await manager.picture('oversight-recommendation-problems')
  await manager.page.getByLabel('Independent reviewer').check()
  await manager.field('First date of the period that the report is about').fill('01/10/2024')
  await manager.field('Last date of that period').fill('31/03/2025')
  await manager.field('Its number in the report').fill('37.2')
  await manager.field('What is recommended?').fill('Follow up what was promised')
  await manager.button('Record it').click()
  await manager.sees('The recommendation is recorded')
  await manager.page.getByRole('link', { name: /^Record the response/ }).click()
  await manager.page.getByLabel('It is accepted', { exact: true }).check()
  await manager.field('The response').fill('A list of what is open')
  await manager.field('What is to be done?').fill(`${day(5).typed}; Customer Insight Manager; The list is used`)
  await manager.button('Record it').click()
  await manager.sees('The response is recorded')
  await manager.picture('oversight-recommendations')
  await manager.page.getByRole('link', { name: /^Complete: ?The list is used/ }).click()
  await manager.field('What shows that it was done?').fill('The monitoring page')
  await manager.button('Complete it').click()
  await manager.sees('The part is done')
})

test('sc_14_7_4 the reviewer draws a sample, and takes every complaint’s file with it', async () => {
  await opens(reviewer, at('samples'))
  await reviewer.link('Draw a sample').click()
  await reviewer.field('How many complaints?').fill('0')
  await reviewer.button('Draw it').click()
  assert.ok(await reviewer.problemOf('size'))
  assert.ok(await reviewer.problemOf('seed'))
  await reviewer.picture('oversight-sample-problems')
  await reviewer.field('How many complaints?').fill('12')
  await reviewer.field('Seed').fill('4 1 6 2')
  await reviewer.button('Draw it').click()
  await reviewer.sees('The sample is drawn')
  await reviewer.sees('1 of 1 closed complaints')
  await reviewer.picture('oversight-sample')
  const lines = await table(reviewer, reviewer.link('Download the list as CSV'))
  assert.equal(lines[1], `1,${complaint},${day(0).iso},${day(0).iso}`)

  const { place } = await downloads(reviewer, reviewer.page.getByRole('link', { name: /^Download every complaint’s file/ }))
  const { stdout } = await run('unzip', ['-Z1', place])
  const names = stdout.trim().split('\n')
  for (const name of ['sample.txt', `${complaint}/complaint.txt`, `${complaint}/history.txt`]) assert.ok(names.includes(name), name)
  await run('unzip', ['-tq', place])

  await opens(manager, at('samples'))
  await manager.sees('4 1 6 2')
  await manager.picture('oversight-samples')
  const sample = await manager.page.locator('td a').first().getAttribute('href')
  await opens(investigator, sample)
  assert.equal(await investigator.page.getByRole('link', { name: /^Download every/ }).count(), 0)
  await isNotThere(investigator, at('samples/new'), `${sample}/files.zip`, at('enquiries/record'), at('themes/new'))
})

test('ca_9_53_1 an upheld complaint, an earlier case and another open one are seen where cases are allocated', async () => {
  await shows(worker, '/allocation', `Service complaint ${complaint}`)
  await worker.sees(/^Earlier case/)
  await worker.sees(/^Another open case/)
  await worker.picture('oversight-allocation')
  assert.equal(await worker.page.getByRole('link', { name: /^Move ahead/ }).count(), 0)
  await isNotThere(worker, `/allocation/${second}/ahead`)

  decider = await colleague(senior)
  await opens(decider, '/allocation')
  await decider.page.getByRole('link', { name: new RegExp(`^Move ahead ?: case ${second}`) }).click()
  await decider.button('Save the decision').click()
  assert.ok(await decider.problemOf('reason'))
  await decider.picture('oversight-ahead-problem')
  await decider.field('Why?').fill('The boiler has failed in winter.')
  await decider.button('Save the decision').click()
  await decider.sees('The case goes ahead of others')
  await opens(decider, '/allocation')
  assert.match(await decider.page.locator('tbody tr').first().innerText(), new RegExp(second), 'it is the first now')
  await decider.picture('oversight-allocation-senior')
  await decider.page.getByRole('link', { name: new RegExp(`^Put back ?: case ${second}`) }).click()
  await decider.field('Why?').fill('It was repaired.')
  await decider.button('Save the decision').click()
  await decider.sees('The case waits for its turn again')
})

test('ca_8 a case’s risk is assessed at any stage, and what was found before is kept', async () => {
  await opens(worker, `/cases/${first}`)
  await worker.picture('oversight-case')
  await worker.link('Assess the risk, or see what was found before').click()
  await worker.sees('The risk of this case has not been assessed yet')
  await worker.button('Save the assessment').click()
  assert.ok(await worker.problemOf('severity'))
  assert.ok(await worker.problemOf('circumstances'))
  await worker.picture('oversight-risk-problems')
  await worker.page.getByLabel('It makes living in the home harder').check()
  await worker.field('Since when does it go on?').fill(day(-300).typed)
  await worker.page.getByLabel('Nothing is known that makes the issue weigh more').check()
  await worker.button('Save the assessment').click()
  await worker.sees('The risk is assessed. The case is sensitive')
  await opens(worker, `/cases/${first}/risk`)
  await worker.sees('Sensitive')
  await worker.picture('oversight-risk')
})

test('sc_9_37_4 a risk review waits in a list of its own until it is answered', async () => {
  await shows(worker, '/risk-reviews', complaint)
  await worker.picture('oversight-risk-reviews')
  await worker.page.getByRole('link', { name: /^Answer the review of case/ }).click()
  await worker.picture('oversight-risk-review')
  await worker.page.getByLabel('It makes living in the home harder').check()
  await worker.page.getByLabel('Somebody in the household is vulnerable').check()
  await worker.field('What Customer Insight is told').fill('The risk was looked at again.')
  await worker.button('Answer the review').click()
  await worker.sees('The risk review is answered')
  await opens(worker, '/risk-reviews')
  await worker.sees('No risk review waits for an answer')
})

test('ca_9 the next case is given by the keys alone, until nothing waits', async () => {
  const keys = new Keys(worker)
  for (const reference of [first, second]) {
    await opens(worker, '/allocation')
    await keys.follow(worker.button('Give me the next case'))
    await worker.sees(`Case ${reference} is yours`)
  }
  await opens(worker, '/allocation')
  await worker.sees('No case waits in this queue')
})

test('id_12 for everybody else these pages are not there', async () => {
  const insight = ['dashboard', 'reports', 'enquiries', 'learning', 'themes', 'recommendations', 'samples', 'monitoring'].map(at)
  await isNotThere(landlord, ...insight, '/allocation', '/risk-reviews', `/cases/${first}/risk`, `/allocation/${first}/ahead`)
  await isNotThere(worker, ...insight)
  for (const person of [manager, investigator, reviewer]) {
    await isNotThere(person, '/allocation', '/risk-reviews', `/cases/${first}/risk`)
  }
  for (const address of insight) await opens(decider, address)
  await isNotThere(decider, at('samples/new'), at('enquiries/record'), at('themes/new'), at('reports/commentary'))
})

test('nothing on any page broke its policy or its scripts', () => {
  for (const person of [manager, investigator, reviewer, worker, landlord, decider]) person.assertContent()
})
