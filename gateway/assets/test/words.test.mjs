import assert from 'node:assert/strict'
import { test } from 'node:test'

import { inWords, step } from '../js/idle.mjs'
import { size } from '../js/upload.mjs'

test('id_10_the_countdown_is_spoken_by_the_minute_and_then_in_steps_of_20_seconds', () => {
  assert.deepEqual([300, 299, 241, 240, 61, 60, 41, 40, 21, 20, 1, 0].map(step), [
    300, 300, 300, 240, 120, 60, 60, 40, 40, 20, 20, 0
  ])
})

test('id_10_the_countdown_says_what_is_left_to_the_second', () => {
  assert.deepEqual([300, 299.4, 241, 60, 59.2, 1, 0, -3].map(inWords), [
    '5 minutes', '5 minutes', '4 minutes 1 second', '1 minute', '1 minute', '1 second', '0 seconds', '0 seconds'
  ])
})

test('a_size_is_said_as_people_say_it', () => {
  assert.deepEqual([0, 1, 1023, 1024, 1024 * 1024 - 1024, 20 * 1024 * 1024 + 1].map(size), [
    '0 bytes', '1 byte', '1023 bytes', '1KB', '1023KB', '20.0MB'
  ])
})
