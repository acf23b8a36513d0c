import { z } from 'zod'

/** The wire names of `GET /get_cloud_params`, as the former Odoo module reads them; times are ISO 8601 in UTC. */
export const GrantedCloudParams = z.object({
  'odoo_backup_sh.s3_bucket_name': z.string().min(1),
  'odoo_backup_sh.aws_access_key_id': z.string().min(1),
  'odoo_backup_sh.aws_secret_access_key': z.string().min(1),
  'odoo_backup_sh.odoo_oauth_uid': z.string().min(1),
  'odoo_backup_sh.aws_session_token': z.string().min(1),
  'odoo_backup_sh.aws_expiration': z.iso.datetime(),
  'odoo_backup_sh.aws_region': z.string().min(1),
  'odoo_backup_sh.aws_endpoint': z.url().optional(),
  'odoo_backup_sh.aws_path_style': z.enum(['True', 'False']).optional(),
})
export type GrantedCloudParams = z.infer<typeof GrantedCloudParams>

/** The instance is not bound to an account yet: the administrator's browser goes to `auth_link`. */
export const AuthLinkAnswer = z.object({ auth_link: z.url() })
/** The account cannot store backups now; the text says why and what to do. */
export const InsufficientCreditAnswer = z.object({ insufficient_credit_error: z.string().min(1) })

/** The same, with parameters that still restore. Who looks for the text first, as the former module does, shows it. */
export const RestoringCloudParams = GrantedCloudParams.extend(InsufficientCreditAnswer.shape)

export const CloudParamsAnswer = z.union([
  AuthLinkAnswer,
  RestoringCloudParams,
  InsufficientCreditAnswer,
  GrantedCloudParams,
])
export type CloudParamsAnswer = z.infer<typeof CloudParamsAnswer>

/** The query parameter under which the one-time code travels back inside `redirect`. */
export const BINDING_CODE_PARAMETER = 'odoo_backup_code'

/** `POST /fetch_notifications`, as the former Odoo module sends it. */
export const FetchNotificationsRequest = z.object({
  params: z.object({
    user_key: z.union([z.string(), z.literal(false)]),
    date_last_request: z.string().nullable().optional(),
  }),
})
export type FetchNotificationsRequest = z.infer<typeof FetchNotificationsRequest>

export const CompatNotification = z.object({
  date_create: z.string().regex(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/),
  type: z.enum(['insufficient_credits', 'forecast_insufficient_credits', 'other']),
  message: z.string(),
})
export type CompatNotification = z.infer<typeof CompatNotification>

export const FetchNotificationsAnswer = z.object({
  result: z.object({ date_last_request: z.string(), notifications: z.array(CompatNotification) }),
})
export type FetchNotificationsAnswer = z.infer<typeof FetchNotificationsAnswer>
