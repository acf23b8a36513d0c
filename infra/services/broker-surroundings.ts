import type { SandboxEnvironment } from '../sandbox/environment.ts'

/** The broker's settings for the sandbox's store: where it is, and how credentials for it are made. */
export function storeSettings(sandbox: SandboxEnvironment): Record<string, string> {
  return {
    BROKER_S3_BUCKET: sandbox.bucket,
    BROKER_S3_REGION: sandbox.region,
    BROKER_S3_ENDPOINT: sandbox.s3Endpoint,
    BROKER_S3_PATH_STYLE: 'true',
    BROKER_STS_ENDPOINT: sandbox.stsEndpoint,
    BROKER_STS_ROLE_ARN: sandbox.roleArn,
    BROKER_STS_ACCESS_KEY_ID: sandbox.brokerAccessKeyId,
    BROKER_STS_SECRET_ACCESS_KEY: sandbox.brokerSecretAccessKey,
  }
}

/** The key by which a broker counts what is stored there. */
export function usageSettings(sandbox: SandboxEnvironment): Record<string, string> {
  return {
    BROKER_USAGE_ACCESS_KEY_ID: sandbox.usageAccessKeyId,
    BROKER_USAGE_SECRET_ACCESS_KEY: sandbox.usageSecretAccessKey,
  }
}

/** The broker's settings for the sandbox's stand-in for odoo.com: log-in and payment. */
export function odooComSettings(sandbox: SandboxEnvironment): Record<string, string> {
  return {
    BROKER_ODOO_CLIENT_ID: sandbox.oauthClientId,
    BROKER_ODOO_AUTHORIZATION_URL: `${sandbox.odooComUrl}/oauth2/auth`,
    BROKER_ODOO_TOKENINFO_URL: `${sandbox.odooComUrl}/oauth2/tokeninfo`,
    BROKER_IAP_URL: sandbox.iapUrl,
    BROKER_IAP_SERVICE_KEY: sandbox.iapServiceKey,
  }
}
