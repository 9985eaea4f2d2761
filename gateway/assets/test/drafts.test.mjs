import assert from 'node:assert/strict'
import { test } from 'node:test'

import { keepDrafts } from '../js/drafts.mjs'

/** As much of a browser's tab store as drafts use: keys are own properties, as in a browser. */
class Store {
  getItem(key) { return Object.hasOwn(this, key) ? this[key] : null }
  setItem(key, value) { this[key] = String(value) }
  removeItem(key) { delete this[key] }
}

function field(value = '') {
  const form = new EventTarget()
  return Object.assign(new EventTarget(), { name: 'text', value, form })
}

function page({ account = 'a', fields = [], succeeded = false, logOut = [] }) {
  const found = { '[data-draft]': fields, 'form[data-log-out]': logOut }
  return {
    body: { dataset: { account } },
    querySelectorAll: (selector) => found[selector],
    querySelector: () => (succeeded ? {} : null)
  }
}

test('a_draft_comes_back_once_after_the_session_ended', () => {
  const store = new Store()
  keepDrafts(page({ fields: [field('Dear Dani')] }), store, '/cases/1/messages').save()

  const after = field()
  keepDrafts(page({ fields: [after] }), store, '/cases/1/messages')
  const again = field()
  keepDrafts(page({ fields: [again] }), store, '/cases/1/messages')

  assert.equal(after.value, 'Dear Dani')
  assert.equal(again.value, '')
})

test('a_draft_is_not_given_to_another_account_or_another_page', () => {
  const store = new Store()
  keepDrafts(page({ fields: [field('Dear Dani')] }), store, '/cases/1/messages').save()

  const other = field()
  keepDrafts(page({ account: 'b', fields: [other] }), store, '/cases/1/messages')
  const elsewhere = field()
  keepDrafts(page({ fields: [elsewhere] }), store, '/cases/2/messages')

  assert.equal(other.value, '')
  assert.equal(elsewhere.value, '')
})

test('a_draft_that_was_sent_does_not_come_back', () => {
  const store = new Store()
  const sent = field('Dear Dani')
  keepDrafts(page({ fields: [sent] }), store, '/cases/1/messages')
  sent.form.dispatchEvent(new Event('submit'))

  keepDrafts(page({ succeeded: true }), store, '/tasks')

  assert.deepEqual(Object.keys(store), [])
})

test('what_the_server_kept_in_the_field_wins_over_the_draft', () => {
  const store = new Store()
  keepDrafts(page({ fields: [field('older')] }), store, '/').save()

  const kept = field('newer')
  keepDrafts(page({ fields: [kept] }), store, '/')

  assert.equal(kept.value, 'newer')
})

test('logging_out_forgets_every_draft', () => {
  const store = new Store()
  store.setItem('something-else', '1')
  const form = new EventTarget()
  keepDrafts(page({ fields: [field('secret')], logOut: [form] }), store, '/').save()

  form.dispatchEvent(new Event('submit'))

  assert.deepEqual(Object.keys(store), ['something-else'])
})
