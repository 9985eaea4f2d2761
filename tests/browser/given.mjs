// What a journey starts from: a landlord whose administrator can log in, a case, its tasks and messages.

import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'

import { Person } from './person.mjs'
import { caseworker, until } from './portal.mjs'

/** Today in London, some days on, as the operators' command and the date fields take it. */
export function day(offset) {
  const then = new Date(Date.now() + offset * 86_400_000)
  const iso = new Intl.DateTimeFormat('en-CA', { timeZone: 'Europe/London' }).format(then)
  const [year, month, date] = iso.split('-')
  return { iso, typed: `${date}/${month}/${year}` }
}

/** A landlord that was just onboarded. Its administrator has no password yet. */
export async function aLandlord(portal, name, administrator, username) {
  const [landlord] = await portal.casework('landlord', 'onboard', name, '--administrator', administrator, '--username', username)
  return { ...landlord, name, username }
}

/** The administrator of a new landlord, logged in. */
export async function anAdministrator(browser, portal, landlord, password, options = {}) {
  const person = await Person.at(browser, portal, options)
  await person.setPassword(landlord.username, password)
  await person.logIn(landlord.username, password)
  return person
}

/** A caseworker's doing, by the operators' command. */
export function byCaseworker(portal, ...command) {
  return portal.casework('--on-behalf-of', caseworker, ...command)
}

/** A case that the landlord's pages show, with its reference. */
export async function aCase(portal, landlord, complainant, subject) {
  const [{ reference }] = await byCaseworker(
    portal, 'case', 'open', '--landlord', landlord.id, '--complainant', complainant, '--subject', subject)
  return reference
}

/** A task on a case, due some days from today. */
export async function aTask(portal, reference, title, { kind = 'respond-to-request', due = 30, instructions = '' } = {}) {
  const [task] = await byCaseworker(
    portal, 'task', 'set', reference, '--kind', kind, '--title', title, '--due', day(due).iso, '--instructions', instructions)
  return task
}

/** A text document of the ombudsman's on a case, under a name that no other has. */
export async function aDocument(portal, reference, name) {
  const folder = path.join(portal.directory, 'written')
  await mkdir(folder, { recursive: true })
  const file = path.join(folder, name)
  await writeFile(file, `${name}\n`)
  const [document] = await byCaseworker(portal, 'document', 'upload', reference, file, '--category', 'other')
  return document
}

/** A letter to be read, and the task that shows it. */
export async function aLetter(portal, reference, name, title, due = 50) {
  const document = await aDocument(portal, reference, name)
  await byCaseworker(
    portal, 'task', 'set', reference, '--kind', 'for-information', '--title', title, '--due', day(due).iso, '--letter', document.id)
  return document
}

/** Reloads a page until it shows a text: what a service was told reaches the others in a moment. */
export function shows(person, address, text) {
  return until(async () => {
    await person.go(address)
    return person.page.locator('main').getByText(text).first().isVisible()
  }, `“${text}” on ${address}`)
}
