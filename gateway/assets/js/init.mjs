// The one script of every page. The pages work without it; it only makes them better.

import {
  Button,
  CharacterCount,
  Checkboxes,
  ErrorSummary,
  NotificationBanner,
  PasswordInput,
  Radios,
  SkipLink,
  createAll
} from 'govuk-frontend'
import { DatePicker } from '@ministryofjustice/frontend/moj/components/date-picker/date-picker.mjs'

import { keepDrafts } from './drafts.mjs'
import { watchSession } from './idle.mjs'
import { closeMenus } from './menu.mjs'
import { readThread } from './thread.mjs'
import { improveUploads } from './upload.mjs'

// The components look for this class before they change anything.
document.body.classList.add('js-enabled', 'govuk-frontend-supported')

const components = [Button, CharacterCount, Checkboxes, ErrorSummary, NotificationBanner, PasswordInput, Radios, SkipLink]
for (const component of [...components, DatePicker]) createAll(component)

const drafts = keepDrafts(document)
closeMenus(document)
watchSession(document, drafts)
improveUploads(document)
readThread(document)
