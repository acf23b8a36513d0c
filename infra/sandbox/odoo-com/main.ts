import { z } from 'zod'
import { startOdooCom } from './odoo-com.ts'

/** The stand-in as a process of the sandbox; ends at SIGTERM. */
const settings = z
  .object({
    ODOO_COM_PORT: z.coerce.number().int(),
    IAP_PORT: z.coerce.number().int(),
    IAP_SERVICE_KEY: z.string(),
    ODOO_COM_STATE: z.string(),
  })
  .parse(process.env)

const odooCom = await startOdooCom({
  accountsPort: settings.ODOO_COM_PORT,
  iapPort: settings.IAP_PORT,
  serviceKey: settings.IAP_SERVICE_KEY,
  stateFile: settings.ODOO_COM_STATE,
})
process.once('SIGTERM', () => void odooCom.close().then(() => process.exit(0)))
