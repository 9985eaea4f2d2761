import assert from 'node:assert/strict'
import { test } from 'node:test'

import { readThread } from '../js/thread.mjs'

globalThis.FormData = class {
  constructor(form) { this.form = form }
  *[Symbol.iterator]() { yield ['message', this.form.message] }
}

function badge(key) {
  const element = { dataset: { unread: key }, children: [{}, {}], gone: false }
  element.remove = () => { element.gone = true }
  return element
}

function page({ hidden = false, read = true, badges = [] } = {}) {
  const form = { action: '/cases/1/messages/read', message: 'm7', gone: false }
  form.remove = () => { form.gone = true }
  return Object.assign(new EventTarget(), {
    form,
    hidden,
    querySelector: () => (read ? form : null),
    querySelectorAll: () => badges
  })
}

/** A server that answers with counts, and remembers what it was sent. */
function server(counts, ok = true) {
  const sent = []
  const send = async (address, { method, body }) => {
    sent.push(`${method} ${address} ${body}`)
    return { ok, json: async () => counts }
  }
  return { send, sent }
}

const settled = () => new Promise((resolve) => setImmediate(resolve))

test('me_4_a_conversation_in_sight_is_marked_and_its_counts_are_renewed', async () => {
  const [onCase, inAll] = [badge('on_case'), badge('in_all')]
  const thread = page({ badges: [onCase, inAll] })
  const { send, sent } = server({ on_case: 0, in_all: 120 })

  readThread(thread, send)
  await settled()

  assert.deepEqual(sent, ['POST /cases/1/messages/read message=m7'])
  assert.ok(thread.form.gone && onCase.gone && !inAll.gone)
  assert.equal(inAll.children[0].textContent, '99+')
  assert.equal(inAll.children[1].textContent, ' (120 unread)')
})

test('me_4_a_conversation_out_of_sight_is_marked_once_it_is_looked_at', async () => {
  const thread = page({ hidden: true })
  const { send, sent } = server({ on_case: 0, in_all: 0 })

  readThread(thread, send)
  await settled()
  assert.deepEqual(sent, [])

  thread.hidden = false
  thread.dispatchEvent(new Event('visibilitychange'))
  thread.dispatchEvent(new Event('visibilitychange'))
  await settled()
  assert.equal(sent.length, 1)
})

test('the_button_stays_when_the_server_does_not_answer', async () => {
  for (const send of [server({}, false).send, async () => { throw new TypeError('no connection') }]) {
    const thread = page()

    readThread(thread, send)
    await settled()

    assert.equal(thread.form.gone, false)
  }
})

test('a_conversation_without_news_says_nothing', async () => {
  const { send, sent } = server({})

  readThread(page({ read: false }), send)
  await settled()

  assert.deepEqual(sent, [])
})
