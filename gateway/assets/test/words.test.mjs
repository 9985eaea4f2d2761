import assert from 'node:assert/strict'
import { test } from 'node:test'

import { shown, spoken } from '../js/idle.mjs'
import { size } from '../js/upload.mjs'

test('id_10_the_countdown_is_spoken_by_the_minute_and_then_in_steps_of_20_seconds', () => {
  const said = [300, 299, 241, 240, 61, 60, 59, 41, 40, 21, 20, 1, 0].map(spoken)

  assert.deepEqual(said, [
    '5 minutes', '5 minutes', '5 minutes', '4 minutes', '2 minutes',
    '60 seconds', '60 seconds', '60 seconds', '40 seconds', '40 seconds', '20 seconds', '20 seconds', '0 seconds'
  ])
})

test('id_10_the_countdown_is_shown_by_the_minute_and_then_by_the_second', () => {
  assert.deepEqual([300, 61, 60, 59.2, 1, 0, -3].map(shown), [
    '5 minutes', '2 minutes', '60 seconds', '60 seconds', '1 second', '0 seconds', '0 seconds'
  ])
})

test('a_size_is_said_as_people_say_it', () => {
  assert.deepEqual([0, 1023, 1024, 1024 * 1024 - 1024, 20 * 1024 * 1024 + 1].map(size), [
    '0 bytes', '1023 bytes', '1KB', '1023KB', '20.0MB'
  ])
})
