// Real files to upload, made by independent programs: Chromium, docx, xlsx-populate and JSZip.

import { Document, Packer, Paragraph } from 'docx'
import JSZip from 'jszip'
import XlsxPopulate from 'xlsx-populate'

const type = {
  docx: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'
}

/** Files that the portal takes. `browser` prints the PDF and takes the photograph. */
export async function ordinary(browser) {
  const page = await browser.newPage()
  await page.setContent('<h1>Stage 1 response</h1><p>We have considered your complaint about the boiler.</p>')
  const [pdf, jpeg] = [await page.pdf(), await page.screenshot({ type: 'jpeg' })]
  await page.close()

  const letter = new Document({ sections: [{ children: [new Paragraph('Dear resident, this is our answer.')] }] })
  const repairs = await XlsxPopulate.fromBlankAsync()
  repairs.sheet(0).cell('A1').value('Repair').relativeCell(0, 1).value('12 March')
  const email = [
    'From: Dani Rawling <dani@riverside.example>',
    'To: resident@example.org',
    'Subject: Your complaint',
    'Date: Tue, 03 Mar 2026 09:15:00 +0000',
    'MIME-Version: 1.0',
    'Content-Type: text/plain; charset=utf-8',
    '',
    'We have received your complaint.',
    ''
  ].join('\r\n')

  return [
    { name: 'Stage 1 response.pdf', mimeType: 'application/pdf', buffer: pdf },
    { name: 'Letter to resident.docx', mimeType: type.docx, buffer: await Packer.toBuffer(letter) },
    { name: 'Repair log.xlsx', mimeType: type.xlsx, buffer: await repairs.outputAsync() },
    { name: 'Boiler.jpg', mimeType: 'image/jpeg', buffer: jpeg },
    { name: 'Email to resident.eml', mimeType: 'message/rfc822', buffer: Buffer.from(email) }
  ]
}

/** Files that the portal refuses, each with what it says. */
export async function refused() {
  const zip = new JSZip()
  zip.file('letter.txt', 'Dear resident')
  const secret = await XlsxPopulate.fromBlankAsync()
  secret.sheet(0).cell('A1').value('secret')
  const text = new JSZip()
  text.file('mimetype', 'application/vnd.oasis.opendocument.text', { compression: 'STORE' })
  text.file('content.xml', '<?xml version="1.0"?><office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"/>')
  text.file('META-INF/manifest.xml', '<?xml version="1.0"?><manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>')

  return [
    { file: { name: 'Evidence.pdf', mimeType: 'application/pdf', buffer: await zip.generateAsync({ type: 'nodebuffer' }) }, says: /Evidence\.pdf.*(compressed|zip)/i },
    { file: { name: 'Rents.xlsx', mimeType: type.xlsx, buffer: await secret.outputAsync({ password: 'open sesame' }) }, says: /Rents\.xlsx.*password/i },
    { file: { name: 'Letter.odt', mimeType: 'application/vnd.oasis.opendocument.text', buffer: await text.generateAsync({ type: 'nodebuffer' }) }, says: /Letter\.odt.*OpenDocument/i },
    { file: { name: 'Survey.pdf', mimeType: 'application/pdf', buffer: Buffer.alloc(20 * 1024 * 1024 + 1, '%PDF-1.7\n') }, says: /Survey\.pdf.*20\s?MB/i }
  ]
}
