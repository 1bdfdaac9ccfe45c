import { fileURLToPath } from 'node:url'

const root = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url))

export const repository = root('')
/** The program under test, as `make build` leaves it. */
export const program = process.env['E2E_PROGRAM'] ?? root('bin/happychat')
export const mailServer = root('.cache/e2e/smtpd')
export const locale = (language: string) => root(`web/src/i18n/locales/${language}.json`)
